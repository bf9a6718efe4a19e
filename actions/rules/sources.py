"""Which ways of finding customers to try: those that have worked, those that suit the product (domain, section 12)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from math import sqrt


@dataclass(frozen=True)
class Result:
    """What came of the customers of a source: deals won and lost, and the amount won in minor units."""

    won: int = 0
    lost: int = 0
    amount_minor: int = 0

    @property
    def closed(self) -> int:
        """Deals that are decided."""
        return self.won + self.lost

    @property
    def rate(self) -> float | None:
        """Won deals as a share (0 to 1) of those decided; None while none is."""
        return self.won / self.closed if self.closed else None

    @property
    def proven(self) -> float:
        """The win rate that is proven by so many deals: one won of one says less than eight of ten.

        It is the lower end of the 95 % confidence interval (Wilson), 0 without a deal won.
        """
        if not self.won:
            return 0.0
        z, n, share = 1.96, self.closed, self.won / self.closed
        middle = share + z * z / (2 * n)
        spread = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        return (middle - spread) / (1 + z * z / n)

    def __add__(self, other: Result) -> Result:
        return Result(self.won + other.won, self.lost + other.lost, self.amount_minor + other.amount_minor)


def together(results: Iterable[tuple[str | None, Result]]) -> dict[str, Result]:
    """The results of the sources that belong to one way, as one; a source that belongs to none (None) is left out."""
    sums: dict[str, Result] = {}
    for way, result in results:
        if way is not None:
            sums[way] = sums.get(way, Result()) + result
    return sums


def ranked(ways: Iterable[str], results: Mapping[str, Result], suiting: Collection[str]) -> list[str]:
    """All of `ways`, the best to try first.

    First those that have won deals, by the win rate that is proven, then by the amount won; then those that suit the
    product; then the others. One that has only lost deals stands behind its like. Ties keep the order given.
    """

    def place(way: str) -> tuple[bool, float, int, bool, bool]:
        result = results.get(way, Result())
        return (
            result.won == 0,
            -result.proven,
            -result.amount_minor,
            way not in suiting,
            result.won == 0 and result.lost > 0,
        )

    return sorted(ways, key=place)


def contacts_a_year(calls_a_day: int, working_days: int) -> int:
    """How many new contacts a year come of so many calls on each working day: five a day are 1,500 in 300 days."""
    return calls_a_day * working_days
