"""The method's description tells the truth: its messages are tried in conversations, its files are all there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot.settings import ROOT

DIALOGUES = Path(__file__).parent / "dialogues"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "domain.md").read_text("utf-8").split("## 14.")[1].splitlines()
    if re.match(r"\| \d", line)
]


@pytest.mark.parametrize(("column", "language"), [(1, "en"), (2, "zh")])
def test_its_messages_are_tried_in_a_conversation(column: int, language: str) -> None:
    turns = yaml.safe_load((DIALOGUES / language / "19-help.yml").read_text("utf-8"))["turns"]
    said = {turn["said"] for turn in turns}
    messages = [re.sub(r" \[.*\]$", "", row[column]) for row in ROWS]
    assert [message for message in messages if message not in said] == []


def test_it_names_every_file_of_the_playbook() -> None:
    named = {name for row in ROWS for name in re.findall(r"`([\w.]+)`", row[3])}
    assert named == {path.name for path in (ROOT / "actions" / "playbook").glob("*.yml")}


def test_it_leads_to_every_section() -> None:
    assert {int(row[0].split()[0]) for row in ROWS} == set(range(1, 14))
