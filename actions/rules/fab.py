"""Which FAB statements to say to whom (domain, section 5): from the listener, what they need, and the phase of the sale."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from actions.rules.names import spaced


@dataclass(frozen=True)
class Offer:
    """What one statement is good for: keys of roles, of what it serves, of styles, phases and objections.

    No `roles`: it is for everybody alike.
    """

    feature: str
    roles: frozenset[str]
    serves: frozenset[str]
    styles: frozenset[str]
    phases: frozenset[str]
    answers: frozenset[str]


@dataclass(frozen=True)
class Listener:
    """Who is to be won, as far as known; `asked` is what the rep has asked, in their words.

    `needs` are the benefits that were asked for, `wants` all that meet the needs of their organisation.
    """

    role: str | None = None
    style: str | None = None
    phase: str | None = None
    objection: str | None = None
    needs: frozenset[str] = frozenset()
    asked: str = ""
    wants: frozenset[str] = frozenset()


def best_first(offers: Sequence[Offer], listener: Listener) -> list[int]:
    """The numbers of the offers, the best for this listener first; equals keep their order.

    A feature that was asked for comes before all, then what answers the objection; then the role decides, then the
    need, that of the organisation, the phase of the sale, and the style.
    """
    asked = features_named(listener.asked, [offer.feature for offer in offers])

    def misses(number: int) -> tuple[bool, ...]:
        offer = offers[number]
        return (
            number not in asked,
            listener.objection not in offer.answers,
            bool(offer.roles) and listener.role not in offer.roles,
            not (listener.needs & offer.serves),
            not (listener.wants & offer.serves),
            listener.phase not in offer.phases,
            listener.style not in offer.styles,
        )

    return sorted(range(len(offers)), key=misses)


def choose(offers: Sequence[Offer], listener: Listener, count: int) -> list[int]:
    """The numbers of the `count` best offers: one of them serves what the listener needs, where any offer does."""
    ranked = best_first(offers, listener)
    chosen = ranked[:count]
    serving = [number for number in ranked if listener.needs & offers[number].serves]
    if count > 1 and serving and not set(serving) & set(chosen):
        chosen[-1] = serving[0]
    return chosen


def features_named(asked: str, features: Sequence[str]) -> set[int]:
    """The numbers of the features of which a word stands in the question that stands in no other feature.

    Short words tell nothing: Latin ones count from four letters on, Han characters in pairs.
    """
    words = [_telling(feature) for feature in features]
    in_question = _telling(asked)
    return {
        number
        for number, own in enumerate(words)
        if in_question & own - set().union(*(other for each, other in enumerate(words) if each != number))
    }


_FUNCTION_WORDS = """
about also each every from have here into just like make more most much only over some than that their them then there
these they this those under very want well what when where which while will with without your
一个 一份 不用 什么 他们 可以 怎么 您的 我们 这个 这样
"""
_TELL_NOTHING = frozenset(_FUNCTION_WORDS.split())


def _telling(text: str) -> set[str]:
    pieces = spaced(text).split()
    latin = {piece for piece in pieces if piece.isascii() and piece.isalpha() and len(piece) >= 4}
    han = {one + other for one, other in pairwise(pieces) if not (one + other).isascii()}
    return (latin | han) - _TELL_NOTHING


def needs_in(texts: Iterable[str], words: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """The keys of `words` of which one stands in a text: a Latin one at the start of a word, a Han one anywhere."""
    spoken = "\n".join(texts).casefold()
    return frozenset(
        key
        for key, known in words.items()
        if any(re.search(rf"\b{re.escape(word)}" if word.isascii() else re.escape(word), spoken) for word in known)
    )
