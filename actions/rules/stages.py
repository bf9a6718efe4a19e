"""What should be known before a deal stands in a stage, which way it has moved, and what closed deals tell (section 7)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

OPEN = ("lead", "contacted", "qualified", "proposal", "negotiation")
KNOWABLE = ("contact", "money", "authority", "need", "product", "amount", "decider", "expected_close")
"""What a stage can require: a person by name, the three MAN facts, what is wanted and for how much, who decides, when."""

SAME_SALE_DAYS = 7
"""For so many days a deal that is said to be closed again is the same one: the amount was corrected, not bought twice."""

FORWARD, BACK, REOPENED, WON, LOST = "forward", "back", "reopened", "won", "lost"
CLOSED = (WON, LOST)

Needs = tuple[str, ...]
"""Something required: one of these will do."""


def missing(stage: str, needs: Mapping[str, Sequence[Needs]], known: Collection[str]) -> list[Needs]:
    """What a deal in `stage` should have and has not: what the earlier stages require comes first.

    Of a closed deal only what its own stage requires is missed: it needs no qualifying any more.
    """
    stages = OPEN[: OPEN.index(stage) + 1] if stage in OPEN else (stage,)
    wanted = dict.fromkeys(each for name in stages for each in needs[name])
    lacking = [each for each in wanted if not set(each) & set(known)]
    # Where the amount itself is required, "amount or product" adds nothing.
    return [each for each in lacking if not any(set(other) < set(each) for other in lacking)]


def ask_first(missing: Sequence[Needs], man_question: str | None) -> str | None:
    """Which of the missing things to ask for: the MAN fact that separates the classes best, else the first.

    Where one of several things will do, the first of them is asked for. None where nothing is missing.
    """
    wanted = [name for each in missing for name in each]
    if man_question in wanted:
        return man_question
    return missing[0][0] if missing else None


def direction(before: str, after: str) -> str | None:
    """Which way a deal has moved; None where it stands where it stood."""
    if before == after:
        return None
    if after in CLOSED:
        return after
    if before in CLOSED:
        return REOPENED
    return FORWARD if OPEN.index(after) > OPEN.index(before) else BACK


def goes_on(last: str, closed_days: float, stage: str | None) -> bool:
    """Whether a customer's last deal, closed so many days ago, is meant by a message that puts "the deal" in `stage`.

    A lost deal that is open again, or signed after all, is the same deal, however late; a won one stays won, and what
    opens is a new sale.
    """
    if last == LOST and stage in (*OPEN, WON):
        return True
    return last == stage and closed_days <= SAME_SALE_DAYS


def by_reason(
    rows: Iterable[tuple[str | None, int, int]],
) -> list[tuple[str | None, int, int]]:
    """(reason, count, amount in minor units) of closed deals, each reason once: the most frequent, then the dearest first.

    Deals without a reason (None) come last, however many they are.
    """
    counts: dict[str | None, int] = {}
    amounts: dict[str | None, int] = {}
    for reason, count, amount in rows:
        counts[reason] = counts.get(reason, 0) + count
        amounts[reason] = amounts.get(reason, 0) + amount
    order = sorted(counts, key=lambda reason: (reason is None, -counts[reason], -amounts[reason], reason or ""))
    return [(reason, counts[reason], amounts[reason]) for reason in order]
