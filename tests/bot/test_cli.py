"""The `manny` command: help with examples, clear refusals, members and keys, understanding line by line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bot.cli import main
from nlu.server import NluServer

MANNY = Path(sys.executable).parent / "manny"


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        yield (*path, name)
        if isinstance(command, click.Group):
            yield from _commands(command, (*path, name))


@pytest.mark.parametrize("path", [(), *_commands(main)], ids=lambda path: " ".join(path) or "manny")
def test_every_command_explains_itself_with_an_example(path: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, [*path, "--help"])
    assert result.exit_code == 0
    assert "Example:" in result.output


def test_it_has_the_commands_that_operators_know() -> None:
    names = {" ".join(path) for path in _commands(main)}
    wanted = {
        "chat",
        "understand",
        "serve",
        "nlu train",
        "nlu serve",
        "nlu check",
        "db upgrade",
        "user add",
        "user list",
    }
    assert wanted <= names


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["chat", "--now", "yesterday"], "no date and time"),
        (["chat", "--timezone", "Mars/Base"], "no IANA time zone"),
        (["chat", "--role", "king"], "king"),
        (["user", "list", "--database", "nonsense"], "database cannot be used"),
    ],
)
def test_a_bad_option_is_refused_with_what_is_wrong(arguments: list[str], told: str) -> None:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code != 0
    assert told in result.output
    assert "Traceback" not in result.output


def test_serving_without_a_token_says_what_to_do(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["serve", "--database", f"sqlite:///{tmp_path}/manny.db"])
    assert result.exit_code == 1
    assert "TELEGRAM_BOT_TOKEN is not set" in result.output


def test_an_unknown_setting_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANNY_COLOUR", "blue")
    result = CliRunner().invoke(main, ["user", "list"])
    assert result.exit_code == 1
    assert "MANNY_COLOUR" in result.output


def test_a_member_is_added_with_a_key_and_listed(tmp_path: Path) -> None:
    database = ["--database", f"sqlite:///{tmp_path}/manny.db"]
    added = CliRunner().invoke(main, ["user", "add", "Ann", "--role", "manager", *database])
    assert added.exit_code == 0
    assert "/start " in added.output
    again = CliRunner().invoke(main, ["user", "add", "Ann", *database])
    assert again.output != added.output
    listed = CliRunner().invoke(main, ["user", "list", *database])
    assert listed.output.splitlines() == ["Ann\tmanager\ten\tUTC"]


def test_the_database_is_made_and_upgraded(tmp_path: Path) -> None:
    database = ["--database", f"sqlite:///{tmp_path}/deep/manny.db"]
    for _ in range(2):
        assert CliRunner().invoke(main, ["db", "upgrade", *database]).exit_code == 0
    assert (tmp_path / "deep" / "manny.db").exists()


@pytest.mark.slow
def test_it_understands_line_by_line_and_never_stops(nlu_server: NluServer) -> None:
    lines = [
        b"met a buyer at expo, has budget, no authority",
        b"",
        b"\xff\xfe",
        b"/greet",
        "下周二上午十点提醒我给星海打电话".encode(),
        b"x" * 100_000,
    ]
    done = subprocess.run(
        [str(MANNY), "understand", "--now", "2026-03-02T09:00", "--timezone", "Asia/Shanghai"],
        input=b"\n".join(lines) + b"\n",
        capture_output=True,
        env={**os.environ, "MANNY_NLU_URL": nlu_server.url, "MANNY_NLU_TOKEN": nlu_server.token},
        timeout=120,
        check=True,
    )
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert len(answers) == len(lines)
    assert (answers[0]["intent"], answers[0]["money"], answers[0]["authority"]) == ("log_contact", "yes", "no")
    assert answers[1]["intent"] == "out_of_scope"
    assert "UTF-8" in answers[2]["error"]
    assert answers[3]["intent"] == "greet"
    assert answers[3]["confidence"] < 1, "a leading slash must not be read as a literal intent"
    assert (answers[4]["intent"], answers[4]["when"]) == ("set_reminder", "2026-03-10T10:00")


@pytest.mark.slow
def test_a_server_that_is_not_there_is_an_error_field_not_a_crash() -> None:
    done = subprocess.run(
        [str(MANNY), "understand"],
        input=b"hello\n",
        capture_output=True,
        env={**os.environ, "MANNY_NLU_URL": "http://127.0.0.1:9", "MANNY_NLU_TOKEN": "secret-token"},
        timeout=60,
        check=True,
    )
    answer = json.loads(done.stdout)
    assert "no answer" in answer["error"]
    assert b"secret-token" not in done.stdout + done.stderr
