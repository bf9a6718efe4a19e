"""MAN: is this a prospect? Three facts, each yes, no or not known, and the class that follows (domain, section 1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

PROSPECT, APPROACH, NO_CUSTOMER = "prospect", "approach", "no_customer"

UP, LEVEL, DOWN = "up", "level", "down"

VERDICTS = {
    "M+A+N": PROSPECT,
    "M+A+n": APPROACH,
    "M+a+N": APPROACH,
    "m+A+N": APPROACH,
    "m+a+N": APPROACH,
    "m+A+n": APPROACH,
    "M+a+n": APPROACH,
    "m+a+n": NO_CUSTOMER,
}
"""The eight classes and their verdicts: the table of section 1."""

_ASK_FIRST = ("need", "money", "authority")
"""Which unknown fact to ask for where several are equally good: without a need the others do not matter."""


@dataclass(frozen=True)
class Man:
    """The three facts of an opportunity; None is not known yet, which is not no."""

    money: bool | None = None
    authority: bool | None = None
    need: bool | None = None

    @property
    def picture(self) -> str:
        """The facts as letters: `M+a+?` says money, no authority, need not known."""
        letters = zip("MAN", (self.money, self.authority, self.need), strict=True)
        return "+".join("?" if fact is None else letter if fact else letter.lower() for letter, fact in letters)

    @property
    def class_(self) -> str | None:
        """The class, or None while a fact is unknown: an incomplete picture has none."""
        return None if self.unknown else self.picture

    @property
    def verdict(self) -> str | None:
        """`prospect`, `approach` or `no_customer`; None while there is no class."""
        return None if self.class_ is None else VERDICTS[self.class_]

    @property
    def unknown(self) -> tuple[str, ...]:
        """The facts not known yet, the one to ask for first in front."""
        return tuple(name for name in _ASK_FIRST if getattr(self, name) is None)

    @property
    def next_question(self) -> str | None:
        """The unknown fact that separates the classes still possible best; None when nothing is unknown.

        Every unknown fact halves the classes; what decides is whether the halves differ in verdict, and the
        one that does so most is asked for.
        """
        return max(self.unknown, key=self._separates, default=None)

    @property
    def holds(self) -> int:
        """How many of the three facts hold: 3 for a prospect, 0 for what is not a customer."""
        return sum(bool(getattr(self, name)) for name in _ASK_FIRST)

    def shows(self, letters: str) -> bool:
        """Whether the picture has all these letters: `Mn` says that they have money and no need."""
        return set(letters) <= set(self.picture)

    def given(self, fact: str, value: bool) -> Man:
        """The picture once `fact` is known to be so."""
        return replace(self, **{fact: value})

    def _separates(self, fact: str) -> int:
        with_yes, with_no = self._verdicts_if(fact, True), self._verdicts_if(fact, False)
        return len(with_yes ^ with_no)

    def _verdicts_if(self, fact: str, value: bool) -> set[str]:
        known = {name: getattr(self, name) for name in _ASK_FIRST} | {fact: value}
        return {verdict for class_, verdict in VERDICTS.items() if _possible(class_, known)}


def change(before: Man, after: Man) -> str | None:
    """How the class has changed: `up` and `down` by how many facts hold, `level` from one class to its like.

    A first class is a way up, unless nothing holds. None where the class is the same, and where there is none now.
    """
    if after.class_ is None or after.class_ == before.class_:
        return None
    if before.class_ is None:
        return UP if after.holds else DOWN
    if after.holds == before.holds:
        return LEVEL
    return UP if after.holds > before.holds else DOWN


def _possible(class_: str, known: dict[str, bool | None]) -> bool:
    letters = dict(zip(("money", "authority", "need"), class_.split("+"), strict=True))
    return all(value is None or letters[name].isupper() == value for name, value in known.items())


def authority_of(people: Iterable[tuple[bool | None, bool]]) -> bool | None:
    """Whether an opportunity has A, from (has authority, has been reached) of those who take part.

    Known but not yet reached is not enough: the opportunity keeps `a`, and reaching that person is next
    (section 1). None while nothing is known of anybody.
    """
    known = [(authority, reached) for authority, reached in people if authority is not None]
    if not known:
        return None
    return any(authority and reached for authority, reached in known)
