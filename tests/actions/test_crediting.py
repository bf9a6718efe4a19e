"""It rates credit from figures and judgements, quarter by quarter, and guesses nothing."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import crediting, playbook
from actions.crediting import rate
from actions.playbook.scoring import LETTERS
from actions.rules.credit import FIGURES, RATIOS
from bot.messages import Outgoing
from nlu.understanding import Money
from tests.actions.house import Desk

CREDIT = playbook.load().credit
JUDGED = [each.key for each in CREDIT.judged]
FULL = (
    "credit rating for Acme: current assets 5m, inventory 1m, cash 1.25m, current liabilities 2m, total liabilities 4m, "
    "net assets 3.2m, revenue 12m, revenue a year before 10m, gross profit 3.6m, net profit 600k"
)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Ann, who knows Acme. It is 2026-Q1."""
    desk = Desk(tmp_path)
    desk.hears("log_contact", company="Acme", money="yes")
    return desk


def _rates(desk: Desk, text: str, company: str | None = "Acme") -> Outgoing:
    return desk.hears("rate_credit", text=text, company=company)


def _answers(desk: Desk, score: int, times: int) -> Outgoing:
    """The reply to the last of so many answers with this score, on its button."""
    for _ in range(times):
        reply = desk.presses((1, 2, 3, 4, 5, 0).index(score) + 1)
    return reply


def _ratios(reply: Outgoing) -> dict[str, float | None]:
    return {each["ratio"]: each["percent"] for each in reply.facts["ratios"]}


# --- figures


def test_it_shows_the_ratios_of_the_figures_at_once(desk: Desk) -> None:
    text = "credit rating for Acme: current assets 5m, inventory 1m, current liabilities 2m, pays on time"
    reply = _rates(desk, text)
    assert reply.template == "scoring/credit"
    assert _ratios(reply) == {
        "current": 250,
        "quick": 200,
        "cash_ratio": None,
        "realisation": None,
        "debt_flow": None,
        "debt_to_net_worth": None,
    }
    assert "Current ratio: 250%" in reply.text
    # 16 of punctuality, 4 of the current ratio, 3 of the quick one.
    assert (reply.facts["known"], reply.facts["letter"]) == (23, None)
    assert "I know 23 of 100 points, and need 60 to rate them" in reply.text
    assert "payment on time 5" in reply.text
    assert "current assets 5,000,000 USD" in reply.text
    assert list(reply.buttons) == ["go on", "more"]
    more = desk.presses(2)
    assert "Cash ratio (cash over current assets): can't be worked out without cash" in more.text
    assert "Debt to net worth (liabilities over net assets): can't be worked out without total liabilities" in more.text


def test_it_shows_them_in_chinese(tmp_path: Path) -> None:
    with Desk(tmp_path, "zh") as desk:
        desk.hears("log_contact", company="星海科技", money="yes")
        reply = _rates(desk, "星海科技流动资产500万,存货100万,流动负债200万", "星海科技")
        assert "流动比率：250%" in reply.text
        assert "速动比率：200%" in reply.text
        assert "2026年一季度的信用还评不了级" in reply.text


def test_it_computes_all_six(desk: Desk) -> None:
    reply = _rates(desk, FULL)
    assert _ratios(reply) == {
        "current": 250,
        "quick": 200,
        "cash_ratio": 25,
        "realisation": 62.5,
        "debt_flow": 125,
        "debt_to_net_worth": 125,
    }
    assert {each["ratio"]: each["percent"] for each in reply.facts["others"]} == {
        "growth": 20,
        "gross_margin": 30,
        "net_margin": 5,
    }
    # All financial points but the four that are judged.
    assert reply.facts["known"] == 26
    assert reply.facts["missing"] == []


def test_it_says_what_cannot_be_computed(desk: Desk) -> None:
    reply = _rates(desk, "Acme current assets 5m, current liabilities 0")
    assert "Current ratio: can't be worked out, the divisor is 0" in reply.text
    assert reply.facts["known"] == 0


def test_figures_add_up_over_messages_and_the_last_of_one_counts(desk: Desk) -> None:
    _rates(desk, "Acme current assets 5m, inventory 1m")
    reply = desk.hears("log_contact", text="current liabilities 2m, inventory 1.5m")
    assert reply.template == "scoring/credit"
    assert _ratios(reply)["current"] == 250
    assert _ratios(reply)["quick"] == 175
    assert [each["field"] for each in reply.facts["noted"]] == ["current_liabilities", "inventory"]


@pytest.mark.parametrize(
    ("intent", "meant"),
    [
        ("log_contact", {"company": "Globex", "text": "Globex has sales of 40m"}),
        ("show_customer", {"company": "Acme", "text": "show Acme, revenue 5m"}),
        ("log_contact", {"money": "yes", "text": "they have the budget"}),
    ],
)
def test_a_message_about_something_else_is_no_figure(desk: Desk, intent: str, meant: dict[str, Any]) -> None:
    _rates(desk, "Acme current assets 5m, inventory 1m")
    assert desk.hears(intent, **meant).template != "scoring/credit"


def test_net_assets_follow_from_all_assets_less_all_liabilities(desk: Desk) -> None:
    reply = _rates(desk, "Acme total assets 9m, total liabilities 4m")
    assert _ratios(reply)["debt_to_net_worth"] == 80
    assert {"field": "net_assets", "amount": {"value": 5_000_000, "currency": "USD"}} in reply.facts["figures"]


def test_debts_over_net_assets_below_zero_score_nothing(desk: Desk) -> None:
    reply = _rates(desk, "Acme total liabilities 4m, net assets -1m")
    assert _ratios(reply)["debt_to_net_worth"] == -400
    assert {"c": "capital", "result": 0} in reply.facts["cs"]


def test_it_mixes_no_currencies(desk: Desk) -> None:
    reply = _rates(desk, "Acme current assets $5m, current liabilities $2m, inventory €1m")
    assert _ratios(reply)["current"] == 250
    assert _ratios(reply)["quick"] is None
    assert reply.facts["other_currency"] == ["inventory"]
    assert "Left out, another currency: inventory." in reply.text


def test_undo_takes_figures_back(desk: Desk) -> None:
    _rates(desk, "Acme current assets 5m, current liabilities 2m")
    desk.hears("undo")
    assert _rates(desk, "credit rating for Acme").template == "scoring/question"


def test_figures_of_somebody_new_are_not_lost(desk: Desk) -> None:
    reply = _rates(desk, "credit of Globex: current assets 5m, current liabilities 2m", "Globex")
    assert reply.facts["who"] == "Globex"
    assert desk.names("companies") == ["Acme", "Globex"]
    assert _rates(desk, "credit rating for Initech", "Initech").template == "people/unknown"


def test_it_rates_a_customer_who_has_bought(desk: Desk) -> None:
    desk.hears("update_deal", company="Acme", stage="won")
    assert _rates(desk, "Acme current assets 5m, current liabilities 2m").template == "scoring/credit"
    assert desk.hears("find_customers", money="yes").facts["total"] == 0


# --- what is judged


def test_it_asks_at_once_where_nothing_is_known(desk: Desk) -> None:
    reply = _rates(desk, "credit rating for Acme")
    assert (reply.template, reply.facts["number"], reply.facts["of"]) == ("scoring/question", 1, len(JUDGED))
    assert reply.facts["ask"] == "Did they pay on time last quarter?"
    assert "Credit for Q1 2026, based on Q4 2025." in reply.text
    assert list(reply.buttons) == ["1", "2", "3", "4", "5", "0", "don't know"]


def test_it_asks_one_at_a_time_and_gives_the_letter_at_the_end(desk: Desk) -> None:
    _rates(desk, "credit rating for Acme")
    assert desk.hears("out_of_scope", text="four").facts["number"] == 2
    reply = _answers(desk, 4, len(JUDGED) - 1)
    assert reply.template == "scoring/credit"
    assert (reply.facts["letter"], reply.facts["score"], reply.facts["known"]) == ("AA", 80, 74)
    assert "credit AA for Q1 2026, 80 of 100 on the 74% that is known" in reply.text
    assert "If you have them, send me: current assets" in reply.text
    assert list(reply.buttons) == ["more"]
    reply = desk.hears("rate_credit", text=FULL.split(": ")[1])
    assert (reply.facts["known"], reply.facts["letter"]) == (100, "AA")
    assert reply.facts["missing"] == []
    # 59.2 judged and 21.6 computed.
    assert "AA for Q1 2026, 80 of 100." in reply.text


def test_it_gives_no_letter_from_too_little(desk: Desk) -> None:
    _rates(desk, "credit rating for Acme")
    _answers(desk, 5, 5)
    reply = _rates(desk, "credit rating for Acme")
    assert (reply.facts["known"], reply.facts["letter"], reply.facts["score"]) == (48, None, None)
    assert reply.facts["next"] == "lawsuits"
    assert "Next question: lawsuits." in reply.text
    assert "of 100 each: character 100." in reply.text
    # 60 of 100 points are enough.
    desk.presses(1)
    _answers(desk, 5, 2)
    assert _rates(desk, "credit rating for Acme").facts["letter"] is None
    desk.presses(1)
    _answers(desk, 0, 1)
    reply = _rates(desk, "credit rating for Acme")
    assert (reply.facts["known"], reply.facts["letter"], reply.facts["score"]) == (62, "AAA", 93)


def test_it_is_left_and_taken_up_and_what_is_not_known_stays_open(desk: Desk) -> None:
    _rates(desk, "credit rating for Acme")
    desk.presses(7)
    assert _answers(desk, 3, 1).facts["number"] == 3
    desk.hears("show_customer", company="Acme")
    reply = _rates(desk, "credit rating for Acme")
    assert reply.facts["known"] == 12
    assert reply.facts["next"] == "payment on time"
    assert desk.presses(1).facts["number"] == 1
    assert desk.presses(7).facts["number"] == 3


def test_it_ends_with_what_is_known_where_nothing_is(desk: Desk) -> None:
    _rates(desk, "credit rating for Acme")
    for _ in JUDGED:
        reply = desk.presses(7)
    assert (reply.template, reply.facts["known"]) == ("scoring/credit", 0)
    assert desk.presses(2).template == "scoring/credit_more"


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("Acme pays on time", 5),
        ("Acme sometimes pays late", 3),
        ("Acme paid 30 days late again", 1),
        ("does Acme pay late?", None),
    ],
)
def test_it_takes_what_is_said_of_payments_in_passing(desk: Desk, text: str, score: int | None) -> None:
    reply = _rates(desk, text)
    if score is None:
        assert reply.template == "scoring/question"
    else:
        assert reply.facts["noted"] == [{"name": "payment on time", "score": score}]


# --- quarters


def test_each_quarter_is_rated_anew_and_told_beside_the_one_before(desk: Desk) -> None:
    _rates(desk, "credit rating for Acme")
    _answers(desk, 5, len(JUDGED))
    desk.waits(days=31)
    reply = _rates(desk, "credit rating for Acme")
    assert reply.template == "scoring/question"
    assert reply.facts["credit"] == {
        "quarter": "2026-Q2",
        "figures_of": "2026-Q1",
        "before": {"quarter": "2026-Q1", "letter": "AAA", "score": 100},
    }
    assert "In Q1 2026 it was AAA (100)." in reply.text
    assert "Last quarter you said 5." in reply.text
    reply = _answers(desk, 2, len(JUDGED))
    assert (reply.facts["letter"], reply.facts["before"]["letter"]) == ("C", "AAA")


def test_a_button_of_a_quarter_that_is_over_asks_anew(desk: Desk) -> None:
    _rates(desk, "credit rating for Acme")
    desk.waits(days=31)
    assert _answers(desk, 5, 1).facts["number"] == 1
    assert _answers(desk, 5, 1).facts["number"] == 2


# --- who


def test_a_manager_sees_the_rating_that_a_rep_gave_and_another_rep_does_not(desk: Desk) -> None:
    _rates(desk, "Acme current assets 5m, current liabilities 2m")
    desk.takes_over("Mona", "manager")
    assert _ratios(_rates(desk, "credit rating for Acme"))["current"] == 250
    desk.takes_over("Bob")
    assert _rates(desk, "credit rating for Acme").template == "people/unknown"


def test_it_rates_a_person_who_trades_without_a_company(desk: Desk) -> None:
    desk.hears("log_contact", person="Rosa Lind", need="yes", text="met Rosa Lind, a baker")
    reply = desk.hears("rate_credit", person="Rosa Lind", text="Rosa Lind pays on time")
    assert (reply.facts["who"], reply.facts["known"]) == ("Rosa Lind", 16)


def test_it_asks_whose_and_goes_on_with_the_figures(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        assert _rates(desk, "current assets 5m, current liabilities 2m", None).template == "people/whom"
        desk.hears("log_contact", company="Acme", text="met Acme", money="yes")
        assert _ratios(desk.hears("rate_credit", text="current assets 5m, current liabilities 2m"))["current"] == 250
        # The name alone answers the question whose it is.
        desk.takes_over("Bob")
        assert _rates(desk, "current assets 5m, current liabilities 2m", None).template == "people/whom"
        reply = desk.hears("out_of_scope", company="Globex", text="Globex")
        assert (reply.facts["who"], _ratios(reply)["current"]) == ("Globex", 250)


def test_it_takes_hostile_names(tmp_path: Path) -> None:
    with Desk(tmp_path) as desk:
        reply = _rates(desk, '<b>&" current assets 5m', '<b>&"')
        assert reply.html.count("<b>") == 1
        assert reply.text.startswith('<b>&":')


def test_a_reply_stays_on_a_phone_s_screen(desk: Desk) -> None:
    reply = _rates(desk, FULL)
    assert "Noted: 10 figures." in reply.text
    assert len(reply.text.splitlines()) <= 10
    reply = _rates(desk, "credit rating for Acme")
    assert "ratio" not in reply.text
    assert len(reply.text.splitlines()) <= 4


# --- figures from elsewhere


class Refused(Exception):
    """Ends a turn once the test has seen what it wanted to."""


def _put(desk: Desk, monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any]) -> Outgoing:
    """What a rating becomes once these were put on record for it."""
    put = crediting.put_figures

    def also(turn: Any, customer: Any, quarter: str, told: Any) -> Any:
        put(turn, customer, quarter, told)
        return put(turn, customer, quarter, answers)

    with monkeypatch.context() as patched:
        patched.setattr(crediting, "put_figures", also)
        return _rates(desk, "Acme cash 1")


def _amount(value: str, currency: str | None = None) -> Money:
    return Money(Decimal(value), currency)


def test_figures_and_scores_can_come_from_a_file(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    reply = _put(
        desk,
        monkeypatch,
        {"current_assets": _amount("500000.50"), "current_liabilities": _amount("200000.20"), "punctuality": 4},
    )
    assert _ratios(reply)["current"] == 250
    assert {"name": "payment on time", "score": 4} in reply.facts["judged"]


@pytest.mark.parametrize(
    "answers",
    [
        {"goodwill": 3},
        {"punctuality": 6},
        {"punctuality": -1},
        {"punctuality": True},
        {"punctuality": "5"},
        {"current": 5},
        {"inventory": 5},
        {"inventory": _amount("-1")},
        {"punctuality": _amount("5")},
    ],
)
def test_what_cannot_be_is_refused_whole(desk: Desk, monkeypatch: pytest.MonkeyPatch, answers: dict[str, Any]) -> None:
    reply = _put(desk, monkeypatch, {"current_assets": _amount("5"), **answers})
    assert reply.template == "conversation/sorry"
    assert _rates(desk, "credit rating for Acme").template == "scoring/question"


# --- what holds for any answers


def _figure(value: int, currency: str) -> dict[str, str]:
    return {"value": str(value), "currency": currency}


ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        **{key: st.integers(0, 5) for key in JUDGED},
        **{key: st.builds(_figure, st.integers(0, 10**7), st.sampled_from(["CNY", "USD"])) for key in FIGURES},
    },
)


@given(answers=ANSWERS.flatmap(lambda all_: st.tuples(st.just(all_), st.permutations(list(all_.items())))))
def test_the_order_of_answers_does_not_matter(answers: tuple[dict[str, Any], list[tuple[str, Any]]]) -> None:
    assert rate(CREDIT, answers[0]) == rate(CREDIT, dict(answers[1]))


@given(answers=ANSWERS)
def test_a_letter_is_never_given_below_the_completeness_limit(answers: dict[str, Any]) -> None:
    rating = rate(CREDIT, answers)
    assert rating.weighed.known == sum(CREDIT.points()[key] for key in rating.scores)
    assert (rating.letter is None) == (rating.weighed.known < CREDIT.needed)


@given(answers=ANSWERS, key=st.sampled_from(JUDGED))
def test_the_rating_never_falls_when_a_judgement_rises(answers: dict[str, Any], key: str) -> None:
    results = [rate(CREDIT, {**answers, key: score}).weighed.result or 0 for score in range(6)]
    letters = [rate(CREDIT, {**answers, key: score}).letter for score in range(6)]
    assert results == sorted(set(results))
    places = [LETTERS.index(letter) for letter in letters if letter]
    assert places == sorted(places, reverse=True)


@given(answers=ANSWERS)
def test_a_ratio_has_a_value_or_a_reason(answers: dict[str, Any]) -> None:
    rating = rate(CREDIT, answers)
    for name in RATIOS:
        computed = rating.ratios[name]
        assert (computed.value is None) or not computed.missing
        assert set(computed.missing).isdisjoint(rating.figures)
