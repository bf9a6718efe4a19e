"""What Manny writes in its replies is read back as the same value, in both languages: people copy, correct and quote."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.turn import Button, Reply
from bot.replies import LANGUAGES, number, render, words
from nlu.understanding import PERIODS
from nlu.values.amounts import AT_MOST, PREFIXES, SUFFIXES, read_amount
from nlu.values.periods import last_day, read_period
from nlu.values.quantities import read_quantity
from nlu.values.times import read_when

NOW = datetime(2026, 3, 2, 9, 0)
LANGUAGE = st.sampled_from(LANGUAGES)
CURRENCIES = sorted({*PREFIXES, *SUFFIXES})
LATER = st.dates(NOW.date() + timedelta(days=1), date(2199, 12, 31))
CLOCK = st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0))
CENTS = st.integers(1, int(AT_MOST) * 100).map(lambda cents: Decimal(cents) / 100)


@given(day=LATER, at=CLOCK, language=LANGUAGE)
def test_a_moment_in_a_reply(day: date, at: time, language: str) -> None:
    facts = {"when": datetime.combine(day, at).isoformat(timespec="minutes")}
    written = render(Reply("followups/past", facts), language, NOW.date())
    when = read_when(written.text.split(" has passed")[0].split("，这个")[0], NOW)
    assert when is not None
    assert (when.date, when.time, when.alternatives) == (day, at, ())


@given(day=LATER, language=LANGUAGE)
def test_a_day_on_a_button(day: date, language: str) -> None:
    button = Button("day", "remind_on", {}, {"when": day.isoformat()})
    label = render(Reply("followups/which_day", {"task": ""}, (button,)), language, NOW.date()).labels[0]
    when = read_when(label, NOW)
    assert when is not None
    assert (when.date, when.time, when.alternatives) == (day, None, ())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_times_on_snooze_buttons(language: str) -> None:
    labels = words("buttons", language)
    read = {name: read_when(labels[name], NOW) for name in ("in_an_hour", "tomorrow", "in_a_week")}
    assert {name: when and when.iso for name, when in read.items()} == {
        "in_an_hour": "2026-03-02T10:00",
        "tomorrow": "2026-03-03",
        "in_a_week": "2026-03-09",
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("days", range(1, 120))
def test_the_days_until_a_follow_up(language: str, days: int) -> None:
    written = f"{days}天后" if language == "zh" else "tomorrow" if days == 1 else f"in {days} days"
    when = read_when(written, NOW)
    assert when is not None
    assert when.date == NOW.date() + timedelta(days=days)


# The first reply of all compiles its templates.
@settings(deadline=None)
@given(value=CENTS, currency=st.sampled_from(CURRENCIES), language=LANGUAGE)
def test_an_amount_in_a_reply(value: Decimal, currency: str, language: str) -> None:
    plain = int(value) if value == value.to_integral_value() else float(value)
    best = [{"who": "Acme", "value": {"value": plain, "currency": currency}}]
    assumed = {"years": 5, "retention": 80, "discount": 10}
    facts = {"best": best, "known": 1, "customers": 1, "rep": None, "everybody": False, "assumed": assumed}
    written = render(Reply("pyramid/lifetimes", facts), language, NOW.date()).text
    (line,) = [line for line in written.splitlines() if "Acme" in line]
    amount = read_amount(line)
    assert amount is not None
    assert (float(amount.value), amount.currency) == (float(f"{plain:.2f}"), currency)


@given(units=st.integers(1, 10**9) | st.integers(1, 10**7).map(lambda n: n / 100), language=LANGUAGE)
def test_a_quantity_in_a_reply(units: float, language: str) -> None:
    line = f"· {words('fields', language)['quantity']}{'：' if language == 'zh' else ': '}{number(units)}"
    quantity = read_quantity(line)
    assert quantity is not None
    assert float(quantity.value) == units


@given(
    units=st.integers(1, 10**9), product=st.sampled_from(["X200", "pump X-7", "pumps", "泵", "激光切割机", "HX-9 pro"])
)
def test_a_quantity_of_a_product_on_a_card(units: int, product: str) -> None:
    for line in (f"Wants: {number(units)} × {product}", f"想要：{product} × {number(units)}"):
        quantity = read_quantity(line)
        assert quantity is not None
        assert quantity.value == units


@pytest.mark.parametrize(
    "line", ["200 × 300 mm", "20*30", "DN50 × 200mm", "数量多少", "quantity: 0", "qty 10%", "quantity 5-10"]
)
def test_sizes_and_shares_are_no_quantities(line: str) -> None:
    assert read_quantity(line) is None


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("period", PERIODS)
def test_a_period_in_a_reply(period: str, language: str) -> None:
    facts = {"rep": None, "period": period}
    assert read_period(render(Reply("pipeline/empty", facts), language, NOW.date()).text) == period


@pytest.mark.parametrize(
    ("period", "last"),
    [
        ("this_week", date(2026, 3, 8)),
        ("this_month", date(2026, 3, 31)),
        ("this_quarter", date(2026, 3, 31)),
        ("this_year", date(2026, 12, 31)),
        ("today", None),
        ("last_week", None),
        ("last_year", None),
    ],
)
def test_a_period_that_runs_has_a_last_day(period: str, last: date | None) -> None:
    assert last_day(period, NOW) == last
