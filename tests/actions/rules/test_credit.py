"""It computes the ratios of the method's table, scores them, and rates a customer for a quarter."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import playbook
from actions.playbook.scoring import LETTERS
from actions.rules.credit import (
    FIGURES,
    MEASURES,
    RATIOS,
    Bands,
    Ratio,
    quarter_before,
    quarter_of,
    ratio,
    with_derived,
)
from actions.rules.scoring import grade, weigh

CREDIT = playbook.load().credit
SHEET = {
    "current_assets": 500,
    "inventory": 100,
    "cash": 125,
    "current_liabilities": 200,
    "total_liabilities": 400,
    "net_assets": 320,
    "revenue": 1200,
    "previous_revenue": 1000,
    "gross_profit": 360,
    "net_profit": -60,
}


def _figures(**changed: int | None) -> dict[str, Decimal]:
    return {key: Decimal(value) for key, value in {**SHEET, **changed}.items() if value is not None}


# --- the ratios


def test_it_has_the_six_ratios_of_the_table() -> None:
    assert list(RATIOS) == ["current", "quick", "cash_ratio", "realisation", "debt_flow", "debt_to_net_worth"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("current", "2.5"),
        ("quick", "2"),
        # Over current assets, not over liabilities as finance readers expect.
        ("cash_ratio", "0.25"),
        ("realisation", "0.625"),
        # Current assets over all liabilities.
        ("debt_flow", "1.25"),
        # Over net assets, not over all assets.
        ("debt_to_net_worth", "1.25"),
        ("growth", "0.2"),
        ("gross_margin", "0.3"),
        ("net_margin", "-0.05"),
    ],
)
def test_it_computes_a_ratio(name: str, value: str) -> None:
    assert ratio(name, _figures()) == Ratio(Decimal(value))


@pytest.mark.parametrize(
    ("name", "changed", "missing"),
    [
        ("current", {"current_liabilities": 0}, ()),
        ("current", {"current_liabilities": None}, ("current_liabilities",)),
        ("current", {"current_assets": None, "current_liabilities": None}, ("current_assets", "current_liabilities")),
        # What is missing is told before what is zero.
        ("current", {"current_assets": None, "current_liabilities": 0}, ("current_assets",)),
        ("quick", {"current_liabilities": 0}, ()),
        ("quick", {"inventory": None}, ("inventory",)),
        ("cash_ratio", {"current_assets": 0}, ()),
        ("cash_ratio", {"current_assets": None}, ("current_assets",)),
        ("cash_ratio", {"cash": None}, ("cash",)),
        ("realisation", {"current_liabilities": 0}, ()),
        ("realisation", {"cash": None}, ("cash",)),
        ("debt_flow", {"total_liabilities": 0}, ()),
        ("debt_flow", {"total_liabilities": None}, ("total_liabilities",)),
        ("debt_to_net_worth", {"net_assets": 0}, ()),
        ("debt_to_net_worth", {"net_assets": None}, ("net_assets",)),
        ("growth", {"previous_revenue": 0}, ()),
        ("growth", {"previous_revenue": None}, ("previous_revenue",)),
        ("gross_margin", {"revenue": 0}, ()),
        ("net_margin", {"net_profit": None}, ("net_profit",)),
    ],
)
def test_it_does_not_compute_with_a_divisor_that_is_zero_or_missing(
    name: str, changed: dict[str, int | None], missing: tuple[str, ...]
) -> None:
    assert ratio(name, _figures(**changed)) == Ratio(None, missing)


@pytest.mark.parametrize(
    ("name", "changed", "value"),
    [
        ("current", {"current_assets": 0}, "0"),
        ("quick", {"inventory": 500}, "0"),
        ("quick", {"inventory": 600}, "-0.5"),
        ("quick", {"inventory": 0}, "2.5"),
        ("cash_ratio", {"cash": 0}, "0"),
        ("debt_to_net_worth", {"total_liabilities": 0}, "0"),
        ("debt_to_net_worth", {"net_assets": -100}, "-4"),
        ("growth", {"revenue": 0}, "-1"),
    ],
)
def test_it_computes_with_zero_and_below(name: str, changed: dict[str, int], value: str) -> None:
    assert ratio(name, _figures(**changed)).value == Decimal(value)


def test_it_does_not_compute_from_nothing() -> None:
    assert all(ratio(name, {}).value is None and ratio(name, {}).missing for name in MEASURES)


def test_it_computes_in_decimals() -> None:
    cents = {"current_assets": Decimal("0.30"), "current_liabilities": Decimal("0.10")}
    assert ratio("current", cents).value == Decimal(3)


def test_every_figure_is_of_use() -> None:
    used = {key for (figure, less), divisor in MEASURES.values() for key in (figure, less, divisor) if key}
    assert used | {"total_assets"} == set(FIGURES)


@pytest.mark.parametrize(
    ("given", "net"),
    [
        ({"total_assets": 900, "total_liabilities": 400}, 500),
        ({"total_assets": 300, "total_liabilities": 400}, -100),
        ({"total_assets": 900, "total_liabilities": 400, "net_assets": 450}, 450),
        ({"total_assets": 900}, None),
        ({"total_liabilities": 400}, None),
    ],
)
def test_it_takes_net_assets_from_all_assets_less_all_liabilities(given: dict[str, int], net: int | None) -> None:
    assert with_derived({key: Decimal(value) for key, value in given.items()}).get("net_assets") == net


# --- what a ratio scores


@pytest.mark.parametrize(
    ("value", "score"),
    [("9", 5), ("2", 5), ("1.99", 4), ("1.5", 4), ("1.2", 3), ("1", 2), ("0.8", 1), ("0.79", 0), ("-1", 0)],
)
def test_a_higher_ratio_scores_higher(value: str, score: int) -> None:
    bands = Bands(tuple(map(Decimal, ("2", "1.5", "1.2", "1", "0.8"))))
    assert bands.score(Decimal(value)) == score


@pytest.mark.parametrize(
    ("value", "score"),
    [("0", 5), ("0.5", 5), ("0.51", 4), ("1", 4), ("1.5", 3), ("2", 2), ("3", 1), ("3.1", 0), ("-0.1", 0)],
)
def test_less_debt_scores_higher_but_not_what_is_over_net_assets_below_zero(value: str, score: int) -> None:
    bands = Bands(tuple(map(Decimal, ("0.5", "1", "1.5", "2", "3"))), lower_is_better=True)
    assert bands.score(Decimal(value)) == score


# --- the rating


def test_it_has_twenty_indicators_in_five_groups() -> None:
    assert len(CREDIT.indicators) == 20
    by_group = {
        group: sum(CREDIT.points(group=group).values())
        for group in dict.fromkeys(each.group for each in CREDIT.indicators)
    }
    assert set(by_group) == {"character", "performance", "solvency", "operating", "profitability"}
    assert by_group["character"] + by_group["performance"] == 70
    assert by_group["solvency"] + by_group["operating"] + by_group["profitability"] == 30
    assert sum(CREDIT.points().values()) == 100


def test_it_has_the_three_cs_which_share_all_points() -> None:
    assert sum(sum(CREDIT.points(c=c).values()) for c in ("character", "capacity", "capital")) == 100
    assert all(CREDIT.points(c=c) for c in ("character", "capacity", "capital"))


@pytest.mark.parametrize(
    ("result", "letter"),
    [
        (100, "AAA"),
        (90, "AAA"),
        (89, "AA"),
        (80, "AA"),
        (79, "A"),
        (70, "A"),
        (69, "B"),
        (60, "B"),
        (59, "C"),
        (0, "C"),
    ],
)
def test_it_gives_the_letter_by_the_cut_offs(result: int, letter: str) -> None:
    # A hundred indicators of a point each, `result` of which are at their best.
    scores = {str(number): 5 if number < result else 0 for number in range(100)}
    place = grade(weigh(dict.fromkeys(scores, 1), scores), list(CREDIT.cut_offs.values()), CREDIT.needed)
    assert place is not None
    assert list(CREDIT.cut_offs)[place] == letter
    assert tuple(CREDIT.cut_offs) == LETTERS


SCORED = st.dictionaries(st.sampled_from(sorted(CREDIT.points())), st.integers(0, 5))


def _place(scores: dict[str, int]) -> int | None:
    return grade(weigh(CREDIT.points(), scores), list(CREDIT.cut_offs.values()), CREDIT.needed)


@given(scores=SCORED, key=st.sampled_from(sorted(CREDIT.points())))
def test_the_rating_never_falls_when_an_indicator_rises(scores: dict[str, int], key: str) -> None:
    places = [_place({**scores, key: score}) for score in range(6)]
    results = [weigh(CREDIT.points(), {**scores, key: score}).result or 0 for score in range(6)]
    assert results == sorted(results)
    assert len(set(results)) == 6
    given = [place for place in places if place is not None]
    assert len(given) in (0, 6)
    assert given == sorted(given, reverse=True)


@given(scores=SCORED)
def test_there_is_no_letter_below_the_completeness_limit(scores: dict[str, int]) -> None:
    known = sum(CREDIT.points()[key] for key in scores)
    assert (_place(scores) is None) == (known < CREDIT.needed)


@given(told=SCORED.flatmap(lambda scores: st.tuples(st.just(scores), st.permutations(list(scores.items())))))
def test_the_order_of_answers_does_not_matter(told: tuple[dict[str, int], list[tuple[str, int]]]) -> None:
    scores, in_another_order = told
    assert weigh(CREDIT.points(), dict(in_another_order)) == weigh(CREDIT.points(), scores)


# --- quarters


@pytest.mark.parametrize(
    ("day", "quarter", "before"),
    [
        (date(2026, 1, 1), "2026-Q1", "2025-Q4"),
        (date(2026, 3, 31), "2026-Q1", "2025-Q4"),
        (date(2026, 4, 1), "2026-Q2", "2026-Q1"),
        (date(2026, 9, 30), "2026-Q3", "2026-Q2"),
        (date(2026, 12, 31), "2026-Q4", "2026-Q3"),
    ],
)
def test_it_rates_a_quarter_from_the_one_before(day: date, quarter: str, before: str) -> None:
    assert quarter_of(day) == quarter
    assert quarter_before(quarter) == before
