"""It scores opportunities and resellers, one question at a time, and says what the scores mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions import playbook
from bot.messages import Outgoing
from tests.actions.house import Desk

QUESTIONS = playbook.load().audit.questions
CRITERIA = playbook.load().distributor.criteria
NUMBERS = ["1", "2", "3", "4", "5", "0"]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Ann, who knows Acme."""
    desk = Desk(tmp_path)
    desk.hears("log_contact", company="Acme", money="yes", need="yes")
    return desk


def _says(desk: Desk, text: str, intent: str = "out_of_scope") -> Outgoing:
    return desk.hears(intent, text=text)


def _answers(desk: Desk, *scores: int) -> Outgoing:
    """The reply to the last of these scores, each pressed on its button."""
    for score in scores:
        reply = desk.presses(NUMBERS.index(str(score)) + 1)
    return reply


def _presses_on(desk: Desk, reply: Outgoing, number: int) -> Outgoing:
    """The reply to a button of an older reply."""
    desk._console.last = reply
    return desk.presses(number)


# --- the audit


def test_it_asks_one_question_with_what_0_3_and_5_mean(desk: Desk) -> None:
    reply = desk.hears("qualify", company="Acme")
    assert reply.template == "scoring/question"
    assert (reply.facts["number"], reply.facts["of"], reply.facts["ask"]) == (1, 5, "Can we meet their need?")
    assert [each["score"] for each in reply.facts["means"]] == [0, 3, 5]
    assert "5 = fully, and they agree" in reply.text
    assert list(reply.buttons) == [*NUMBERS, "don't know"]


def test_a_typed_number_presses_the_button_of_that_score_at_the_terminal(desk: Desk) -> None:
    reply = desk.hears("qualify", company="Acme")
    for place, label in enumerate(reply.buttons[:5], 1):
        assert label == str(place)


def test_it_asks_the_next_one_after_an_answer_by_button_or_in_words(desk: Desk) -> None:
    desk.hears("qualify", company="Acme")
    assert _answers(desk, 4).facts["number"] == 2
    assert _says(desk, "3").facts["number"] == 3
    assert _says(desk, "I'd say two").facts["number"] == 4
    # "Zero" is an answer, though it looks like a refusal.
    assert _says(desk, "zero", "deny").facts["number"] == 5
    reply = _says(desk, "5/5")
    assert reply.template == "scoring/audit"
    assert [each["score"] for each in reply.facts["scores"]] == [4, 3, 2, 0, 5]


@pytest.mark.parametrize(
    ("scores", "total", "says", "weakest"),
    [
        ((4, 4, 4, 3, 4), 19, "go for it", "chance to win"),
        ((5, 5, 5, 5, 5), 25, "go for it", None),
        ((5, 5, 2, 5, 5), 22, "keep at it, but fix the weakest point first", "budget"),
        ((3, 3, 3, 3, 3), 15, "keep at it, but fix the weakest point first", "meeting the need"),
        ((5, 0, 5, 5, 5), 20, "don't put more time in until the weakest point is settled", "decision process"),
        ((0, 0, 0, 0, 0), 0, "don't put more time in until the weakest point is settled", "meeting the need"),
    ],
)
def test_it_gives_a_verdict_and_names_the_weakest_point_with_what_to_do(
    desk: Desk, scores: tuple[int, ...], total: int, says: str, weakest: str | None
) -> None:
    desk.hears("qualify", company="Acme")
    reply = _answers(desk, *scores)
    assert (reply.facts["total"], reply.facts["most"], reply.facts["says"]) == (total, 25, says)
    assert f"{total} of 25, {says}." in reply.text
    if weakest is None:
        assert reply.facts["weakest"] is None
    else:
        assert reply.facts["weakest"]["name"] == weakest
        assert next(each.do.en for each in QUESTIONS if each.name.en == weakest) in reply.text


def test_it_offers_a_follow_up_with_the_verdict_and_shows_every_score_behind_more(desk: Desk) -> None:
    desk.hears("qualify", company="Acme")
    reply = _answers(desk, 4, 4, 4, 4, 2)
    assert list(reply.buttons) == ["remind me", "another time", "no", "more"]
    more = desk.presses(4)
    assert more.template == "scoring/audit_more"
    assert "2 worth it" in more.text
    assert "M+?+N" in more.text


def test_it_is_left_by_any_other_message_and_taken_up_where_it_stopped(desk: Desk) -> None:
    desk.hears("qualify", company="Acme")
    _answers(desk, 4, 3)
    desk.hears("show_customer", company="Acme")
    # The question is no longer open.
    assert _says(desk, "4").template == "conversation/out_of_scope"
    reply = desk.hears("qualify", company="Acme")
    assert (reply.facts["number"], reply.facts["begun"]) == (3, 0)
    assert "Started today" in reply.text
    assert list(reply.buttons) == [*NUMBERS, "don't know", "start again"]
    assert _answers(desk, 5, 5, 5).facts["total"] == 22


def test_it_starts_again_on_demand(desk: Desk) -> None:
    desk.hears("qualify", company="Acme")
    _answers(desk, 1, 1)
    desk.hears("qualify", company="Acme")
    reply = desk.presses(8)
    assert (reply.template, reply.facts["number"]) == ("scoring/question", 1)
    # Left at once, it is still the new round that counts.
    desk.hears("show_customer", company="Acme")
    assert desk.hears("qualify", company="Acme").facts["number"] == 1
    assert _answers(desk, 5, 5, 5, 5, 5).facts["total"] == 25


def test_it_says_how_it_was_last_time(desk: Desk) -> None:
    desk.hears("qualify", company="Acme")
    assert _answers(desk, 3, 3, 3, 3, 2).facts["before"] is None
    desk.waits(days=21)
    reply = desk.hears("qualify", company="Acme")
    assert reply.facts["before"] == {"total": 14, "most": 25, "days": 21}
    assert "Last time, 3 weeks ago: 14 of 25." in reply.text
    assert list(reply.buttons) == [*NUMBERS, "don't know", "last result"]
    assert "Last time, 3 weeks ago: 14, now 18." in _answers(desk, 4, 4, 4, 3, 3).text


def test_it_shows_the_last_result(desk: Desk) -> None:
    desk.hears("qualify", company="Acme")
    _answers(desk, 3, 3, 3, 3, 2)
    desk.hears("qualify", company="Acme")
    reply = desk.presses(8)
    assert (reply.template, reply.facts["total"]) == ("scoring/audit", 14)
    assert _says(desk, "4").template == "conversation/out_of_scope"


def test_undo_takes_the_last_score_back(desk: Desk) -> None:
    desk.hears("qualify", company="Acme")
    _answers(desk, 4, 3)
    desk.hears("undo")
    assert desk.hears("qualify", company="Acme").facts["number"] == 2
    _answers(desk, 5, 5, 5, 5)
    desk.hears("undo")
    reply = desk.hears("qualify", company="Acme")
    assert reply.facts["number"] == 5
    assert _answers(desk, 0).facts["total"] == 19


def test_a_score_of_a_round_that_is_over_changes_nothing(desk: Desk) -> None:
    desk.hears("qualify", company="Acme")
    _answers(desk, 1)
    old = desk.hears("qualify", company="Acme")
    desk.hears("qualify", company="Acme")
    desk.presses(8)
    assert _presses_on(desk, old, 5).template == "conversation/gone"
    assert desk.hears("qualify", company="Acme").facts["number"] == 1


def test_an_older_button_corrects_its_score(desk: Desk) -> None:
    desk.hears("qualify", company="Acme")
    second = _answers(desk, 4)
    desk.hears("qualify", company="Acme")
    assert _answers(desk, 3).facts["number"] == 3
    # The second question, asked twice, is answered once more.
    assert _presses_on(desk, second, 5).facts["number"] == 3
    assert _answers(desk, 5, 5, 5).facts["total"] == 24


def test_it_gives_no_verdict_while_a_question_is_open(desk: Desk) -> None:
    desk.hears("qualify", company="Acme")
    _answers(desk, 5)
    # "I don't know" is no zero.
    assert _says(desk, "I don't know", "deny").facts["number"] == 3
    reply = _answers(desk, 5, 5, 5)
    assert (reply.template, reply.facts["says"], reply.facts["open"]) == ("scoring/audit", None, ["decision process"])
    assert "20 of 20 so far, too early to call while this is open: decision process." in reply.text
    assert "Who else looks at this before it is signed" in reply.text
    assert list(reply.buttons) == ["go on", "more"]
    # It is not counted as the last one either.
    assert desk.presses(1).facts["number"] == 2
    assert _answers(desk, 5).facts["says"] == "go for it"


def test_it_knows_nothing_where_nothing_is_known(desk: Desk) -> None:
    desk.hears("qualify", company="Acme")
    for _ in QUESTIONS:
        reply = desk.presses(7)
    assert (reply.template, len(reply.facts["open"])) == ("scoring/audit", 5)
    assert list(reply.buttons) == ["go on"]
    assert desk.hears("qualify", company="Acme").facts["number"] == 1


@pytest.mark.parametrize(("stage", "won"), [("won", True), ("lost", False)])
def test_it_scores_no_deal_that_is_closed(desk: Desk, stage: str, won: bool) -> None:
    desk.hears("update_deal", company="Acme", stage=stage)
    reply = desk.hears("qualify", company="Acme")
    assert (reply.template, reply.facts["won"]) == ("scoring/closed", won)


def test_it_asks_whom_where_nobody_is_meant(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        assert desk.hears("qualify").template == "people/whom"
        assert desk.hears("qualify", company="Globex").template == "people/unknown"
        assert desk.hears("qualify", topic="distributor").template == "people/whom"


def test_it_takes_hostile_names(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        name = '<b>&"'
        desk.hears("log_contact", company=name, money="yes")
        assert name in desk.hears("qualify", company=name).text
        reply = _answers(desk, 1, 2, 3, 4, 5)
        assert "&lt;b&gt;&amp;" in reply.html


# --- a reseller


def test_it_scores_a_reseller_by_weights(desk: Desk) -> None:
    reply = desk.hears("qualify", company="Acme", topic="distributor")
    assert (reply.facts["of"], reply.facts["kind"]) == (10, "distributor")
    assert list(reply.buttons) == [*NUMBERS, "don't know"]
    reply = _answers(desk, 4, 4, 3, 5, 2, 3, 5, 5, 5, 0)
    # 16 + 12 + 6 + 15 + 4 + 6 + 5 + 5 + 5 + 0
    assert (reply.facts["result"], reply.facts["known"]) == (74, 100)
    assert reply.facts["says"] == "start with a small range or a trial period"
    assert reply.facts["weakest"]["name"] == "social relations"
    assert reply.facts["open"] == []
    assert list(reply.buttons) == ["more"]
    assert desk.presses(1).template == "scoring/distributor_more"


def test_it_guesses_nothing_of_a_reseller(desk: Desk) -> None:
    desk.hears("qualify", company="Acme", topic="distributor")
    _answers(desk, 5, 5)
    for _ in range(7):
        desk.presses(7)
    reply = desk.presses(7)
    assert reply.template == "scoring/distributor"
    assert (reply.facts["known"], reply.facts["says"]) == (35, None)
    assert "no result yet. I know 35%, and need 60% to judge" in reply.text
    assert list(reply.buttons) == ["go on", "more"]
    # What was not known is asked again, and what was known is not.
    assert desk.presses(1).facts["number"] == 3
    _answers(desk, 5)
    reply = _answers(desk, 5)
    assert reply.facts["number"] == 5
    for _ in range(5):
        desk.presses(7)
    reply = desk.presses(7)
    assert (reply.facts["known"], reply.facts["result"]) == (60, 100)
    assert "That is on 60% of the criteria." in reply.text


def test_no_in_words_means_that_it_is_not_known(desk: Desk) -> None:
    desk.hears("qualify", company="Acme", topic="distributor")
    assert _says(desk, "no idea", "deny").facts["number"] == 2
    assert _says(desk, "4").facts["number"] == 3


def test_it_knows_nothing_of_a_reseller_of_whom_nothing_was_said(desk: Desk) -> None:
    desk.hears("qualify", company="Acme", topic="distributor")
    for _ in range(9):
        desk.presses(7)
    reply = desk.presses(7)
    assert (reply.facts["known"], reply.facts["result"], reply.facts["weakest"]) == (0, None, None)
    assert list(reply.buttons) == ["go on"]


def test_it_says_how_a_reseller_scored_last_time(desk: Desk) -> None:
    desk.hears("qualify", company="Acme", topic="distributor")
    _answers(desk, *[3] * 10)
    desk.waits(days=90)
    reply = desk.hears("qualify", company="Acme", topic="distributor")
    assert reply.facts["before"] == {"total": 60, "most": 100, "days": 90}
    reply = _answers(desk, *[4] * 10)
    assert reply.facts["before"]["total"] == 60
    assert "Last time, 3 months ago: 60." in reply.text


def test_the_reseller_s_score_and_the_deal_s_audit_are_kept_apart(desk: Desk) -> None:
    desk.hears("qualify", company="Acme", topic="distributor")
    _answers(desk, 5)
    assert desk.hears("qualify", company="Acme").facts["number"] == 1


def test_it_scores_a_person_who_trades_without_a_company(tmp_path: Path) -> None:
    with Desk(tmp_path, "zh") as desk:
        desk.hears("log_contact", person="王芳", need="yes")
        reply = desk.hears("qualify", person="王芳", topic="distributor")
        assert "王芳，经销商打分，1/10" in reply.text
        assert _says(desk, "四分").facts["number"] == 2
