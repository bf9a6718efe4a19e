"""Questions that are scored from 0 to 5: the opportunity audit, the distributor score, the credit rating."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from actions.playbook.texts import Entry, Text
from actions.rules.audit import Limit
from actions.rules.credit import FIGURES, MEASURES, Bands
from actions.rules.scoring import BEST, WHOLE

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""What an answer is kept under: it must not change once there are answers."""

Percent = Annotated[int, Field(ge=0, le=WHOLE)]

EXPLAINED: tuple[Literal[0, 3, 5], ...] = (0, 3, 5)
"""The scores whose meaning is told with a question; what lies between is for the rep to judge."""


class Criterion(Entry):
    """A question that is answered with 0 to 5."""

    key: Key
    name: Text
    """In a word or two, for a list of scores."""
    ask: Text
    means: dict[Literal[0, 3, 5], Text]
    """What 0, 3 and 5 stand for."""
    do: Text
    """What to do about it where it is the weakest point."""

    @model_validator(mode="after")
    def _explained(self) -> Criterion:
        if missing := [score for score in EXPLAINED if score not in self.means]:
            raise ValueError(f"means: {', '.join(map(str, missing))} is missing")
        return self


class AuditVerdict(Entry):
    """What the scores of an audit say, where they reach `total` percent and none is below `lowest`."""

    total: Percent
    lowest: Annotated[int, Field(ge=0, le=BEST)]
    say: Text


class Audit(Entry):
    """The opportunity audit (domain, section 7)."""

    questions: tuple[Criterion, ...] = Field(min_length=1)
    verdicts: tuple[AuditVerdict, ...] = Field(min_length=2)
    """The best first; the last one takes all that the others leave."""

    @model_validator(mode="after")
    def _sound(self) -> Audit:
        _unlike(self.questions)
        totals = [each.total for each in self.verdicts]
        if totals != sorted(totals, reverse=True):
            raise ValueError("verdicts: the best one comes first, by `total`")
        if (self.verdicts[-1].total, self.verdicts[-1].lowest) != (0, 0):
            raise ValueError("verdicts: the last one takes all the rest: total 0, lowest 0")
        return self

    @property
    def limits(self) -> tuple[Limit, ...]:
        """What each verdict asks for."""
        return tuple(Limit(each.total, each.lowest) for each in self.verdicts)


class Weighted(Criterion):
    """A criterion with its weight, out of 100 for all of them."""

    weight: Annotated[int, Field(ge=1, le=WHOLE)]


class Band(Entry):
    """What a result of `from` or more (0 to 100) says."""

    at_least: Percent = Field(alias="from")
    say: Text


class Distributor(Entry):
    """The score of a customer who resells (domain, section 11)."""

    needed: Percent
    """How much of the weights must be known before anything is said of the result, in percent."""
    criteria: tuple[Weighted, ...]
    verdicts: tuple[Band, ...]
    """The best first; the last one is from 0."""

    @model_validator(mode="after")
    def _sound(self) -> Distributor:
        _unlike(self.criteria)
        _sums_to_whole("criteria: the weights", [each.weight for each in self.criteria])
        _falls_to_zero("verdicts", [each.at_least for each in self.verdicts])
        return self

    @property
    def weights(self) -> dict[str, int]:
        """The weight of each criterion, by its key."""
        return {each.key: each.weight for each in self.criteria}


GROUPS = ("character", "performance", "solvency", "operating", "profitability")
"""The five groups of credit indicators; the first two are not financial."""
NOT_FINANCIAL_POINTS, FINANCIAL_POINTS = 70, 30
INDICATORS = 20
CS = ("character", "capacity", "capital")
"""The three Cs, which stand beside the rating."""
LETTERS = ("AAA", "AA", "A", "B", "C")


class Indicator(Entry):
    """One of the twenty: its points, and either a question (judged) or bands for a ratio (computed from figures)."""

    key: Key
    group: Literal["character", "performance", "solvency", "operating", "profitability"]
    c: Literal["character", "capacity", "capital"]
    """Which of the three Cs it speaks for."""
    points: Annotated[int, Field(ge=1, le=WHOLE)]
    name: Text
    ask: Text | None = None
    means: dict[Literal[0, 3, 5], Text] | None = None
    said: dict[str, Annotated[int, Field(ge=0, le=BEST)]] = {}
    """Scores for what a message may say of it in passing: `on_time`, `sometimes_late`, `late` of payments."""
    scores: tuple[Decimal, ...] | None = None
    """For a computed one the limits of the ratio (1 for 100 %) for 5, 4, 3, 2 and 1."""
    lower_is_better: bool = False

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Indicator:
        if self.scores is None:
            if self.ask is None or self.means is None:
                raise ValueError("needs `ask` and `means` to be judged, or `scores` to be computed")
            if missing := [score for score in EXPLAINED if score not in self.means]:
                raise ValueError(f"means: {', '.join(map(str, missing))} is missing")
            if self.key in MEASURES or self.key in FIGURES:
                raise ValueError("is the name of a figure or a ratio, it needs `scores`")
            return self
        if self.key not in MEASURES:
            raise ValueError(f"is no ratio; these are: {', '.join(MEASURES)}")
        if self.ask or self.means or self.said:
            raise ValueError("is computed: it has no `ask`, `means` and `said`")
        ordered = sorted(self.scores, reverse=not self.lower_is_better)
        if len(self.scores) != BEST or list(self.scores) != ordered:
            raise ValueError("scores: needs five limits, from that of 5 to that of 1")
        return self

    @property
    def bands(self) -> Bands | None:
        """What the ratio scores; None for a judged one."""
        return None if self.scores is None else Bands(self.scores, self.lower_is_better)


class Credit(Entry):
    """The credit rating (domain, section 10)."""

    needed: Percent
    """How many of the 100 points must be known before there is a letter."""
    cut_offs: dict[Literal["AAA", "AA", "A", "B", "C"], Percent]
    indicators: tuple[Indicator, ...]
    """In the order in which they are asked."""

    @model_validator(mode="after")
    def _sound(self) -> Credit:
        _unlike(self.indicators)
        if tuple(self.cut_offs) != LETTERS:
            raise ValueError(f"cut_offs: needs {', '.join(LETTERS)}, in this order")
        _falls_to_zero("cut_offs", list(self.cut_offs.values()))
        if len(self.indicators) != INDICATORS:
            raise ValueError(f"indicators: there are {len(self.indicators)}, not {INDICATORS}")
        named = {"non-financial": GROUPS[:2], "financial": GROUPS[2:]}
        for (kind, groups), wanted in zip(named.items(), (NOT_FINANCIAL_POINTS, FINANCIAL_POINTS), strict=True):
            total = sum(each.points for each in self.indicators if each.group in groups)
            if total != wanted:
                raise ValueError(f"indicators: the {kind} points sum to {total}, not {wanted}")
        for what, all_of_it in (("group", GROUPS), ("c", CS)):
            if missing := sorted(set(all_of_it) - {getattr(each, what) for each in self.indicators}):
                raise ValueError(f"indicators: none has {what} {', '.join(missing)}")
        return self

    @property
    def judged(self) -> tuple[Indicator, ...]:
        """Those that are asked."""
        return tuple(each for each in self.indicators if each.scores is None)

    def points(self, **of: str) -> dict[str, int]:
        """The points of each indicator by its key; with `group=` or `c=` only of those."""
        return {
            each.key: each.points
            for each in self.indicators
            if all(getattr(each, name) == value for name, value in of.items())
        }


def _unlike(criteria: tuple[Criterion | Indicator, ...] | tuple[Weighted, ...]) -> None:
    keys = [each.key for each in criteria]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise ValueError(f"{', '.join(twice)} is there twice")


def _sums_to_whole(what: str, weights: list[int]) -> None:
    if sum(weights) != WHOLE:
        raise ValueError(f"{what} sum to {sum(weights)}, not {WHOLE}")


def _falls_to_zero(what: str, limits: list[int]) -> None:
    if limits != sorted(set(limits), reverse=True) or limits[-1:] != [0]:
        raise ValueError(f"{what}: the best one comes first, and the last one is from 0")
