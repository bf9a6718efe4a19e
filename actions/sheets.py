"""Files that anybody may have made become plain texts, each with its place: rows of a CSV, the tree of a YAML.

Nothing here knows what the texts mean. Whatever is wrong with a file as a whole is one `Unreadable`.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import yaml

SIZE_AT_MOST = 2_000_000
"""Bytes of a file that is read as data."""
ROWS_AT_MOST = 5_000
COLUMNS_AT_MOST = 100
CELL_AT_MOST = 1_000
"""Characters of a text: what is said aloud is shorter."""
_HEAD = 20_000
"""Bytes that tell what a file is."""
_DELIMITERS = ",;\t|"
_DEEP = 8
"""Levels of a YAML tree; a catalogue has six."""
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Tree = Any
"""None, a text, a list of trees, or a dict of trees by name."""
Path = tuple[str | int, ...]
"""Where something is in a tree: `(0, "benefits", 2, "roles")`."""


@dataclass(frozen=True)
class Place:
    """Where something stands: the row and heading of a spreadsheet, or the line and column of a text, from 1."""

    row: int | None = None
    line: int | None = None
    column: str | int | None = None


@dataclass(frozen=True)
class Mistake:
    """Something that is wrong in a file. `what` is a case of `templates/<lang>/_mistakes.j2`, `facts` fill it in."""

    what: str
    place: Place = Place()
    facts: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Plain values for a reply."""
        return {"what": self.what, **asdict(self.place), **self.facts}


class Unreadable(Exception):
    """The file cannot be read at all: mend `mistake` and try again."""

    def __init__(self, what: str, place: Place = Place(), **facts: Any) -> None:
        super().__init__(what)
        self.mistake = Mistake(what, place, facts)


@dataclass(frozen=True)
class Row:
    """A row of a spreadsheet, with its number there: empty ones are counted, and the headings are the first."""

    number: int
    cells: tuple[str, ...]


# Chinese stands in pairs of such bytes at least; in Western files é and ü stand alone between letters.
_PAIR = re.compile(rb"[\x80-\xff]{2}")


def text_of(content: bytes) -> str | None:
    """The text of a file in the encodings that spreadsheets and editors write; None for what is no text."""
    encodings: tuple[str, ...] = ("utf-8-sig", "gb18030") if _PAIR.search(content) else ("utf-8-sig", "cp1252")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ("utf-16",)
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def head_of(content: bytes) -> str:
    """The first lines of a file, as far as they tell what it is; empty for what is no text."""
    if len(content) <= _HEAD:
        return text_of(content) or ""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return text_of(content[:_HEAD]) or text_of(content[: _HEAD - 2]) or ""
    return text_of(content[: content.rfind(b"\n", 0, _HEAD) + 1]) or ""


def readable_text(content: bytes) -> str:
    """The text of a file that is small enough to be read as data. Raises Unreadable."""
    if len(content) > SIZE_AT_MOST:
        raise Unreadable("too_large", most=SIZE_AT_MOST // 1_000_000)
    text = text_of(content)
    if text is None:
        raise Unreadable("no_text")
    if not text.strip():
        raise Unreadable("empty")
    return text


# --- spreadsheets


def heading_key(heading: str) -> str:
    """The form in which headings are compared: `Feature (EN)` is `featureen`."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", heading).casefold())


def headings_of(text: str, known: Callable[[str], bool]) -> tuple[str, list[str]]:
    """The delimiter by which the first row has the most `known` headings, and the headings."""
    best, found = ",", _first_row(text, ",")
    for delimiter in _DELIMITERS[1:]:
        headings = _first_row(text, delimiter)
        if sum(map(known, headings)) > sum(map(known, found)):
            best, found = delimiter, headings
    return best, found


def _first_row(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])[:COLUMNS_AT_MOST]
    except csv.Error:
        return []


def rows_of(text: str, delimiter: str) -> list[Row]:
    """The rows that have anything in them, at least one. Raises Unreadable."""
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if len(cells) > COLUMNS_AT_MOST:
                raise Unreadable("too_many_columns", Place(row=number), most=COLUMNS_AT_MOST)
            if any(cell.strip() for cell in cells):
                rows.append(Row(number, tuple(cells)))
            if len(rows) > ROWS_AT_MOST + 1:
                raise Unreadable("too_many_rows", most=ROWS_AT_MOST)
    except csv.Error as error:
        raise Unreadable("no_table", Place(row=number + 1), problem=str(error)) from None
    if not rows:
        raise Unreadable("empty")
    return rows


# A cell that begins like this is a formula to a spreadsheet, in full width to some as well.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def guarded(text: str) -> str:
    """A cell as it can be written: to a spreadsheet it is a text, whatever it begins with."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """The reverse of `guarded`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def one_line(text: str) -> str:
    """A text without line breaks and needless spaces."""
    return " ".join(text.split())


# --- trees


def tree_of(text: str) -> tuple[Tree, dict[Path, Place]]:
    """What a YAML text says, with the place of each part. Raises Unreadable.

    Every value stays a text (`500` is a product's name as well as `X200`), and nothing is repeated by reference:
    a few lines of such references can stand for billions.
    """
    loader = _Loader(text)
    places: dict[Path, Place] = {}
    try:
        loader.get_event()
        if loader.check_event(yaml.StreamEndEvent):
            return None, places
        loader.get_event()
        tree = _node(loader, (), places)
        loader.get_event()
        if not loader.check_event(yaml.StreamEndEvent):
            raise Unreadable("second_document", _place(loader.peek_event()))
        return tree, places
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = Place(line=mark.line + 1, column=mark.column + 1) if mark else Place()
        raise Unreadable("no_yaml", place, problem=str(error.problem)) from None
    except yaml.YAMLError:
        raise Unreadable("no_text") from None
    finally:
        loader.dispose()


def _node(loader: Any, path: Path, places: dict[Path, Place]) -> Tree:
    event = loader.get_event()
    place = places[path] = _place(event)
    if isinstance(event, yaml.AliasEvent):
        raise Unreadable("reference", place, name=event.anchor)
    if isinstance(event, yaml.ScalarEvent):
        return None if event.implicit[0] and event.value in ("", "~", "null") else event.value
    if len(path) >= _DEEP:
        raise Unreadable("too_deep", place)
    if isinstance(event, yaml.SequenceStartEvent):
        items: list[Tree] = []
        while not loader.check_event(yaml.SequenceEndEvent):
            items.append(_node(loader, (*path, len(items)), places))
        loader.get_event()
        return items
    named: dict[str, Tree] = {}
    while not loader.check_event(yaml.MappingEndEvent):
        key = loader.get_event()
        if not isinstance(key, yaml.ScalarEvent):
            raise Unreadable("no_yaml", _place(key), problem="a name is expected here")
        if key.value in named:
            raise Unreadable("twice", _place(key), value=key.value)
        named[key.value] = _node(loader, (*path, key.value), places)
    loader.get_event()
    return named


def _place(event: Any) -> Place:
    return Place(line=event.start_mark.line + 1, column=event.start_mark.column + 1)
