"""The columns of a spreadsheet, found by their headings in whatever order they stand; its cells by column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from actions.sheets import Mistake, Place, Row, head_of, heading_key, headings_of, one_line, rows_of, unguarded

HEADING_AT_MOST = 120
"""Characters of a heading that a mistake repeats."""


@dataclass(frozen=True)
class Headings:
    """What a heading may say → the column under it."""

    columns: Mapping[str, str]

    @classmethod
    def of(cls, words: Mapping[str, Iterable[str]]) -> Headings:
        """The headings of columns, each with the words for it."""
        return cls({heading_key(word): column for column, said in words.items() for word in said})

    def column(self, heading: str) -> str | None:
        """The column under this heading."""
        return self.columns.get(heading_key(heading))

    def in_head(self, content: bytes) -> set[str]:
        """The columns that the first row of a file names."""
        _, headings = headings_of(head_of(content), self._is_known)
        return {column for heading in headings if (column := self.column(heading))}

    def sheet(self, text: str) -> Sheet:
        """The rows of a text under their headings. Raises Unreadable."""
        delimiter, _ = headings_of(text, self._is_known)
        head, *rows = rows_of(text, delimiter)
        columns: dict[str, tuple[str, int]] = {}
        unknown: list[str] = []
        twice: list[Mistake] = []
        for position, written in enumerate(head.cells):
            heading, column = one_line(written)[:HEADING_AT_MOST], self.column(written)
            if not heading:
                continue
            if column is None:
                unknown.append(heading)
            elif column in columns:
                twice.append(Mistake("twice", Place(row=head.number, column=heading), {"value": heading}))
            else:
                columns[column] = (heading, position)
        width = max((position + 1 for position, cell in enumerate(head.cells) if cell.strip()), default=0)
        return Sheet(head.number, tuple(rows), columns, tuple(unknown), tuple(twice), width)

    def _is_known(self, heading: str) -> bool:
        return self.column(heading) is not None


@dataclass(frozen=True)
class Sheet:
    """Rows under headings: `columns` gives for each column its heading as it is written, and its position."""

    head: int
    """The number of the row of headings."""
    rows: tuple[Row, ...]
    columns: dict[str, tuple[str, int]]
    unknown: tuple[str, ...]
    """Headings of no column."""
    twice: tuple[Mistake, ...]
    """A mistake for each heading of a column that has one already."""
    width: int
    """Cells from the first to the last with a heading."""

    def cell(self, row: Row, column: str) -> str:
        """The text of a cell, empty where there is none."""
        if column not in self.columns:
            return ""
        position = self.columns[column][1]
        return unguarded(row.cells[position]) if position < len(row.cells) else ""

    def place(self, row: Row, column: str | None = None) -> Place:
        """Where a row is, or a cell of it, by its heading."""
        return Place(row=row.number, column=self.columns[column][0] if column in self.columns else column)

    def missing(self, columns: Iterable[str]) -> list[Mistake]:
        """A mistake for each of these columns that is not there."""
        lacking = [column for column in columns if column not in self.columns]
        return [Mistake("missing_column", Place(row=self.head), {"value": column}) for column in lacking]

    def is_too_long(self, row: Row) -> bool:
        """Whether a row has anything in it behind the last heading."""
        return any(cell.strip() for cell in row.cells[self.width :])
