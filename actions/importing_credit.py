"""Credit indicators of customers from a file: a CSV with a row for each, or a YAML with an entry for each.

They are the figures and the judged scores that are told in the chat otherwise. Nothing is put on record unless the whole
file is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from actions.columns import Headings
from actions.importing_transactions import customers_called
from actions.playbook import Playbook
from actions.rules import names
from actions.rules.credit import FIGURES, MAY_BE_NEGATIVE, quarter_after, quarter_of
from actions.sheets import Mistake, Path, Place, Unreadable, head_of, one_line, readable_text, tree_of
from nlu.understanding import Money
from nlu.values.cells import read_amount, read_currency, read_quarter
from nlu.values.figures import NAMES
from nlu.values.scores import read_score
from storage.models import Company, Member, Person
from storage.unit_of_work import UnitOfWork

CUSTOMERS_AT_MOST = 500
MISTAKES_AT_MOST = 200
"""Mistakes that are looked for in one file."""
NAME_AT_MOST = 200
"""Characters of a name, or of what a mistake repeats."""
SOLD_TOO = ("revenue", "gross_profit")
"""Figures that lists of sales have as well: alone they make no credit file."""
_NAME_IN_TREE = re.compile(r"^[ \t-]*([^:\n]{1,60}?)[ \t]*:", re.MULTILINE)

Cells = dict[str, tuple[str, Place]]
"""Column → what is written there, and where that is."""


@dataclass(frozen=True)
class Indicators:
    """What a file tells of one customer: `answers` are Money by figure and scores by judged indicator.

    `quarter` is that of the rating: the one after the quarter that the figures are of.
    """

    place: Place
    customer: str
    quarter: str
    answers: dict[str, Money | int]


@dataclass(frozen=True)
class Told:
    """The customers of a file, or, where there are `mistakes`, none at all."""

    entries: tuple[Indicators, ...] = ()
    mistakes: tuple[Mistake, ...] = ()


def looks_like_credit(content: bytes, playbook: Playbook) -> bool:
    """Whether a file is meant as credit indicators, right or wrong: by its headings, or by the names in a YAML."""
    headings = _headings(playbook)
    columns = headings.in_head(content)
    columns |= {column for name in _NAME_IN_TREE.findall(head_of(content)) if (column := headings.column(name))}
    return "customer" in columns and bool(columns - set(playbook.imports.credit) - set(SOLD_TOO))


def read_credit(content: bytes, playbook: Playbook, today: date, currency: str) -> Told:
    """All customers of a file, or all that is wrong with it (at most MISTAKES_AT_MOST).

    Figures with no quarter named are of the last one before `today`; amounts with no currency are in `currency`.
    """
    mistakes: list[Mistake] = []
    try:
        rows = _rows(readable_text(content), _headings(playbook), mistakes)
        if not rows and not mistakes:
            raise Unreadable("empty")
        if len(rows) > CUSTOMERS_AT_MOST:
            raise Unreadable("too_many_rows", most=CUSTOMERS_AT_MOST)
    except Unreadable as error:
        return Told(mistakes=(error.mistake,))
    judged = [each.key for each in playbook.credit.judged]
    entries: list[Indicators] = []
    first: set[tuple[str, str]] = set()
    for place, cells in rows:
        reader = _Reader(cells, place, currency, mistakes)
        entry = reader.entry(judged, quarter_of(today))
        key = names.key(entry.customer), entry.quarter
        if key in first:
            reader.wrong("customer", "twice", value=entry.customer[:NAME_AT_MOST])
        first.add(key)
        entries.append(entry)
    if mistakes:
        by_place = sorted(mistakes, key=lambda each: (each.place.row or 0, each.place.line or 0))
        return Told(mistakes=tuple(by_place[:MISTAKES_AT_MOST]))
    return Told(tuple(entries))


def customers_of(
    work: UnitOfWork, speaker: Member, told: Told
) -> tuple[list[tuple[Indicators, Company | Person]], tuple[Mistake, ...]]:
    """Each entry with its customer among those whom the speaker may see; what is wrong where there is none, or several."""
    if told.mistakes:
        return [], told.mistakes
    found = customers_called(work, speaker, ((names.key(each.customer), True) for each in told.entries))
    whose: list[tuple[Indicators, Company | Person]] = []
    mistakes: list[Mistake] = []
    for each in told.entries:
        customers = found[names.key(each.customer), True]
        if len(customers) == 1:
            whose.append((each, customers[0]))
            continue
        what = "several" if customers else "nobody"
        mistakes.append(Mistake(what, each.place, {"value": each.customer, "others": len(customers)}))
    return whose, tuple(mistakes)


# --- tables and trees


def _headings(playbook: Playbook) -> Headings:
    """The file's own columns, the figures by all their names, and what is judged by its key and its names."""
    words: dict[str, Sequence[str]] = dict(playbook.imports.credit)
    words |= {figure: (figure, *NAMES[figure]) for figure in FIGURES}
    words |= {each.key: (each.key, each.name.en, each.name.zh) for each in playbook.credit.judged}
    return Headings.of(words)


def _rows(text: str, headings: Headings, mistakes: list[Mistake]) -> list[tuple[Place, Cells]]:
    """What a file says of each customer. Raises Unreadable."""
    first = _NAME_IN_TREE.match(text.lstrip())
    if "customer" not in headings.in_head(text.encode()) or (first and headings.column(first[1])):
        return _rows_of_tree(text, headings, mistakes)
    sheet = headings.sheet(text)
    mistakes += sheet.twice
    mistakes += [
        _unknown("unknown_column", name, Place(row=sheet.head, column=name), headings) for name in sheet.unknown
    ]
    mistakes += [Mistake("too_many_cells", sheet.place(row)) for row in sheet.rows if sheet.is_too_long(row)]
    return [
        (sheet.place(row), {column: (sheet.cell(row, column), sheet.place(row, column)) for column in sheet.columns})
        for row in sheet.rows
    ]


def _rows_of_tree(text: str, headings: Headings, mistakes: list[Mistake]) -> list[tuple[Place, Cells]]:
    tree, places = tree_of(text)
    if isinstance(tree, dict):
        entries: list[tuple[Path, Any]] = [((), tree)]
    elif isinstance(tree, list):
        entries = [((number,), entry) for number, entry in enumerate(tree)]
    else:
        raise Unreadable("other_kind", places.get((), Place()), value="")
    rows: list[tuple[Place, Cells]] = []
    for path, entry in entries:
        if not isinstance(entry, dict):
            mistakes.append(Mistake("other_kind", places[path], {"value": ""}))
            continue
        cells: Cells = {}
        for name, value in entry.items():
            place, column, shown = places[*path, name], headings.column(name), one_line(name)[:NAME_AT_MOST]
            if column is None:
                mistakes.append(_unknown("unknown_name", shown, place, headings))
            elif column in cells:
                mistakes.append(Mistake("twice", place, {"value": shown}))
            elif isinstance(value, dict | list):
                mistakes.append(Mistake("other_kind", place, {"value": shown}))
            else:
                cells[column] = value or "", place
        rows.append((places[path], cells))
    return rows


def _unknown(what: str, name: str, place: Place, headings: Headings) -> Mistake:
    nearest = names.nearest(name.casefold(), list(headings.columns.values()), 1)
    return Mistake(what, place, {"value": name, "nearest": nearest})


# --- one customer


@dataclass
class _Reader:
    """Reads what is told of one customer, and keeps every mistake."""

    cells: Cells
    place: Place
    currency: str
    mistakes: list[Mistake] = field(repr=False)

    def entry(self, judged: Sequence[str], this_quarter: str) -> Indicators:
        """What is told; of what is wrong, only the mistakes count."""
        customer, quarter = self._customer(), self._quarter(this_quarter)
        answers = self._figures() | {
            key: score for key in judged if (score := self._read(key, "no_score", read_score)) is not None
        }
        if not any(self._text(key) for key in (*FIGURES, *judged)):
            self.wrong(None, "nothing_told")
        return Indicators(self.place, customer, quarter, answers)

    def wrong(self, column: str | None, what: str, **facts: Any) -> None:
        """Notes a mistake in a column of this customer, or in none."""
        place = self.cells[column][1] if column in self.cells else self.place
        self.mistakes.append(Mistake(what, place, facts))

    def _text(self, column: str) -> str:
        return one_line(self.cells[column][0]) if column in self.cells else ""

    def _read(self, column: str, what: str, read: Callable[[str], Any]) -> Any:
        """What a cell says; None for an empty one, and with the mistake `what` where it cannot be read."""
        text = self._text(column)
        if not text:
            return None
        value = read(text) if len(text) <= NAME_AT_MOST else None
        if value is None:
            self.wrong(column, what, value=text[:NAME_AT_MOST])
        return value

    def _customer(self) -> str:
        name = self._text("customer")
        if not name:
            self.wrong("customer", "missing", value="customer")
        elif len(name) > NAME_AT_MOST:
            self.wrong("customer", "too_long", most=NAME_AT_MOST)
        elif not names.key(name):
            self.wrong("customer", "no_name", value=name)
        return name

    def _quarter(self, this_quarter: str) -> str:
        figures_of = self._read("quarter", "no_quarter", read_quarter)
        if figures_of is None:
            return this_quarter
        if figures_of >= this_quarter:
            self.wrong("quarter", "not_over", value=figures_of)
        return quarter_after(figures_of)

    def _figures(self) -> dict[str, Money | int]:
        """The figures, all in one currency: that of the column, or of the first that names one, or the usual one."""
        named = self._read("currency", "no_currency", lambda text: read_currency(text, self.currency))
        read = {
            key: amount
            for key in FIGURES
            if (amount := self._read(key, "no_amount", lambda text: read_amount(text, named or self.currency)))
        }
        main = named or next((own for _, own in read.values() if own), self.currency)
        for key, (minor, own) in read.items():
            if minor < 0 and key not in MAY_BE_NEGATIVE:
                self.wrong(key, "below_zero")
            if own not in (None, main):
                self.wrong(key, "two_currencies", value=self._text(key), other=main)
        return {key: Money(Decimal(minor) / 100, main) for key, (minor, _) in read.items()}
