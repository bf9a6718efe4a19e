"""The credit of a customer: figures and ratios, what is judged one question at a time, and the letter for the quarter."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import floor
from typing import Any

from actions import resolving
from actions.asking import Ask, wait_for
from actions.playbook.scoring import CS, GROUPS, Credit
from actions.registry import handles, presses
from actions.resolving import Subject
from actions.rules.credit import (
    FIGURES,
    MAY_BE_NEGATIVE,
    MEASURES,
    RATIOS,
    Ratio,
    quarter_before,
    quarter_of,
    ratio,
    with_derived,
)
from actions.rules.scoring import BEST, Weighed, grade, weigh
from actions.scoring import assessed_by, ids_of, keep, name_of, next_of, question, score_in
from actions.turn import Button, Reply, Turn
from nlu.understanding import Money
from nlu.values.figures import read_figures, read_payment
from storage.models import Assessment, Company, Person

KIND = "credit"
Customer = Company | Person


@dataclass(frozen=True)
class Rating:
    """What the answers of one quarter come to."""

    figures: dict[str, Decimal]
    currency: str | None
    other_currency: tuple[str, ...]
    """Figures left out because they are in another currency than most."""
    ratios: dict[str, Ratio]
    scores: dict[str, int]
    weighed: Weighed
    letter: str | None


@handles("rate_credit")
def rate_credit(turn: Turn) -> Reply:
    """The rating as far as it is known; figures that the message names are noted first."""
    told = _told(turn)
    customer = _customer(turn, bool(told))
    sheet = put_figures(turn, customer, quarter_of(turn.now.date()), told) if told else _sheet(turn, customer)
    if sheet is None or not sheet.answers:
        return _first(turn, customer)
    return overview(turn, customer, sheet, told)


def put_figures(turn: Turn, customer: Customer, quarter: str, answers: Mapping[str, Any]) -> Assessment:
    """Puts figures and judged scores on record for a customer's rating of `quarter` (`2026-Q1`: the quarter that the
    rating is for; what it is made from are the figures of the quarter before).

    A figure (a key of `actions.rules.credit.FIGURES`) is Money, without a currency in the main one;
    a judged indicator (a key of `credit.yml` with a question) is a whole number from 0 to 5. What stands there under
    the same key is replaced. Raises ValueError that names every key that is wrong; then nothing is kept.
    """
    if not re.fullmatch(r"\d{4}-Q[1-4]", quarter):
        raise ValueError(f"{quarter!r} is no quarter like 2026-Q1")
    judged = {each.key for each in turn.playbook.credit.judged}
    wrong = [key for key, value in answers.items() if not _is_good(key, value, judged)]
    if wrong:
        raise ValueError(f"no figure or indicator, or a value that it cannot have: {', '.join(sorted(wrong))}")
    plain = {
        key: {"value": str(value.value), "currency": value.currency or turn.currency}
        if isinstance(value, Money)
        else value
        for key, value in answers.items()
    }
    sheet = turn.work.assessments(turn.speaker).latest(KIND, customer, quarter)
    sheet = keep(turn, KIND, customer, sheet, plain, quarter=quarter)
    rating = rate(turn.playbook.credit, sheet.answers)
    finished = len(rating.scores) == len(turn.playbook.credit.indicators)
    sheet.finished_at = (sheet.finished_at or turn.now) if finished else None
    turn.customers.flush()
    return sheet


def _is_good(key: str, value: Any, judged: set[str]) -> bool:
    if isinstance(value, Money):
        return key in FIGURES and (value.value >= 0 or key in MAY_BE_NEGATIVE)
    return key in judged and type(value) is int and 0 <= value <= BEST


def rate(credit: Credit, answers: Mapping[str, Any]) -> Rating:
    """The rating from what was answered, in whatever order; nothing that is missing is guessed."""
    amounts = {key: answers[key] for key in FIGURES if key in answers}
    currencies = Counter(amount["currency"] for amount in amounts.values())
    # Of two currencies with as many figures it is that of the first in FIGURES.
    currency = max(currencies, key=lambda each: currencies[each], default=None)
    in_it = {key: Decimal(amount["value"]) for key, amount in amounts.items() if amount["currency"] == currency}
    figures = with_derived(in_it)
    ratios = {name: ratio(name, figures) for name in MEASURES}
    scores: dict[str, int] = {}
    for each in credit.indicators:
        value = ratios[each.key].value if each.bands else None
        if each.bands and value is not None:
            scores[each.key] = each.bands.score(value)
        elif not each.bands and each.key in answers:
            scores[each.key] = answers[each.key]
    weighed = weigh(credit.points(), scores)
    place = grade(weighed, list(credit.cut_offs.values()), credit.needed)
    letter = None if place is None else list(credit.cut_offs)[place]
    return Rating(figures, currency, tuple(key for key in amounts if key not in in_it), ratios, scores, weighed, letter)


# --- from the message


def _told(turn: Turn) -> dict[str, Any]:
    """Figures that the message names, and judged indicators that it speaks of in passing ("pays on time")."""
    figures: dict[str, Any] = {
        key: Money(amount.value, amount.currency)
        for key, amount in read_figures(turn.said.text).items()
        if amount.value >= 0 or key in MAY_BE_NEGATIVE
    }
    payment = read_payment(turn.said.text)
    said = {each.key: each.said[payment] for each in turn.playbook.credit.judged if payment in each.said}
    return {**figures, **said}


def _customer(turn: Turn, told: bool) -> Customer:
    """Whose credit: the company, or the person who has none. Figures are noted of somebody new, too."""
    try:
        subject = resolving.to_read(turn)
    except Ask as ask:
        if not told or ask.reply.template != "people/unknown":
            raise
        subject = resolving.to_change(turn)
    customer = _of(subject)
    if customer is None:
        raise Ask(Reply("people/whom", {"intent": "rate_credit"}))
    return customer


def _of(subject: Subject) -> Customer | None:
    return subject.company or subject.person


def _sheet(turn: Turn, customer: Customer) -> Assessment | None:
    """The rating of this quarter, as far as it has come."""
    return turn.work.assessments(turn.speaker).latest(KIND, customer, quarter_of(turn.now.date()))


# --- one question at a time


def _first(turn: Turn, customer: Customer) -> Reply:
    """Nothing is known for this quarter yet: the first question, and how it was before."""
    reply = _ask(turn, customer, None)
    assert reply is not None, "without an answer every question is open"
    quarter = quarter_of(turn.now.date())
    credit = {"quarter": quarter, "figures_of": quarter_before(quarter), "before": _before(turn, customer, quarter)}
    return reply.with_facts(credit=credit)


def _ask(turn: Turn, customer: Customer, sheet: Assessment | None, after: str | None = None) -> Reply | None:
    """The next question that is still open behind `after`; None at the end."""
    credit = turn.playbook.credit
    answers = sheet.answers if sheet else {}
    asked = next_of(credit.judged, answers, after)
    if asked is None:
        return None
    quarter = quarter_of(turn.now.date())
    arguments = {**ids_of(customer), "quarter": quarter}
    reply = question(turn, asked, credit.judged, "score_credit", arguments)
    last = turn.work.assessments(turn.speaker).before_quarter(KIND, customer, quarter)
    before = last.answers.get(asked.key) if last else None
    rating = rate(credit, answers)
    return reply.with_facts(
        who=name_of(customer), kind=KIND, last_time=before, known=rating.weighed.known, needed=credit.needed
    )


@presses("score_credit")
def score_credit(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """An answer: it is kept, and the next question follows, or the rating."""
    turn.conversation.question = None
    customer, key = _again(turn, arguments), arguments["key"]
    if customer is None or all(each.key != key for each in turn.playbook.credit.judged):
        return Reply("conversation/gone")
    if arguments["quarter"] != quarter_of(turn.now.date()):
        # Asked in a quarter that is over: the question is asked anew, for this one.
        return _go_on(turn, customer, None)
    given = score_in(arguments)
    if given is not None:
        put_figures(turn, customer, arguments["quarter"], {key: given})
    return _go_on(turn, customer, key)


@presses("credit_on")
def credit_on(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Goes on with what is judged and still open."""
    turn.conversation.question = None
    customer = _again(turn, arguments)
    return Reply("conversation/gone") if customer is None else _go_on(turn, customer, None)


@presses("credit_figures")
def credit_figures(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Figures in the message after a rating that lacks some: they are the same customer's."""
    customer, told = _again(turn, arguments), _told(turn)
    if customer is None:
        return Reply("conversation/gone")
    return overview(turn, customer, put_figures(turn, customer, quarter_of(turn.now.date()), told), told)


def _again(turn: Turn, arguments: Mapping[str, Any]) -> Customer | None:
    customer = assessed_by(turn, arguments)
    return customer if isinstance(customer, Company | Person) else None


def _go_on(turn: Turn, customer: Customer, after: str | None) -> Reply:
    sheet = _sheet(turn, customer)
    return _ask(turn, customer, sheet, after) or overview(turn, customer, sheet, {})


# --- the rating


def overview(turn: Turn, customer: Customer, sheet: Assessment | None, told: Mapping[str, Any]) -> Reply:
    """The letter, or what is known while there is none; the ratios, the three Cs, the quarter before, what to ask next."""
    credit, language, quarter = turn.playbook.credit, turn.said.language, quarter_of(turn.now.date())
    rating = rate(credit, sheet.answers if sheet else {})
    asked = next_of(credit.judged, rating.scores, None)
    missing = _missing(rating)
    facts = {
        "who": name_of(customer),
        "quarter": quarter,
        "figures_of": quarter_before(quarter),
        "letter": rating.letter,
        "score": floor(rating.weighed.result or 0) if rating.letter else None,
        "known": rating.weighed.known,
        "needed": credit.needed,
        "noted": _noted(turn, told),
        "ratios": [_plain(name, rating.ratios[name]) for name in RATIOS] if rating.figures else [],
        "others": [_plain(name, rating.ratios[name]) for name in MEASURES if name not in RATIOS]
        if rating.figures
        else [],
        "figures": [{"field": key, "amount": _amount(value, rating.currency)} for key, value in rating.figures.items()],
        "other_currency": list(rating.other_currency),
        "cs": [{"c": c, "result": _share(credit.points(c=c), rating.scores)} for c in CS],
        "groups": [{"group": group, **_points(credit.points(group=group), rating.scores)} for group in GROUPS],
        "judged": [
            {"name": each.name.in_(language), "score": rating.scores[each.key]}
            for each in credit.judged
            if each.key in rating.scores
        ],
        "next": asked.name.in_(language) if asked else None,
        "missing": missing,
        "before": _before(turn, customer, quarter),
    }
    if missing:
        wait_for(turn, "figures", "credit_figures", ids_of(customer))
    go_on = (Button("go_on", "credit_on", ids_of(customer), answer="affirm"),) if asked else ()
    return Reply("scoring/credit", facts, go_on).with_more("scoring/credit_more")


def _noted(turn: Turn, told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What this message has told: figures with their amounts, indicators with their scores."""
    names = {each.key: each.name.in_(turn.said.language) for each in turn.playbook.credit.judged}
    return [
        {"field": key, "amount": _amount(value.value, value.currency or turn.currency)}
        if isinstance(value, Money)
        else {"name": names[key], "score": value}
        for key, value in told.items()
    ]


def _amount(value: Decimal, currency: str | None) -> dict[str, Any]:
    return {"value": int(value) if value == value.to_integral_value() else float(value), "currency": currency}


def _plain(name: str, computed: Ratio) -> dict[str, Any]:
    """A ratio in percent with one decimal; where it is not computable, what is missing (nothing: the divisor is 0)."""
    percent = None if computed.value is None else float((computed.value * 100).quantize(Decimal("0.1"), ROUND_HALF_UP))
    return {"ratio": name, "percent": percent, "missing": list(computed.missing)}


def _missing(rating: Rating) -> list[str]:
    """The figures that ratios with points wait for, without those that others tell."""
    wanted = [key for name in MEASURES for key in rating.ratios[name].missing if name != "cash_ratio"]
    return list(dict.fromkeys(key for key in wanted if key not in rating.other_currency))


def _share(points: Mapping[str, int], scores: Mapping[str, int]) -> int | None:
    result = weigh(points, scores).result
    return None if result is None else floor(result)


def _points(points: Mapping[str, int], scores: Mapping[str, int]) -> dict[str, Any]:
    weighed = weigh(points, scores)
    return {"points": round(float(weighed.points), 1), "known": weighed.known, "of": sum(points.values())}


def _before(turn: Turn, customer: Customer, quarter: str) -> dict[str, Any] | None:
    """The rating of the last quarter that has one."""
    last = turn.work.assessments(turn.speaker).before_quarter(KIND, customer, quarter)
    if last is None:
        return None
    rating = rate(turn.playbook.credit, last.answers)
    if rating.letter is None:
        return None
    return {"quarter": last.quarter, "letter": rating.letter, "score": floor(rating.weighed.result or 0)}
