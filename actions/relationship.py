"""After the sale: how the relationship with a customer stands, signs that it declines, and what to do to keep them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from actions import resolving
from actions.recording import about, local, man_of, money, offering_follow_up
from actions.registry import presses
from actions.rules import relationship as rules
from actions.rules.occasions import anniversary, next_of, soonest
from actions.rules.relationship import History, Purchase, Sign
from actions.turn import Button, Reply, Turn
from storage.models import Opportunity
from storage.repositories import Bought
from storage.repositories.transactions import ROWS_AT_MOST

SHOWN = 2
"""Measures in the first reply; all of them are behind [more]."""


def beginning(turn: Turn, opportunity: Opportunity) -> dict[str, Any]:
    """What a won deal's reply says of the relationship: its stage, its first measures, how to ask for a referral."""
    history, language = history_of(turn, opportunity), turn.said.language
    method = turn.playbook.relationship
    stage = method.stages[rules.stage(history.purchases, turn.now.date(), method.limits)]
    return {
        "relation": stage.name.in_(language),
        "measures": [measure.in_(language) for measure in stage.measures[:SHOWN]],
        "refer": method.refer.in_(language),
    }


def asks_in_general(turn: Turn) -> bool:
    """Whether a question about keeping customers is about nobody: nobody is named, nor spoken of."""
    named = turn.said.person or turn.said.company or turn.said.mention or turn.chosen
    return not named and resolving.in_focus(turn) is None


def why_customers_leave(turn: Turn) -> Reply:
    """The seven reasons, with what to do about each."""
    return Reply("relationship/leaving", {"reasons": _reasons(turn)})


@presses("show_why_leave")
def show_why_leave(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """The same behind the details of one relationship."""
    return why_customers_leave(turn)


def is_to_keep(turn: Turn, opportunity: Opportunity) -> bool:
    """Whether there is something to keep: they have bought, or an open deal shows signs of a decline.

    With anybody else the next step is the one of their class, however the question was put.
    """
    history = history_of(turn, opportunity)
    return bool(history.purchases or rules.signs(history, turn.now.date(), turn.playbook.relationship.limits))


def how_to_keep(turn: Turn, opportunity: Opportunity) -> Reply:
    """The stage of the relationship, signs of a decline with their figures, recover or let go, and the measures."""
    method, language, today = turn.playbook.relationship, turn.said.language, turn.now.date()
    history, bought = history_of(turn, opportunity), _bought(turn, opportunity)
    key = rules.stage(history.purchases, today, method.limits)
    stage, phase = method.stages[key], method.phases[rules.phase(history, today, method.limits)]
    signs = rules.signs(history, today, method.limits)
    way, why = rules.outlook(
        history,
        today,
        method.limits,
        class_=man_of(opportunity).class_,
        lost_for=opportunity.closed_for if opportunity.stage == "lost" else None,
        earned_minor=_earned(bought),
    )
    measures = [measure.in_(language) for measure in stage.measures]
    facts = about(
        turn,
        opportunity,
        relation=stage.name.in_(language),
        phase=phase.name.in_(language),
        stress=phase.stress.in_(language),
        bought=_told(history, bought),
        signs=[_sign(sign) for sign in signs],
        interrupted=key == "interrupted",
        way=way,
        why=why,
        cause=_likely_cause(turn, signs),
        measures=measures[:SHOWN],
        all_measures=measures,
    )
    reply = Reply("relationship/advice", facts | (letter(turn, opportunity) if way != rules.LET_GO else {}))
    if way != rules.LET_GO and turn.work.reminders.next_due_for(opportunity.id) is None:
        days = method.recover_after_days if way == rules.RECOVER else method.call_after_days
        due = datetime.combine(today + timedelta(days=days), time(turn.day.hour_of(None)))
        reply = offering_follow_up(turn, reply, opportunity, due)
    whose = {"opportunity_id": opportunity.id}
    return reply.with_more(
        "relationship/details", Button("cycle", "show_cycle", whose), Button("why_leave", "show_why_leave")
    )


def letter(turn: Turn, opportunity: Opportunity) -> dict[str, Any]:
    """The festival or anniversary to write for soon, as `letter`; nothing where none is near."""
    occasions, today = turn.playbook.occasions, turn.now.date()
    days = {
        name: next_of(today, festival.dates, festival.month, festival.day)
        for name, festival in occasions.festivals.items()
        if turn.said.language in festival.languages
    }
    years = 0
    if first := min((each.first for each in _bought(turn, opportunity)), default=None):
        days["anniversary"], years = anniversary(first, today)
    near = soonest(days, today, occasions.ahead_days)
    if near is None:
        return {}
    name, day = near
    festival = occasions.festivals.get(name)
    named = festival.name.in_(turn.said.language) if festival else None
    return {"letter": {"name": named, "years": None if festival else years, "day": day.isoformat()}}


# --- what is known of them


def history_of(turn: Turn, opportunity: Opportunity) -> History:
    """What they bought and sent back, what they object to, and when they were heard of last."""
    deals = turn.work.deals(turn.speaker)
    theirs = deals.of_customer(opportunity)
    moved = {kind: _rows(turn, opportunity, kind) for kind in ("purchase", "return")}
    # A deal won before purchases were kept, or without an amount, was bought all the same.
    logged = deals.logged(theirs)
    unlogged = [
        Purchase(local(turn, deal.closed_at).date(), deal.amount_minor or 0, deal.currency)
        for deal in theirs
        if deal.stage == "won" and deal.closed_at and deal.id not in logged
    ]
    first = min((each.first for each in _bought(turn, opportunity)), default=None)
    if first and moved["purchase"] and first < min(each.on for each in moved["purchase"]):
        # More than is read at once: the relationship is as old as the first purchase all the same.
        unlogged.append(Purchase(first))
    purchases = tuple(moved["purchase"] + unlogged)
    since = turn.now - timedelta(days=turn.playbook.relationship.limits.window_days)
    heard = [deal.touched_at for deal in theirs]
    heard += [reached] if (reached := deals.last_reached(opportunity)) else []
    heard_on = [local(turn, moment).date() for moment in heard] + [each.on for each in purchases]
    return History(
        purchases=purchases,
        returns=tuple(moved["return"]),
        objections=tuple(deals.open_objections(theirs, since)),
        heard_on=max((day for day in heard_on if day <= turn.now.date()), default=None),
        waiting_since=None if opportunity.closed_at else local(turn, opportunity.stage_since).date(),
    )


def _rows(turn: Turn, opportunity: Opportunity, kind: str) -> list[Purchase]:
    """The latest purchases, or returns, of the customer."""
    company_id, person_id = customer_of(opportunity)
    if company_id is None and person_id is None:
        return []
    rows = turn.work.transactions(turn.speaker).latest(company_id, person_id, (kind,), ROWS_AT_MOST)
    return [Purchase(row.happened_on, row.amount_minor, row.currency) for row in rows]


def customer_of(opportunity: Opportunity) -> tuple[int | None, int | None]:
    """The customer as purchases know them: the company, or the person where there is none, and None for the other."""
    return opportunity.company_id, None if opportunity.company_id else opportunity.contact_id


def _bought(turn: Turn, opportunity: Opportunity) -> Sequence[Bought]:
    """What they have bought since the beginning, by currency."""
    company_id, person_id = customer_of(opportunity)
    if company_id is None and person_id is None:
        return ()
    return turn.work.transactions(turn.speaker).bought(company_id=company_id, person_id=person_id)


def _earned(bought: Sequence[Bought]) -> int | None:
    """Profit less what was spent on them; None unless it is known of all that they bought, in one currency."""
    if len(bought) != 1 or bought[0].profit_minor is None or bought[0].known_minor != bought[0].bought_minor:
        return None
    return bought[0].profit_minor - (bought[0].spent_minor or 0)


# --- as plain values


def _told(history: History, bought: Sequence[Bought]) -> dict[str, Any] | None:
    """How often they bought, for how much, when last; None for somebody who has bought nothing."""
    if not history.purchases:
        return None
    count = max(sum(each.purchases for each in bought), len(history.purchases))
    last: date = max(purchase.on for purchase in history.purchases)
    amounts = [money(each.sales_minor, each.currency) for each in bought if each.sales_minor > 0]
    return {"count": count, "amounts": amounts, "last": last.isoformat()}


def _sign(sign: Sign) -> dict[str, Any]:
    """A sign with its figures; sums as money."""
    if sign.kind != "smaller":
        return {"kind": sign.kind, **sign.figures}
    currency = sign.figures["currency"]
    sums = {name: money(sign.figures[name], currency) for name in ("now", "before")}
    return {"kind": sign.kind, "days": sign.figures["days"], **sums}


def _likely_cause(turn: Turn, signs: Sequence[Sign]) -> dict[str, Any] | None:
    """The reason for leaving to which most of the signs point, with what to do about it; None where none does."""
    shown = {sign.kind for sign in signs}
    shown |= {kind for sign in signs for kind in sign.figures.get("kinds", ())}
    points = {name: len(shown & set(reason.shown_by)) for name, reason in turn.playbook.leaving.items()}
    likely = max(points, key=lambda name: points[name])
    return _reason(turn, likely) if points[likely] else None


def _reasons(turn: Turn) -> list[dict[str, Any]]:
    return [_reason(turn, name) for name in turn.playbook.leaving]


def _reason(turn: Turn, name: str) -> dict[str, Any]:
    entry, language = turn.playbook.leaving[name], turn.said.language
    return {"name": entry.name.in_(language), "do": entry.do.in_(language)}
