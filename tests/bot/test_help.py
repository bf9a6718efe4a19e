"""Each example in the help is tried in a conversation, and the help fits a phone."""

from __future__ import annotations

import html
import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from actions.turn import Reply
from bot.replies import LANGUAGES, TEMPLATES, render

DIALOGUES = Path(__file__).parents[1] / "dialogues"
LINES = 14
"""Lines that a phone shows at once."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_examples_are_tried_in_a_conversation(language: str) -> None:
    helps = [
        (TEMPLATES / language / "conversation" / f"{name}.j2").read_text("utf-8") for name in ("help", "help_more")
    ]
    examples = [html.unescape(example) for text in helps for example in re.findall(r"<i>(.*?)</i>", text)]
    turns = yaml.safe_load((DIALOGUES / language / "19-help.yml").read_text("utf-8"))["turns"]
    said = {turn["said"] for turn in turns}
    assert len(examples) > 30
    assert [example for example in examples if "…" not in example and example not in said] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("manager", [True, False])
def test_it_fits_one_screen(language: str, manager: bool) -> None:
    assert (
        len(render(Reply("conversation/help", {"manager": manager}), language, date(2026, 3, 2)).text.splitlines())
        <= LINES
    )
