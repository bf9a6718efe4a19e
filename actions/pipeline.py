"""Numbers: the pipeline by stage with its forecast and funnel, and customers as a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from actions.contacts import owner_of
from actions.recording import major, man_of, money, money_of
from actions.registry import handles
from actions.resolving import with_colleague
from actions.rules.periods import days_of
from actions.rules.pipeline import forecast_minor, win_rate
from actions.rules.stages import by_reason
from actions.turn import Funnel, Reply, Table, Turn
from nlu.understanding import STAGES
from storage.repositories import Period, ReasonTotal, StageTotal, Wanted

EXPORTED_AT_MOST = 10_000
"""Rows of an exported file."""


@handles("query_pipeline")
def query_pipeline(turn: Turn) -> Reply:
    """Count and amount by stage, the forecast and the win rate, with a funnel as a picture; or why deals were closed."""
    turn = with_colleague(turn)
    owner = owner_of(turn, turn.said)
    if turn.said.topic == "reasons":
        return _why_closed(turn, owner)
    totals = turn.customers.pipeline(_period(turn), turn.now.date(), owner)
    if turn.said.stage is not None:
        totals = [row for row in totals if row.stage == turn.said.stage]
    currency = _main_currency(totals, turn.currency)
    in_main = [row for row in totals if row.currency in (currency, None)]
    rows = _by_stage(turn, in_main)
    chances = {name: stage.chance for name, stage in turn.playbook.stages.items()}
    facts: dict[str, Any] = {
        "rows": rows,
        "count": sum(row["count"] for row in rows),
        "amount": major(sum(row.amount_minor for row in in_main)),
        "forecast": major(forecast_minor(((row.stage, row.amount_minor) for row in in_main), chances)),
        "win_rate": win_rate(_count(totals, "won"), _count(totals, "lost")),
        "currency": currency,
        "others": _other_currencies(totals, currency),
        **_whose_and_when(turn),
    }
    if not rows:
        return Reply("pipeline/empty", facts)
    return Reply("pipeline/pipeline", facts, chart=_funnel(in_main, currency))


def _whose_and_when(turn: Turn) -> dict[str, Any]:
    return {
        "period": turn.said.period,
        "rep": turn.speaker.name if turn.said.rep == "me" else turn.said.rep,
        "everybody": turn.speaker.role == "manager" and turn.said.rep is None,
    }


def _why_closed(turn: Turn, owner: int | None) -> Reply:
    """Count and amount of lost deals by reason, or of won ones where these are asked for."""
    stage, leaving, language = "won" if turn.said.stage == "won" else "lost", turn.playbook.leaving, turn.said.language
    totals = turn.work.deals(turn.speaker).reasons(stage, _period(turn), owner)
    currency = _main_currency(totals, turn.currency)
    in_main = [row for row in totals if row.currency in (currency, None)]
    rows = [
        {
            "name": leaving[reason].name.in_(language) if reason in leaving else None,
            "count": count,
            "amount": major(amount),
        }
        for reason, count, amount in by_reason((row.reason, row.count, row.amount_minor) for row in in_main)
    ]
    main = next((row.reason for row in sorted(totals, key=lambda row: -row.count) if row.reason in leaving), None)
    entry = leaving[main] if main else None
    do = (entry.won if stage == "won" else entry.do) if entry else None
    facts: dict[str, Any] = {
        "stage": stage,
        "rows": rows,
        "others": _other_currencies(totals, currency),
        "currency": currency,
        "main": entry.name.in_(language) if entry else None,
        "do": do.in_(language) if do else None,
        **_whose_and_when(turn),
    }
    return Reply("deals/reasons", facts)


def _period(turn: Turn) -> Period | None:
    if turn.said.period is None:
        return None
    first, last = days_of(turn.said.period, turn.now.date())
    start = datetime.combine(first, time(), turn.zone)
    return Period(first, last, start, datetime.combine(last + timedelta(days=1), time(), turn.zone))


def _main_currency(totals: Sequence[StageTotal | ReasonTotal], default: str) -> str:
    """The currency with the most deals; sums never mix currencies."""
    counts: dict[str, int] = {}
    for row in totals:
        if row.currency:
            counts[row.currency] = counts.get(row.currency, 0) + row.count
    return max(counts, key=lambda name: counts[name], default=default)


def _by_stage(turn: Turn, totals: Sequence[StageTotal]) -> list[dict[str, Any]]:
    rows = []
    for stage in STAGES:
        of_stage = [row for row in totals if row.stage == stage]
        if of_stage:
            rows.append(
                {
                    "stage": stage,
                    "name": turn.playbook.stages[stage].name.in_(turn.said.language),
                    "count": sum(row.count for row in of_stage),
                    "amount": major(sum(row.amount_minor for row in of_stage)),
                }
            )
    return rows


def _other_currencies(totals: Sequence[StageTotal | ReasonTotal], main: str) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    sums: dict[str, int] = {}
    for row in totals:
        if row.currency not in (main, None):
            currency = str(row.currency)
            counts[currency] = counts.get(currency, 0) + row.count
            sums[currency] = sums.get(currency, 0) + row.amount_minor
    return [{**money(amount, currency), "count": counts[currency]} for currency, amount in sorted(sums.items())]


def _funnel(totals: Sequence[StageTotal], currency: str) -> Funnel:
    return Funnel(
        tuple(
            (stage, _count(totals, stage), sum(row.amount_minor for row in totals if row.stage == stage))
            for stage in STAGES
        ),
        currency,
    )


def _count(totals: Sequence[StageTotal], stage: str) -> int:
    return sum(row.count for row in totals if row.stage == stage)


@handles("export")
def export(turn: Turn) -> Reply:
    """The customers that the speaker may see, as a spreadsheet."""
    rows: list[tuple[Any, ...]] = []
    for stage in (None, "won", "lost"):
        found, _ = turn.customers.search(Wanted(stage=stage), EXPORTED_AT_MOST)
        rows += [
            (
                row.contact.name if row.contact else None,
                row.company.name if row.company else None,
                man_of(row).picture,
                turn.playbook.stages[row.stage].name.in_(turn.said.language),
                worth["value"] if (worth := money_of(row)) else None,
                row.currency,
                row.source,
                row.product,
                row.quantity,
                row.expected_close.isoformat() if row.expected_close else None,
            )
            for row in found
        ]
    columns = ("person", "company", "man", "stage", "amount", "currency", "source", "product", "quantity", "close")
    if not rows:
        return Reply("pipeline/nothing_to_export")
    return Reply("pipeline/export", {"count": len(rows)}, table=Table("customers", columns, tuple(rows)))
