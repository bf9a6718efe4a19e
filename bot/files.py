"""Spreadsheets: a reply's table as an .xlsx file."""

from __future__ import annotations

from pathlib import Path

import xlsxwriter

from actions.turn import Table
from bot.replies import words


def write_table(table: Table, language: str, target: Path) -> Path:
    """Writes the rows under translated headings. Text stays text: what begins with `=` is no formula."""
    headings = words("export", language)
    target.parent.mkdir(parents=True, exist_ok=True)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(target), options) as book:
        sheet = book.add_worksheet(headings[table.name])
        bold = book.add_format({"bold": True})
        for column, name in enumerate(table.columns):
            sheet.write_string(0, column, headings[name], bold)
        for number, row in enumerate(table.rows, start=1):
            for column, value in enumerate(row):
                if value is not None:
                    sheet.write(number, column, value)
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    return target
