"""A company's own products from a file, and back: a CSV with a row for each benefit, or the form of products.yml.

Every mistake is found before anything is done with a file, and named with its place.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from actions.columns import Headings, Sheet
from actions.playbook import Playbook
from actions.playbook.products import NEGATIVE, PHASES, POSITIVE, Product
from actions.rules import names
from actions.sheets import (
    CELL_AT_MOST,
    Mistake,
    Path,
    Place,
    Row,
    Unreadable,
    guarded,
    head_of,
    heading_key,
    one_line,
    readable_text,
    tree_of,
)
from nlu.understanding import OBJECTIONS, ROLES, STYLES

NAME_AT_MOST = 120
PRODUCTS_AT_MOST, BENEFITS_AT_MOST, VALUES_AT_MOST = 500, 50, 30
"""Products of a catalogue, benefits of a product, values in one of a benefit's lists."""
MISTAKES_AT_MOST = 100

TEXTS = ("what", "feature", "advantage", "benefit", "evidence")
KEYS = {
    "serves": (*POSITIVE, *NEGATIVE),
    "roles": ROLES,
    "answers": OBJECTIONS,
    "styles": STYLES,
    "phases": PHASES,
}
COLUMNS = ("product", "aliases", *(f"{text}_{language}" for text in TEXTS for language in ("en", "zh")), *KEYS)
"""The headings of a CSV, in the order in which it is written."""
_LANGUAGES = ("en", "zh")
_SEPARATORS = re.compile(r"[,;|，；、]")
_TREE_NAMES = [re.compile(rf"^[ \t-]*{name}[ \t]*:", re.MULTILINE) for name in ("name", "benefits")]


@dataclass(frozen=True)
class Imported:
    """The products of a file, or, where there are `mistakes`, none at all."""

    products: tuple[Product, ...] = ()
    mistakes: tuple[Mistake, ...] = ()

    @property
    def benefits(self) -> int:
        """How many benefits they have together."""
        return sum(len(product.benefits) for product in self.products)


@dataclass(frozen=True)
class _Draft:
    """What a file says of products, as it says it, with the place of each part, and what was wrong up to here."""

    entries: list[Any]
    places: dict[Path, Place]
    mistakes: list[Mistake]


def looks_like_products(content: bytes, playbook: Playbook) -> bool:
    """Whether a file is meant as a catalogue, right or wrong: by its headings, or by the names in a YAML."""
    if _is_tree(head_of(content)):
        return True
    columns = _headings(playbook).in_head(content)
    return "product" in columns and any(
        f"{text}_{language}" in columns for text in TEXTS[1:] for language in _LANGUAGES
    )


def read_products(content: bytes, playbook: Playbook) -> Imported:
    """All products of a file, or all that is wrong with it (at most MISTAKES_AT_MOST)."""
    try:
        text = readable_text(content)
        draft = _of_tree(text) if _is_tree(text) else _of_table(text, playbook)
    except Unreadable as error:
        return Imported(mistakes=(error.mistake,))
    products, mistakes = _checked(draft, playbook)
    mistakes = [*draft.mistakes, *mistakes]
    if mistakes:
        by_place = sorted(mistakes, key=lambda each: (each.place.row or 0, each.place.line or 0))
        return Imported(mistakes=tuple(_told_once(by_place[:MISTAKES_AT_MOST])))
    return Imported(products)


def _told_once(mistakes: Sequence[Mistake]) -> Iterator[Mistake]:
    """What may be written in a column is listed with its first mistake only."""
    listed: set[str] = set()
    for each in mistakes:
        told = str(each.facts.get("known")) in listed
        facts = {name: value for name, value in each.facts.items() if not (told and name in ("known", "known_zh"))}
        listed.add(str(each.facts.get("known")))
        yield replace(each, facts=facts)


def write_products(products: Sequence[Product]) -> str:
    """The catalogue as a CSV that `read_products` reads, and that no spreadsheet takes for formulas."""
    out = io.StringIO(newline="")
    sheet = csv.writer(out, quoting=csv.QUOTE_ALL)
    sheet.writerow(COLUMNS)
    for product in products:
        for number, benefit in enumerate(product.benefits):
            said = {text: getattr(benefit, text) for text in TEXTS[1:]} | ({} if number else {"what": product.what})
            cells = {"product": product.name, "aliases": "" if number else _joined(product.aliases)}
            cells |= {
                f"{text}_{language}": getattr(said[text], language) or "" for text in said for language in _LANGUAGES
            }
            cells |= {name: _joined(getattr(benefit, name)) for name in KEYS}
            sheet.writerow([guarded(cells.get(column, "")) for column in COLUMNS])
    return out.getvalue()


def _joined(values: Sequence[str]) -> str:
    if any(_SEPARATORS.search(value) for value in values):
        return "".join(f"{value}\n" for value in values)
    return "; ".join(values)


def _apart(cell: str) -> list[str]:
    """The values in a cell: a line each, or with separators between them."""
    parts = cell.split("\n") if "\n" in cell else _SEPARATORS.split(cell)
    return [value for part in parts if (value := one_line(part))]


# --- a table: a row for each benefit


def _headings(playbook: Playbook) -> Headings:
    """The headings of every column. With no language named, the heading's own is meant."""
    said = playbook.imports
    words: dict[str, list[str]] = {column: [] for column in COLUMNS}
    for column, written in said.products.items():
        if column not in TEXTS:
            words[column] += written
            continue
        for word in written:
            words[f"{column}_{'en' if word.isascii() else 'zh'}"].append(word)
            for language, marks in said.languages.items():
                words[f"{column}_{language}"] += [f"{word} {mark}" for mark in marks]
    return Headings.of(words)


def _of_table(text: str, playbook: Playbook) -> _Draft:
    sheet = _headings(playbook).sheet(text)
    if mistakes := _wrong_headings(sheet):
        return _Draft([], {}, mistakes)
    if not sheet.rows:
        raise Unreadable("empty")
    draft = _Draft([], {}, [])
    numbers: dict[str, int] = {}
    name = ""
    for row in sheet.rows:
        cells = _cells(row, sheet, draft.mistakes)
        name = one_line(cells.get("product", "")) or name
        if not name:
            draft.mistakes.append(Mistake("missing", sheet.place(row, "product")))
            continue
        number = numbers.setdefault(names.key(name) or name, len(draft.entries))
        if number == len(draft.entries):
            draft.entries.append({"name": name, "aliases": [], "what": {}, "benefits": []})
            draft.places[number, "name"] = sheet.place(row, "product")
        _add_row(draft, number, row, cells, sheet)
    return draft


def _wrong_headings(sheet: Sheet) -> list[Mistake]:
    mistakes = list(sheet.twice)
    for heading in sheet.unknown:
        facts = {"value": heading, "nearest": names.nearest(heading.casefold(), COLUMNS, 1)}
        mistakes.append(Mistake("unknown_column", Place(row=sheet.head, column=heading), facts))
    texts = [text for text in TEXTS if not any(f"{text}_{language}" in sheet.columns for language in _LANGUAGES)]
    return mistakes + sheet.missing([*texts, "product", "serves"])


def _cells(row: Row, sheet: Sheet, mistakes: list[Mistake]) -> dict[str, str]:
    """The row's texts by column, without the empty ones."""
    cells: dict[str, str] = {}
    for column in sheet.columns:
        cell = sheet.cell(row, column)
        if len(cell) > CELL_AT_MOST:
            mistakes.append(Mistake("too_long", sheet.place(row, column), {"most": CELL_AT_MOST}))
        if cell.strip():
            cells[column] = cell[:CELL_AT_MOST]
    if sheet.is_too_long(row):
        mistakes.append(Mistake("too_many_cells", sheet.place(row)))
    return cells


def _add_row(draft: _Draft, number: int, row: Row, cells: dict[str, str], sheet: Sheet) -> None:
    """Puts what a row says of the product in its entry, and the row's benefit behind its others."""
    entry = draft.entries[number]
    path: Path = (number, "benefits", len(entry["benefits"]))

    def place(column: str) -> Place:
        columns = [f"{column}_{language}" for language in _LANGUAGES] if column in TEXTS else [column]
        return sheet.place(row, next((each for each in columns if each in sheet.columns), None))

    draft.places[path] = Place(row=row.number)
    benefit: dict[str, Any] = {}
    for text in TEXTS:
        columns = {language: f"{text}_{language}" for language in _LANGUAGES}
        benefit[text] = {language: one_line(cells[column]) for language, column in columns.items() if column in cells}
        draft.places[*path, text] = place(text)
    for column in KEYS:
        benefit[column] = _apart(cells.get(column, ""))
        draft.places[*path, column] = place(column)
    draft.places.setdefault((number, "what"), place("what"))
    draft.places.setdefault((number, "aliases"), place("aliases"))
    for language, words in benefit.pop("what").items():
        if entry["what"].setdefault(language, words) != words:
            draft.mistakes.append(Mistake("differs", place("what"), {"product": entry["name"][:NAME_AT_MOST]}))
    entry["aliases"] += [alias for alias in _apart(cells.get("aliases", "")) if alias not in entry["aliases"]]
    entry["benefits"].append(benefit)


# --- a tree: as in products.yml


def _is_tree(text: str) -> bool:
    return all(name.search(text) for name in _TREE_NAMES)


def _of_tree(text: str) -> _Draft:
    tree, places = tree_of(text)
    if not isinstance(tree, list):
        raise Unreadable("no_list", places.get((), Place()))
    mistakes: list[Mistake] = []
    entries = [_tidy(entry, (number,), places, mistakes) for number, entry in enumerate(tree)]
    return _Draft(entries, places, mistakes)


def _tidy(tree: Any, path: Path, places: dict[Path, Place], mistakes: list[Mistake]) -> Any:
    """The tree with its texts on one line each, and without what is left empty."""
    if isinstance(tree, dict):
        kept = {name: _tidy(each, (*path, name), places, mistakes) for name, each in tree.items()}
        return {name: each for name, each in kept.items() if each not in (None, "")}
    if isinstance(tree, list):
        return [_tidy(each, (*path, number), places, mistakes) for number, each in enumerate(tree)]
    if tree is not None and len(tree) > CELL_AT_MOST:
        mistakes.append(Mistake("too_long", places[path], {"most": CELL_AT_MOST}))
    return None if tree is None else one_line(tree[:CELL_AT_MOST])


# --- what both have to be


def _checked(draft: _Draft, playbook: Playbook) -> tuple[tuple[Product, ...], list[Mistake]]:
    products: list[Product] = []
    mistakes: list[Mistake] = []
    if len(draft.entries) > PRODUCTS_AT_MOST:
        return (), [Mistake("too_many_products", facts={"most": PRODUCTS_AT_MOST})]
    owners: dict[str, int] = {}
    in_chinese = _words_for_keys(playbook, "zh")
    for number, entry in enumerate(draft.entries):
        if len(mistakes) > MISTAKES_AT_MOST:
            break
        if too_long := list(_too_long(entry, number, draft.places)):
            mistakes += too_long
            continue
        try:
            product = Product.model_validate(_with_keys(entry, playbook))
        except ValidationError as error:
            mistakes += _mistakes(error, number, draft.places, in_chinese)
            continue
        products.append(product)
        for kind, name in (("name", product.name), *(("aliases", alias) for alias in product.aliases)):
            place = _nearest_place(draft.places, (number, kind))
            if len(name) > NAME_AT_MOST:
                mistakes.append(Mistake("too_long", place, {"most": NAME_AT_MOST}))
            if owners.setdefault(names.key(name), number) != number:
                mistakes.append(Mistake("namesake", place, {"value": name[:NAME_AT_MOST]}))
    if not draft.entries and not draft.mistakes:
        mistakes.append(Mistake("empty"))
    return tuple(products), mistakes


def _too_long(entry: Any, number: int, places: dict[Path, Place]) -> Iterator[Mistake]:
    """Lists that no catalogue needs: to name what is wrong in each of their values would take for ever."""
    benefits = entry.get("benefits") if isinstance(entry, dict) else None
    if not isinstance(benefits, list):
        return
    if len(benefits) > BENEFITS_AT_MOST:
        yield Mistake("too_many_benefits", _nearest_place(places, (number, "benefits")), {"most": BENEFITS_AT_MOST})
        return
    lists: list[tuple[Path, Any]] = [((number, "aliases"), entry.get("aliases"))]
    for at, benefit in enumerate(benefits):
        if isinstance(benefit, dict):
            lists += [((number, "benefits", at, name), benefit.get(name)) for name in KEYS]
    for path, values in lists:
        if isinstance(values, list) and len(values) > VALUES_AT_MOST:
            yield Mistake("too_many_values", _nearest_place(places, path), {"most": VALUES_AT_MOST})


def _with_keys(entry: Any, playbook: Playbook) -> Any:
    """The entry with what people write for a key (`finance manager`, 财务负责人) as that key."""
    if not isinstance(entry, dict) or not isinstance(entry.get("benefits"), list):
        return entry
    said = _said_for(playbook)

    def with_keys(benefit: Any) -> Any:
        if not isinstance(benefit, dict):
            return benefit
        lists = {name: benefit[name] for name in KEYS if isinstance(benefit.get(name), list)}
        return benefit | {
            name: [said[name].get(heading_key(each), each) if isinstance(each, str) else each for each in values]
            for name, values in lists.items()
        }

    return entry | {"benefits": [with_keys(benefit) for benefit in entry["benefits"]]}


def _said_for(playbook: Playbook) -> dict[str, dict[str, str]]:
    """For each list of keys: what may be written → the key."""
    said = {name: {heading_key(key): key for key in keys} for name, keys in KEYS.items()}
    for language in _LANGUAGES:
        for name, words in _words_for_keys(playbook, language).items():
            said[name] |= {heading_key(word): key for word, key in zip(words, KEYS[name], strict=True)}
    return said


def _words_for_keys(playbook: Playbook, language: str) -> dict[str, list[str]]:
    """What each key is called, in the order of KEYS."""
    entries: dict[str, dict[str, Any]] = {
        "serves": playbook.sides,
        "answers": playbook.objections,
        "roles": playbook.roles,
        "styles": playbook.styles,
        "phases": playbook.phases,
    }
    return {name: [named[key].name.in_(language) for key in KEYS[name]] for name, named in entries.items()}


def _mistakes(
    error: ValidationError, number: int, places: dict[Path, Place], in_chinese: dict[str, list[str]]
) -> Iterator[Mistake]:
    errors = error.errors()
    for each in errors:
        path: Path = (number, *each["loc"])
        # A list of which every part is wrong counts as empty, too.
        if each["type"] == "too_short" and any(
            other is not each and _is_in(other["loc"], each["loc"]) for other in errors
        ):
            continue
        yield _mistake(each["type"], str(each["input"])[:60], path, _nearest_place(places, path), in_chinese)


def _is_in(path: Path, other: Path) -> bool:
    return path[: len(other)] == other


def _mistake(kind: str, value: str, path: Path, place: Place, in_chinese: dict[str, list[str]]) -> Mistake:
    listed = next((str(part) for part in path if part in KEYS), None)
    if kind == "value_error" and listed:
        known = {"known": list(KEYS[listed]), "known_zh": in_chinese[listed]}
        return Mistake("unknown_value", place, {"value": value, **known})
    if kind == "extra_forbidden":
        return Mistake("unknown_name", place, {"value": str(path[-1])[:60]})
    if kind in ("missing", "value_error", "too_short", "string_too_short"):
        return Mistake("missing", place, {"value": str(path[-1])})
    return Mistake(
        "other_kind", place, {"value": next((str(part) for part in path[::-1] if isinstance(part, str)), "")}
    )


def _nearest_place(places: dict[Path, Place], path: Path) -> Place:
    """The place of this part, or of what it should be in."""
    while path and path not in places:
        path = path[:-1]
    return places.get(path, Place())
