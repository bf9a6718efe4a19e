"""Whole conversations as (said, answered) pairs, through the terminal door, the real model and a real database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot import settings as settings_module
from bot.console import Console, sign_in
from bot.messages import Outgoing
from bot.wiring import Manny, build, nlu_client
from nlu.server import NluServer
from tests.conftest import TestClock
from tests.postgres import Postgres

DIALOGUES = Path(__file__).parent / "dialogues"
FILES = sorted(DIALOGUES.rglob("*.yml"))
SENT = Path(__file__).parent / "files"
"""What is sent in a conversation (`sends:`)."""

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_conversation_goes_as_written(path: Path, make_manny: Callable[[], Manny], clock: TestClock) -> None:
    _talk(path, make_manny(), clock)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_it_goes_as_written_on_postgresql(
    path: Path, postgres: Postgres, nlu_server: NluServer, clock: TestClock, tmp_path: Path
) -> None:
    url = postgres.create()
    settings = settings_module.load(database={"url": url}, timezone=clock.zone.key)
    manny = build(settings, nlu_client(settings, nlu_server.url, nlu_server.token), clock, tmp_path / "files")
    try:
        _talk(path, manny, clock)
    finally:
        manny.close()
        postgres.drop(url)


def _talk(path: Path, manny: Manny, clock: TestClock) -> None:
    dialogue = yaml.safe_load(path.read_text(encoding="utf-8"))
    language = path.parent.name
    consoles: dict[str, Console] = {}
    for number, turn in enumerate(dialogue["turns"], 1):
        where = f"{path.name}, turn {number}"
        speaker = turn.get("as", dialogue.get("as", "Ann"))
        role = dialogue.get("roles", {}).get(speaker, "rep")
        if speaker not in consoles:
            consoles[speaker] = Console(manny, sign_in(manny, speaker, role, language, None))
        console = consoles[speaker]
        if "at" in turn:
            clock.set(datetime.fromisoformat(turn["at"]))
        if "comes" in turn:
            coming = console.waiting()
            assert len(coming) == len(turn["comes"]), f"{where}: {[reply.text for reply in coming]}"
            for reply, expected in zip(coming, turn["comes"], strict=True):
                _check(where, reply, expected)
        if "said" in turn or "sends" in turn:
            answer = (
                console.send(SENT / turn["sends"], turn.get("said", ""))
                if "sends" in turn
                else console.say(turn["said"])
            )
            assert len(answer.replies) == 1, where
            intent = (answer.understood or {}).get("intent")
            assert intent == turn.get("intent", intent), f"{where}: understood as {intent}: {answer.replies[0].text}"
            _check(where, answer.replies[0], turn)


def _check(where: str, reply: Outgoing, expected: dict[str, Any]) -> None:
    told = f"{where}: {reply.template}\n{reply.text}\n{reply.facts}"
    if "template" in expected:
        assert reply.template == expected["template"], told
    for words in expected.get("contains", ()):
        assert words in reply.text, f"{told}\nmissing: {words}"
    for words in expected.get("lacks", ()):
        assert words not in reply.text, f"{told}\nshould not be there: {words}"
    if "buttons" in expected:
        assert list(reply.buttons) == expected["buttons"], told
    for name, value in expected.get("facts", {}).items():
        assert reply.facts.get(name) == value, f"{told}\n{name} should be {value!r}"
    for name, value in expected.get("record", {}).items():
        assert reply.facts.get("record", {}).get(name, "no record") == value, (
            f"{told}\nrecord.{name} should be {value!r}"
        )
    if "files" in expected:
        assert [path.suffix for path in reply.files] == expected["files"], told
        assert all(path.stat().st_size > 1_000 for path in reply.files), told
