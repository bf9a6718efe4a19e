"""Which of the names on record is meant: exact, without title or legal form, first name, then a typo."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Protocol, TypeVar

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

_LEGAL = re.compile(
    r"[\s,]+(?:ltd|limited|llc|inc|corp|corporation|co|company|gmbh|ag|kg|sa|s\.?a\.?|s\.?r\.?l|spa|bv|nv|oy|ab|plc"
    r"|pty|pvt|group|holding|holdings)\.?$"
)
_LEGAL_HAN = re.compile(r"(?:股份)?(?:有限(?:责任)?公司|集团公司|公司)$")
_HAN_TITLE = re.compile(
    r"^(.{1,3}?)(?:总经理|副总经理|董事长|总裁|老总|总监|总|董|经理|主任|老板|厂长|院长|校长|所长|处长|科长|工程师|工)$"
)
_TITLE_GROUPS = {
    "总": "总", "总经理": "总", "老总": "总", "总裁": "总", "副总经理": "总", "董": "董", "董事长": "董", "工": "工", "工程师": "工",
}  # fmt: skip
_HAN = re.compile(r"[㐀-䶿一-鿿]")


class Named(Protocol):
    """A name on record with its key and its other names."""

    @property
    def id(self) -> int:
        """The row's id."""

    @property
    def key(self) -> str:
        """What `key()` gives for the name."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Other names that were used."""


N = TypeVar("N", bound=Named)


@lru_cache(maxsize=5_000)
def key(name: str) -> str:
    """The form in which a name is compared: lower case, no accents or width, no legal form, one title form.

    Taking one thing away can lay another bare ("Acme - Co. Ltd"), so it goes on until nothing changes.
    """
    previous, text = None, name
    while previous != text:
        previous, text = text, _simpler(text)
    return text


def _simpler(name: str) -> str:
    text = name.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name)).casefold()
        text = "".join(char for char in text if not unicodedata.combining(char))
    text = re.sub(r"\s+", " ", re.sub(r"[.'’\"“”]", "", text)).strip(" ,-·&")
    return _one_title(_LEGAL_HAN.sub("", _LEGAL.sub("", text)) or text)


def _one_title(text: str) -> str:
    """王总经理 → 王总: two ways of writing the same title."""
    match = _HAN_TITLE.match(text)
    if match is None:
        return text
    title = text[match.end(1) :]
    return match.group(1) + _TITLE_GROUPS.get(title, title)


def spaced(text: str) -> str:
    """The text with Latin words, numbers and single Han characters apart, so that whole words can be looked for."""
    return " ".join(re.findall(r"[^\W_㐀-䶿一-鿿]+|[㐀-䶿一-鿿]", unicodedata.normalize("NFKC", text).casefold()))


def candidates(text: str, at_most: int = 400) -> dict[str, str]:
    """Every run of words in `text` that could be a name, by its key: up to four Latin words, or two to eight Han."""
    found: dict[str, str] = {}
    for run in re.findall(r"[^\W_]+(?:[ .'’&-]{1,2}[^\W_]+)*", unicodedata.normalize("NFKC", text)):
        for piece in _pieces(run):
            if len(found) >= at_most:
                return found
            found.setdefault(key(piece), piece)
    return found


def _pieces(run: str) -> Iterable[str]:
    if _HAN.search(run):
        yield from (run[start : start + size] for size in range(8, 1, -1) for start in range(len(run) - size + 1))
    words = [match.span() for match in re.finditer(r"[^\W_㐀-䶿一-鿿]+", run)]
    for size in range(4, 0, -1):
        for first in range(len(words) - size + 1):
            yield run[words[first][0] : words[first + size - 1][1]]


def match(name: str, known: Sequence[N]) -> list[N]:
    """Those of `known` that `name` can mean, at the surest level at which any does; empty when none does.

    Levels: the same key; a name's first or last word, or its short form (星海 for 星海科技); a title with the
    same surname or name (王总, 王建国经理 for 王建国); a typo (one edit from four letters on, two from eight).
    """
    wanted = key(name)
    if not wanted:
        return []
    levels = (_same, _part, _surname, _typo)
    for level in levels:
        found = [each for each in known if any(level(wanted, other) for other in (each.key, *map(key, each.aliases)))]
        if found:
            return found
    return []


def nearest(name: str, known: Iterable[str], at_most: int = 3) -> list[str]:
    """The names most like `name`, for "I know no …; did you mean …?"."""
    found = process.extract(name, list(known), limit=at_most, score_cutoff=60)
    return [each for each, _, _ in found]


def _same(wanted: str, other: str) -> bool:
    return wanted == other


def _part(wanted: str, other: str) -> bool:
    if _HAN.search(wanted):
        # One character more is another name: 李伟 is not 李伟明.
        longer = len(other) - len(wanted) >= 2
        return len(wanted) >= 2 and longer and other.startswith(wanted) and not _HAN_TITLE.match(wanted)
    words, others = wanted.split(), other.split()
    return len(wanted) >= 2 and bool(words) and len(words) < len(others) and _run_of(words, others)


def _run_of(words: list[str], others: list[str]) -> bool:
    return any(others[start : start + len(words)] == words for start in range(len(others)))


def _surname(wanted: str, other: str) -> bool:
    """王总 and 王建国: a title stands for a full name with this surname, and the other way round."""
    title, full = (wanted, other) if _HAN_TITLE.match(wanted) else (other, wanted)
    titled = _HAN_TITLE.match(title)
    if titled is None or _HAN_TITLE.match(full) or not _HAN.match(full):
        return False
    return 2 <= len(full) <= 4 and full.startswith(titled.group(1))


def _typo(wanted: str, other: str) -> bool:
    """One wrong, missing, added or swapped letter. Chinese names are too short: there one character is a name."""
    if _HAN.search(wanted) or _HAN.search(other) or min(len(wanted), len(other)) < 4:
        return False
    allowed = 2 if min(len(wanted), len(other)) >= 8 else 1
    return wanted[0] == other[0] and DamerauLevenshtein.distance(wanted, other, score_cutoff=allowed) <= allowed
