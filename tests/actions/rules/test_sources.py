"""It ranks ways of finding customers by what they have brought and what they suit, and knows a source by its words."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import playbook
from actions.rules.sources import Result, contacts_a_year, ranked, together
from actions.rules.wording import mentioned

PROSPECTING = playbook.load().prospecting
SOURCES = {name: way.sources for name, way in PROSPECTING.ways.items()}
FIFTEEN = (
    "acquaintances",
    "referrals",
    "influencers",
    "peers",
    "visits",
    "observation",
    "directories",
    "mail",
    "advertising",
    "seminars",
    "telephone",
    "dormant",
    "online",
    "shows",
    "predecessor",
)
"""The ways of section 12, in its order."""
RESULTS = st.builds(Result, st.integers(0, 50), st.integers(0, 50), st.integers(0, 10**9))


def test_it_has_the_fifteen_ways() -> None:
    assert tuple(PROSPECTING.ways) == FIFTEEN


def test_it_counts_five_new_calls_a_day_as_1500_contacts_a_year() -> None:
    assert contacts_a_year(PROSPECTING.target.calls_a_day, PROSPECTING.target.working_days) == 1_500
    assert (PROSPECTING.target.calls_a_day, contacts_a_year(5, 300)) == (5, 1_500)


@pytest.mark.parametrize(
    ("source", "way"),
    [
        ("expo", "shows"),
        ("the expo in Hanover", "shows"),
        ("Canton Fair", "shows"),
        ("trade shows", "shows"),
        ("展会", "shows"),
        ("广交会", "shows"),
        ("上海工博会", "shows"),
        ("转介绍", "referrals"),
        ("老客户介绍", "dormant"),
        ("referral", "referrals"),
        ("cold call", "telephone"),
        ("Cold-Call", "telephone"),
        ("电话", "telephone"),
        ("our website", "online"),
        ("官网", "online"),
        ("LinkedIn", "online"),
        ("1688", "online"),
        ("google ads", "advertising"),
        ("webinar", "seminars"),
        ("a friend", "acquaintances"),
        ("old classmates", "acquaintances"),
        ("扫街", "visits"),
        ("商会", "directories"),
        ("前任移交", "predecessor"),
        ("expose", None),
        ("", None),
        ("Mars", None),
    ],
)
def test_it_knows_which_way_a_source_is(source: str, way: str | None) -> None:
    assert next(iter(mentioned(source, SOURCES)), None) == way


def test_it_gives_no_word_to_two_ways() -> None:
    words = [word.lower() for theirs in SOURCES.values() for word in theirs]
    assert sorted({word for word in words if words.count(word) > 1}) == []


def test_it_names_things_in_the_order_in_which_they_stand() -> None:
    words = {"price": ("price", "贵"), "service": ("service", "after sales service"), "none": ("",)}
    assert mentioned("service, and then the price", words) == ["service", "price"]
    assert mentioned("嫌贵", words) == ["price"]
    assert mentioned("servicePlus prices", words) == ["price"]
    assert mentioned("", words) == []


def test_it_prefers_the_longer_word_at_the_same_place() -> None:
    assert mentioned("google ads", {"online": ("google",), "advertising": ("google ads",)})[0] == "advertising"


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (Result(8, 2), Result(1, 0)),
        (Result(1, 0), Result(1, 5)),
        (Result(2, 1), Result(3, 97)),
        (Result(1, 9), Result(0, 1)),
        (Result(5, 0, 9), Result(5, 0, 8)),
    ],
)
def test_it_puts_what_is_proven_better_first(better: Result, worse: Result) -> None:
    assert ranked(("worse", "better"), {"worse": worse, "better": better}, ())[0] == "better"


def test_it_ranks_what_has_won_then_what_suits_then_what_is_untried_then_what_has_only_lost() -> None:
    results = {"d": Result(0, 3), "a": Result(1, 1), "e": Result(0, 1)}
    assert ranked("abcdef", results, {"b", "e"}) == ["a", "b", "e", "c", "f", "d"]


def test_it_keeps_the_order_given_where_nothing_is_known() -> None:
    assert ranked(FIFTEEN, {}, ()) == list(FIFTEEN)


@given(st.dictionaries(st.sampled_from(FIFTEEN), RESULTS), st.sets(st.sampled_from(FIFTEEN)))
def test_it_loses_no_way(results: dict[str, Result], suiting: set[str]) -> None:
    order = ranked(FIFTEEN, results, suiting)
    assert sorted(order) == sorted(FIFTEEN)
    won = [results.get(way, Result()).won > 0 for way in order]
    assert won == sorted(won, reverse=True)


@given(RESULTS)
def test_it_proves_no_more_than_there_is(result: Result) -> None:
    assert 0 <= result.proven <= (result.rate or 0) + 1e-9
    assert (result.proven > 0) == (result.won > 0)
    assert Result(result.won + 1, result.lost).proven > result.proven
    assert Result(result.won, result.lost + 1).proven <= result.proven


def test_it_takes_the_sources_of_one_way_together() -> None:
    rows = [("shows", Result(1, 0, 500)), (None, Result(9, 9)), ("shows", Result(2, 3, 100)), ("mail", Result(0, 1))]
    assert together(rows) == {"shows": Result(3, 3, 600), "mail": Result(0, 1, 0)}
    assert Result().rate is None


def test_it_says_of_each_kind_of_product_which_ways_suit_it() -> None:
    suited = {kind: [name for name, way in PROSPECTING.ways.items() if kind in way.suits] for kind in PROSPECTING.kinds}
    assert all(len(ways) >= 3 for ways in suited.values()), suited
    assert all(set(way.suits) <= set(PROSPECTING.kinds) for way in PROSPECTING.ways.values())
    for name, other in itertools.combinations(PROSPECTING.kinds, 2):
        assert not set(PROSPECTING.kinds[name]) & set(PROSPECTING.kinds[other])
