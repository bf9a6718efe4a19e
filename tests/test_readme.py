"""The README tells the truth: its conversation is replayed, its commands and settings are those of the program."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from bot import settings as settings_module
from bot.cli import main
from bot.console import Console, sign_in
from bot.settings import ROOT, Settings
from bot.wiring import Manny

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_describes_every_setting_with_its_variable_and_default() -> None:
    rows = dict(re.findall(r"^\| `([a-z_.]+)` \| (`MANNY_.*?) \|$", README, re.MULTILINE))
    assert set(rows) == set(settings_module.variables().values())
    for variable, key in settings_module.variables().items():
        section, _, name = key.partition(".")
        field = Settings.model_fields[section]
        if name:
            assert field.annotation is not None
            field = field.annotation.model_fields[name]
        default = "–" if field.default is None else f"`{field.default}`"
        assert rows[key] == f"`{variable}` | {default} | {field.description}"


def test_every_command_it_names_exists() -> None:
    named = set(re.findall(r"`manny ((?:[a-z]+ ?)+)`", README))
    assert named
    for command in named:
        result = CliRunner().invoke(main, [*command.split(), "--help"])
        assert result.exit_code == 0, command


def test_every_make_target_it_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"\bmake ([a-z-]+)", README)) - {"can"}:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_path_it_names_exists() -> None:
    for path in re.findall(r"`((?:bot|nlu|actions|templates|storage|tests|benchmarks)/[\w/.]*)`", README):
        assert (ROOT / path).exists(), path


@pytest.mark.slow
def test_its_conversation_is_what_manny_says(make_manny: Callable[[], Manny]) -> None:
    block = README.split("<!-- conversation")[1].split("```text\n")[1].split("```")[0]
    turns = re.findall(r"^› (.*)\n((?:(?!› ).*\n?)*)", block, re.MULTILINE)
    assert len(turns) > 5
    manny = make_manny()
    console = Console(manny, sign_in(manny, "Ann", "rep", "en", None))
    for said, answered in turns:
        (reply,) = console.say(said).replies
        buttons = "  ".join(f"[{number}] {label}" for number, label in enumerate(reply.buttons, 1))
        assert answered.strip() == f"{reply.text}\n{buttons}".strip(), said


def test_it_names_no_path_of_a_machine() -> None:
    assert not re.search(r"/(?:home|root|work|Users)/", README)
