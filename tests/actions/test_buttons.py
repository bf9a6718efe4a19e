"""A button's label as a message presses it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.actions.house import Desk


@pytest.mark.parametrize(("language", "label"), [("en", "More"), ("zh", "更多")])
def test_it_is_pressed_by_its_name_and_only_once(tmp_path: Path, language: str, label: str) -> None:
    with Desk(tmp_path, language) as desk:
        desk.hears("log_contact", company="Acme", money="yes")
        assert label.casefold() in [each.casefold() for each in desk.hears("ask_advice", company="Acme").buttons]
        assert desk.hears("out_of_scope", text=label).template == "coaching/timing"
        assert desk.hears("out_of_scope", text=label).template == "coaching/timing_more"
        assert desk.hears("out_of_scope", text=label).template == "conversation/out_of_scope"


def test_words_that_are_more_than_the_label_are_a_message(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        desk.hears("log_contact", company="Acme", money="yes")
        desk.hears("ask_advice", company="Acme")
        assert desk.hears("ask_prospecting", text="more customers please").template == "prospecting/ways"


def test_the_answer_to_a_question_in_a_label_s_words_is_noted(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        asked = desk.hears("log_contact", company="Acme", money="yes")
        assert asked.facts["question"] == "need"
        noted = desk.hears("affirm", text="Yes")
        assert noted.facts["record"]["need"] == "yes"
