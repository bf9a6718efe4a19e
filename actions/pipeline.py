"""Numbers: the pipeline by stage with its forecast and funnel, the pyramid, and customers as a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from actions.contacts import owner_of
from actions.recording import man_of, money_of
from actions.registry import handles
from actions.resolving import with_colleague
from actions.rules.periods import days_of
from actions.rules.pipeline import forecast_minor, win_rate
from actions.turn import Funnel, Reply, Table, Turn
from nlu.understanding import STAGES
from storage.repositories import Period, StageTotal, Wanted

EXPORTED_AT_MOST = 10_000
"""Rows of an exported file."""


@handles("query_pipeline")
def query_pipeline(turn: Turn) -> Reply:
    """Count and amount by stage, the forecast and the win rate, with a funnel as a picture."""
    turn = with_colleague(turn)
    owner = owner_of(turn, turn.said)
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
        "amount": _major(sum(row.amount_minor for row in in_main)),
        "forecast": _major(forecast_minor(((row.stage, row.amount_minor) for row in in_main), chances)),
        "win_rate": win_rate(_count(totals, "won"), _count(totals, "lost")),
        "currency": currency,
        "others": _other_currencies(totals, currency),
        "period": turn.said.period,
        "rep": turn.speaker.name if turn.said.rep == "me" else turn.said.rep,
        "everybody": turn.speaker.role == "manager" and turn.said.rep is None,
    }
    if not rows:
        return Reply("pipeline/empty", facts)
    return Reply("pipeline/pipeline", facts, chart=_funnel(in_main, currency))


def _period(turn: Turn) -> Period | None:
    if turn.said.period is None:
        return None
    first, last = days_of(turn.said.period, turn.now.date())
    start = datetime.combine(first, time(), turn.zone)
    return Period(first, last, start, datetime.combine(last + timedelta(days=1), time(), turn.zone))


def _main_currency(totals: Sequence[StageTotal], default: str) -> str:
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
                    "amount": _major(sum(row.amount_minor for row in of_stage)),
                }
            )
    return rows


def _other_currencies(totals: Sequence[StageTotal], main: str) -> list[dict[str, Any]]:
    sums: dict[str, int] = {}
    for row in totals:
        if row.currency not in (main, None):
            sums[str(row.currency)] = sums.get(str(row.currency), 0) + row.amount_minor
    return [{"currency": currency, "value": _major(amount)} for currency, amount in sorted(sums.items())]


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


def _major(minor: int) -> int | float:
    return minor // 100 if minor % 100 == 0 else minor / 100


@handles("show_pyramid")
def show_pyramid(turn: Turn) -> Reply:
    """The customers with the largest amounts won: the first cut of who matters."""
    rows, total = turn.customers.search(Wanted(stage="won"), EXPORTED_AT_MOST)
    with_amount = sorted((row for row in rows if row.amount_minor), key=lambda row: -(row.amount_minor or 0))
    top = [
        {"who": row.company.name if row.company else row.contact.name if row.contact else None, "amount": money_of(row)}
        for row in with_amount[:5]
    ]
    return Reply("pipeline/pyramid", {"top": top, "total": total})


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
                money["value"] if (money := money_of(row)) else None,
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
