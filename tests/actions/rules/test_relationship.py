"""It tells how far a relationship has come, finds signs of a decline, and judges whether to recover or to let go."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import playbook
from actions.playbook.leaving import REASONS
from actions.rules.relationship import (
    CYCLE,
    PHASES,
    SIGNS,
    STAGES,
    History,
    Limits,
    Purchase,
    outlook,
    phase,
    rhythm,
    signs,
    stage,
    turning,
)

TODAY = date(2026, 3, 2)
METHOD = playbook.load().relationship
LIMITS = METHOD.limits


def _ago(*days: int, amount: int = 100, currency: str | None = "USD") -> tuple[Purchase, ...]:
    return tuple(Purchase(TODAY - timedelta(days=each), amount, currency) for each in days)


def _every(gap: int, count: int, last: int = 0) -> tuple[Purchase, ...]:
    """So many purchases at equal distances, the last one so many days ago."""
    return _ago(*(last + gap * number for number in range(count)))


# --- the table of section 8

MEASURES = {
    "incubation": ["contact", "decide", "executives", "brand", "experienced account manager"],
    "early": ["Persist", "Talk more", "competitors", "Do not change the account manager", "ease of use"],
    "middle": [
        "warmth",
        "complete solution made for them",
        "quality of the service",
        "service meetings",
        "club",
        "Train",
    ],
    "partner": ["more fronts", "win-win", "Think as they do", "raising", "VIP"],
    "interrupted": ["Find out why", "recover or end"],
}
MEASURES_ZH = {
    "incubation": ["联系人", "决策流程", "高层", "品牌", "资深"],
    "early": ["锲而不舍", "沟通", "竞争对手", "更换客户经理", "使用方便"],
    "middle": ["人情味", "量身定做", "服务质量", "例会", "俱乐部", "培训"],
    "partner": ["更多方面", "双赢", "换位思考", "价值", "VIP"],
    "interrupted": ["原因", "挽回还是终止"],
}
NAMES = {"incubation": "孕育", "early": "初期", "middle": "中期", "partner": "合作伙伴", "interrupted": "间断"}
PHASE_NAMES = {"acquaintance": "初识", "reserve": "矜持", "steady": "平稳", "second_thoughts": "思异", "firm": "稳固"}


@pytest.mark.parametrize("name", STAGES)
def test_it_has_every_measure_of_the_method(name: str) -> None:
    entry = METHOD.stages[name]
    assert NAMES[name] in entry.name.zh
    for texts, wanted in (
        ([measure.en for measure in entry.measures], MEASURES[name]),
        ([measure.zh for measure in entry.measures], MEASURES_ZH[name]),
    ):
        assert len(texts) == len(wanted)
        for words in wanted:
            assert sum(words in text for text in texts) >= 1, words


def test_it_names_the_phases_and_the_seven_reasons_of_the_method() -> None:
    assert {name: entry.name.zh.removesuffix("期") for name, entry in METHOD.phases.items()} == PHASE_NAMES
    assert tuple(METHOD.phases) == PHASES
    leaving = playbook.load().leaving
    assert set(leaving) == set(REASONS)
    assert {name: leaving[name].name.zh for name in REASONS} == {
        "quality": "产品质量",
        "price": "价格",
        "relationship": "客户关系",
        "service": "客户服务",
        "delivery": "供应能力",
        "above": "上级干预",
        "natural": "自然流失",
    }
    assert leaving["natural"].come_back_days is None
    assert leaving["natural"].won is None


# --- the stage


@pytest.mark.parametrize(
    ("purchases", "wanted"),
    [
        ((), "incubation"),
        (_ago(-10), "incubation"),
        (_ago(0), "early"),
        (_ago(365), "early"),
        (_ago(366), "interrupted"),
        (_ago(10, 20, 30), "early"),
        (_ago(100, 179, 20), "early"),
        (_ago(180, 100, 20), "middle"),
        (_every(90, 2, 20), "early"),
        (_every(100, 7, 0), "middle"),
        (_every(100, 8, 30), "partner"),
        (_every(100, 8, 29), "middle"),
        (_every(104, 8, 2), "partner"),
        (_every(30, 10, 90), "middle"),
        (_every(30, 10, 91), "interrupted"),
        (_every(100, 8, 300), "partner"),
        (_every(100, 8, 301), "interrupted"),
        (_every(365, 3, 900), "middle"),
    ],
)
def test_it_tells_the_stage_by_purchases_and_time(purchases: tuple[Purchase, ...], wanted: str) -> None:
    assert stage(purchases, TODAY, LIMITS) == wanted


def test_it_finds_a_rhythm_from_three_days_on() -> None:
    assert rhythm(_ago(10, 20)) is None
    assert rhythm(_ago(10, 20, 20)) is None
    assert rhythm(_ago(10, 20, 40)) == 15
    assert rhythm(()) is None


# --- the signs


@pytest.mark.parametrize(
    ("history", "found"),
    [
        (History(), {}),
        (History(_every(30, 5, 45)), {}),
        (History(_every(30, 5, 46)), {"overdue": {"every": 30, "days": 46}}),
        (History((*_ago(10, amount=200), *_ago(190, 200))), {"fewer": {"now": 1, "before": 2, "days": 180}}),
        (History(_ago(10, 20, 190, 200)), {}),
        (History(_ago(10, 190)), {}),
        (
            History((*_ago(10, 20, amount=35), *_ago(190, 200, amount=50))),
            {"smaller": {"now": 70, "before": 100, "currency": "USD", "days": 180}},
        ),
        (History((*_ago(10, 20, amount=36), *_ago(190, 200, amount=50))), {}),
        (History((*_ago(10, 20, amount=1), *_ago(190, 200, amount=50, currency="EUR"))), {}),
        (History(_ago(5), returns=_ago(179, 2, 200)), {"returns": {"count": 2, "days": 180}}),
        (History(_ago(5), returns=_ago(180)), {}),
        (
            History(objections=("price", "service", "price")),
            {"objections": {"count": 3, "kinds": ["price", "service"]}},
        ),
        (History(heard_on=TODAY - timedelta(days=60)), {}),
        (History(heard_on=TODAY - timedelta(days=61)), {"silent": {"days": 61}}),
        (History(waiting_since=TODAY - timedelta(days=13)), {}),
        (History(waiting_since=TODAY - timedelta(days=14)), {"stuck": {"days": 14}}),
    ],
)
def test_it_finds_signs_with_their_figures(history: History, found: dict[str, dict[str, Any]]) -> None:
    assert {sign.kind: sign.figures for sign in signs(history, TODAY, LIMITS)} == found


def test_it_puts_the_surest_sign_first() -> None:
    history = History(
        purchases=(*_every(30, 5, 190), *_ago(100, amount=1)),
        returns=_ago(1),
        objections=("price",),
        heard_on=TODAY - timedelta(days=90),
        waiting_since=TODAY - timedelta(days=90),
    )
    kinds = [sign.kind for sign in signs(history, TODAY, LIMITS)]
    assert kinds == list(SIGNS)


# --- in time, and what to do


@pytest.mark.parametrize(
    ("history", "wanted"),
    [
        (History(), "acquaintance"),
        (History(waiting_since=TODAY - timedelta(days=90)), "acquaintance"),
        (History(_ago(60)), "acquaintance"),
        (History(_ago(61)), "reserve"),
        (History(_ago(200, 100, 20)), "steady"),
        (History(_every(100, 9, 10)), "firm"),
        (History(_every(100, 9, 10), returns=_ago(5)), "second_thoughts"),
        (History(_ago(61), heard_on=TODAY - timedelta(days=61)), "second_thoughts"),
        (History(_ago(400)), "second_thoughts"),
    ],
)
def test_it_tells_the_phase(history: History, wanted: str) -> None:
    assert phase(history, TODAY, LIMITS) == wanted


OVERDUE = History(_every(30, 5, 60))


@pytest.mark.parametrize(
    ("history", "more", "wanted"),
    [
        (History(_ago(10)), {}, ("keep", "no_signs")),
        (History(), {}, ("keep", "no_signs")),
        (OVERDUE, {}, ("recover", "has_bought")),
        (OVERDUE, {"class_": "M+A+n"}, ("recover", "has_bought")),
        (OVERDUE, {"class_": "m+a+n"}, ("let_go", "no_customer")),
        (OVERDUE, {"lost_for": "price"}, ("recover", "has_bought")),
        (OVERDUE, {"lost_for": "natural"}, ("let_go", "natural")),
        (OVERDUE, {"earned_minor": -1}, ("let_go", "loss")),
        (OVERDUE, {"earned_minor": 0}, ("recover", "has_bought")),
        (History(_ago(10)), {"earned_minor": -1}, ("keep", "no_signs")),
        (History(_ago(400)), {}, ("recover", "has_bought")),
        (History(_ago(10, amount=100), returns=_ago(5, amount=49)), {}, ("recover", "has_bought")),
        (History(_ago(10, amount=100), returns=_ago(5, amount=50)), {}, ("let_go", "returns")),
        (History(waiting_since=TODAY - timedelta(days=20)), {}, ("recover", "still_open")),
    ],
)
def test_it_judges_whether_to_recover_or_to_let_go(
    history: History, more: dict[str, Any], wanted: tuple[str, str]
) -> None:
    assert outlook(history, TODAY, LIMITS, **more) == wanted


# --- whatever the purchases are

PURCHASES = st.lists(
    st.builds(
        Purchase, st.dates(date(2020, 1, 1), date(2026, 12, 31)), st.integers(0, 10**9), st.sampled_from(["USD", "CNY"])
    ),
    max_size=30,
).map(tuple)


@given(PURCHASES, PURCHASES, st.none() | st.dates(date(2020, 1, 1), TODAY))
def test_it_has_a_word_for_every_history(
    purchases: tuple[Purchase, ...], returns: tuple[Purchase, ...], heard_on: date | None
) -> None:
    history = History(purchases, returns, heard_on=heard_on)
    reached = stage(purchases, TODAY, LIMITS)
    found = signs(history, TODAY, LIMITS)
    assert reached in STAGES
    assert (reached == "incubation") == all(each.on > TODAY for each in purchases)
    assert phase(history, TODAY, LIMITS) in PHASES
    assert [sign.kind for sign in found] == [kind for kind in SIGNS if kind in {sign.kind for sign in found}]
    way, _ = outlook(history, TODAY, LIMITS)
    assert (way == "keep") == (not found and reached != "interrupted")


@given(PURCHASES)
def test_it_does_not_mind_in_which_order_purchases_come(purchases: tuple[Purchase, ...]) -> None:
    turned = tuple(reversed(purchases))
    assert stage(purchases, TODAY, LIMITS) == stage(turned, TODAY, LIMITS)
    assert signs(History(purchases), TODAY, LIMITS) == signs(History(turned), TODAY, LIMITS)


def test_it_takes_limits_of_the_company_and_no_unknown_ones() -> None:
    assert stage(_ago(10, 20), TODAY, Limits(**{**vars(LIMITS), "middle_purchases": 2, "middle_days": 5})) == "middle"


@pytest.mark.parametrize(
    ("waiting", "lacks", "typed", "due"),
    [
        (True, True, False, "respond"),
        (True, False, True, "respond"),
        (False, True, True, "interact"),
        (False, False, False, "differentiate"),
        (False, False, True, "map"),
    ],
)
def test_whoever_waits_is_answered_then_what_is_unknown_is_found_out(
    waiting: bool, lacks: bool, typed: bool, due: str
) -> None:
    assert turning(waiting, lacks, typed) == due


def test_the_cycle_is_the_one_of_section_8() -> None:
    assert tuple(METHOD.cycle) == CYCLE == ("interact", "differentiate", "map", "respond")
