"""Which needs an organisation and a person are likely to have besides the product (domain, section 3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

OF_ORGANISATION = ("financial", "performance", "image")
OF_PERSON = ("power", "achievement", "recognition", "acceptance", "order", "safety")


@dataclass(frozen=True)
class Signs:
    """In whom a need is likely: people of these styles, with these parts or functions."""

    styles: frozenset[str]
    roles: frozenset[str]


def likely(needs: Mapping[str, Signs], style: str | None, roles: Iterable[str]) -> tuple[str, ...]:
    """The needs that somebody is likely to have, the likeliest first.

    What style and role both point to comes first; then the style decides, which is the person's own, and then the
    role. Nothing where neither is known, or points to any.
    """
    theirs = frozenset(roles)
    points = {key: 2 * (style in signs.styles) + bool(theirs & signs.roles) for key, signs in needs.items()}
    return tuple(sorted((key for key, count in points.items() if count), key=lambda key: -points[key]))


def of_organisation(serves: Mapping[str, Iterable[str]], heard: Iterable[str]) -> tuple[str, ...]:
    """The organisation's needs that are met by a benefit which was asked for; `serves` names the benefits of each."""
    wanted = set(heard)
    return tuple(key for key, sides in serves.items() if wanted & set(sides))
