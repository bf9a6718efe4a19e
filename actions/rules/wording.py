"""Which things a text names, by the words for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from actions.rules.names import spaced


def mentioned(text: str, words: Mapping[str, Iterable[str]]) -> list[str]:
    """The keys of which a word stands in `text`, the one that is named first in front.

    Latin words count whole, upper and lower case alike, one or many; Chinese ones wherever they stand. Where two begin
    at one place, the longer word counts more.
    """
    read = f" {spaced(text)} "
    places: dict[str, tuple[int, int]] = {}
    for key, theirs in words.items():
        found = [place for word in theirs if (place := _place(spaced(word), read))]
        if found:
            places[key] = min(found)
    return sorted(places, key=lambda key: places[key])


def _place(word: str, read: str) -> tuple[int, int] | None:
    """Where a word begins, and its length as a negative number: the earliest and longest is the smallest."""
    if not word:
        return None
    starts = [start for ending in (" ", "s ") if (start := read.find(f" {word}{ending}")) >= 0]
    return (min(starts), -len(word)) if starts else None
