"""What customers bought, from the company's books: a CSV becomes checked rows, or all of its mistakes; then records.

Nothing is put on record unless the whole file is right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from actions.columns import Headings, Sheet
from actions.playbook import Playbook
from actions.recording import money
from actions.rules import names
from actions.sheets import Mistake, Place, Row, Unreadable, heading_key, one_line, readable_text
from nlu.values.cells import is_ambiguous, is_month_first, read_amount, read_currency, read_day
from storage.models import Company, Member, Person, Transaction
from storage.repositories import Known
from storage.repositories.transactions import KINDS
from storage.unit_of_work import UnitOfWork

NAME_AT_MOST = 200
"""Characters of a name, a product or a reference."""
MISTAKES_AT_MOST = 200
"""Mistakes that are looked for in one file."""
NAMED = 5
"""New customers named in a reply."""
EARLIEST = date(1990, 1, 1)
SAME_DEAL = timedelta(days=31)
"""A purchase from the books is the one of a deal that was won so many days before or after, at the same amount."""

NEEDED = ("date", "amount")
"""Columns that must be there, beside a customer or a person."""
MAY_BE_AHEAD = ("agreement", "debt")
"""Kinds whose day may be to come."""


@dataclass(frozen=True)
class Entry:
    """One checked row of a file; `row` is its number there, money is in minor units."""

    row: int
    customer: str | None
    person: str | None
    day: date
    kind: str
    amount: int
    currency: str
    profit: int | None = None
    spent: int | None = None
    product: str | None = None
    reference: str | None = None

    @property
    def who(self) -> str:
        """Whose row it is."""
        return self.customer or self.person or ""


@dataclass(frozen=True)
class Books:
    """The rows of a file, or, where there are `mistakes`, none at all."""

    entries: tuple[Entry, ...] = ()
    mistakes: tuple[Mistake, ...] = ()


def looks_like_transactions(content: bytes, playbook: Playbook) -> bool:
    """Whether a file is meant as purchases, right or wrong: by its headings."""
    columns = _headings(playbook).in_head(content)
    return {"amount"} <= columns and bool(columns & {"customer", "person"}) and bool(columns & {"date", "reference"})


def read_transactions(content: bytes, playbook: Playbook, today: date, currency: str) -> Books:
    """All rows of a CSV, or all that is wrong with it (at most MISTAKES_AT_MOST).

    `today` tells what lies ahead, `currency` (ISO 4217) is that of amounts with none named. Headings that say nothing
    of a purchase are passed over.
    """
    try:
        sheet = _headings(playbook).sheet(readable_text(content))
        needed = ("customer", *NEEDED) if "person" not in sheet.columns else NEEDED
        if wrong := (*sheet.twice, *sheet.missing(needed)):
            return Books(mistakes=wrong)
        if not sheet.rows:
            raise Unreadable("empty")
    except Unreadable as error:
        return Books(mistakes=(error.mistake,))
    reader = _Reader(sheet, _kinds(playbook), today, currency)
    entries = [entry for row in sheet.rows if (entry := reader.entry(row))]
    mistakes = sorted([*reader.mistakes, *_repeated(entries, sheet)], key=lambda each: each.place.row or 0)
    return Books(mistakes=tuple(mistakes[:MISTAKES_AT_MOST])) if mistakes else Books(tuple(entries))


def _headings(playbook: Playbook) -> Headings:
    return Headings.of(playbook.imports.transactions)


def _kinds(playbook: Playbook) -> dict[str, str]:
    """What may be written for a kind → the kind."""
    return {heading_key(word): kind for kind, said in playbook.imports.kinds.items() for word in said}


# --- rows


@dataclass
class _Reader:
    """Reads rows by their columns and keeps every mistake."""

    sheet: Sheet
    kinds: dict[str, str]
    today: date
    currency: str
    mistakes: list[Mistake] = field(default_factory=list)

    def __post_init__(self) -> None:
        # 03/04/2026 means one thing in the whole file: another row may tell which.
        self._month_first = is_month_first(self._cell(row, "date") for row in self.sheet.rows)

    def entry(self, row: Row) -> Entry | None:
        """The row, or None where something in it is wrong."""
        before = len(self.mistakes)
        customer, person = self._text(row, "customer"), self._text(row, "person")
        if not (customer or person):
            self._wrong(row, "customer" if "customer" in self.sheet.columns else "person", "missing_name")
        kind = self._kind(row)
        day = self._day(row, kind)
        amount, currency = self._amount(row)
        profit, spent = self._other(row, "profit", currency), self._other(row, "spent", currency)
        if spent is not None and spent < 0:
            self._wrong(row, "spent", "below_zero")
        product, reference = self._text(row, "product"), self._text(row, "reference")
        if self.sheet.is_too_long(row):
            self._wrong(row, None, "too_many_cells")
        if len(self.mistakes) > before:
            return None
        assert day is not None
        return Entry(row.number, customer, person, day, kind, amount, currency, profit, spent, product, reference)

    def _cell(self, row: Row, column: str) -> str:
        return self.sheet.cell(row, column).strip()

    def _wrong(self, row: Row, column: str | None, what: str, **facts: Any) -> None:
        self.mistakes.append(Mistake(what, self.sheet.place(row, column), facts))

    def _text(self, row: Row, column: str) -> str | None:
        """A text on one line; a name without a letter or a figure is none."""
        text = one_line(self._cell(row, column))
        if len(text) > NAME_AT_MOST:
            self._wrong(row, column, "too_long", most=NAME_AT_MOST)
        elif text and column in ("customer", "person") and not names.key(text):
            self._wrong(row, column, "no_name", value=text)
        return text or None

    def _kind(self, row: Row) -> str:
        written = self._cell(row, "kind")
        kind = self.kinds.get(heading_key(written)) if written else "purchase"
        if kind is None:
            self._wrong(row, "kind", "unknown_value", value=written[:NAME_AT_MOST], known=list(KINDS))
        return kind or "purchase"

    def _day(self, row: Row, kind: str) -> date | None:
        written = self._cell(row, "date")
        day = read_day(written, self._month_first)
        if not written:
            self._wrong(row, "date", "empty_cell")
        elif is_ambiguous(written, self._month_first):
            self._wrong(row, "date", "two_days", value=written)
        elif day is None or day < EARLIEST:
            self._wrong(row, "date", "no_day", value=written[:NAME_AT_MOST])
        elif day > self.today and kind not in MAY_BE_AHEAD:
            self._wrong(row, "date", "ahead", value=written)
        return day

    def _amount(self, row: Row) -> tuple[int, str]:
        """The amount above zero with its currency: the cell's own, the column's, or else the usual one."""
        named = self._cell(row, "currency")
        column = read_currency(named, self.currency) if named else None
        if named and column is None:
            self._wrong(row, "currency", "no_currency", value=named[:NAME_AT_MOST])
        written = self._cell(row, "amount")
        read = read_amount(written, column or self.currency)
        if not written:
            self._wrong(row, "amount", "empty_cell")
        elif read is None:
            self._wrong(row, "amount", "no_amount", value=written[:NAME_AT_MOST])
        elif read[0] <= 0:
            self._wrong(row, "amount", "not_above_zero", value=written)
        elif column and read[1] not in (None, column):
            self._wrong(row, "amount", "two_currencies", value=written, other=column)
        amount, own = read or (0, None)
        return amount, own or column or self.currency

    def _other(self, row: Row, column: str, currency: str) -> int | None:
        """What was earned or spent, in the currency of the amount; None where the cell is empty."""
        written = self._cell(row, column)
        if not written:
            return None
        read = read_amount(written, currency)
        if read is None:
            self._wrong(row, column, "no_amount", value=written[:NAME_AT_MOST])
            return None
        if read[1] not in (None, currency):
            self._wrong(row, column, "two_currencies", value=written, other=currency)
        return read[0]


def _repeated(entries: Iterable[Entry], sheet: Sheet) -> list[Mistake]:
    """References that stand in two rows: only one of them could be told from what is on record already."""
    first: dict[str, int] = {}
    mistakes = []
    for each in entries:
        if each.reference and first.setdefault(each.reference, each.row) != each.row:
            facts = {"value": each.reference, "other": first[each.reference]}
            mistakes.append(Mistake("same_reference", Place(each.row, column=sheet.columns["reference"][0]), facts))
    return mistakes


# --- against what is on record


@dataclass(frozen=True)
class Plan:
    """What importing would do, with nothing done yet; where there are `mistakes`, nothing can be.

    `customers` is whose each new entry is: a row on record, or None for somebody new. `completes` are purchases of won
    deals on record that the books tell more of, `known` counts rows that are on record already.
    """

    entries: tuple[Entry, ...] = ()
    customers: dict[Entry, Company | Person | None] = field(default_factory=dict)
    completes: dict[Entry, Transaction] = field(default_factory=dict)
    known: int = 0
    mistakes: tuple[Mistake, ...] = ()

    def facts(self) -> dict[str, Any]:
        """What a preview or a report tells: counts, new customers by name, and what was bought in each currency."""
        made = sorted({names.key(each.who): each.who for each in self.entries if self.customers[each] is None}.values())
        whose = {customer for each in self.entries if (customer := self.customers[each])}
        sums: dict[str, int] = {}
        for each in self.entries:
            if each.kind == "purchase" and each not in self.completes:
                sums[each.currency] = sums.get(each.currency, 0) + each.amount
        days = [each.day for each in self.entries]
        return {
            "rows": len(self.entries) - len(self.completes),
            "completed": len(self.completes),
            "known": self.known,
            "customers": len(whose) + len(made),
            "new": len(made),
            "named": made[:NAMED],
            "sums": [money(minor, currency) for currency, minor in sorted(sums.items())],
            "first": min(days).isoformat() if days else None,
            "last": max(days).isoformat() if days else None,
        }


def plan(work: UnitOfWork, speaker: Member, books: Books) -> Plan:
    """Whose each row is, and which rows are on record already; changes nothing.

    A customer is the one of this name whom the speaker may see, the speaker's own first. A row is on record when its reference is, or, without
    one, when a row without a reference says the same. A won deal of the same amount within SAME_DEAL is the same purchase.
    """
    if books.mistakes:
        return Plan(mistakes=books.mistakes)
    transactions = work.transactions(speaker)
    on_record = transactions.references([each.reference for each in books.entries if each.reference])
    new = [each for each in books.entries if each.reference not in on_record]
    owners, mistakes = _owners(work, speaker, new)
    if mistakes or not new:
        return Plan(mistakes=tuple(mistakes), known=len(books.entries) - len(new))
    days = [each.day for each in new]
    loose = transactions.unreferenced(min(days) - SAME_DEAL, max(days) + SAME_DEAL)
    same, deals = Counter(_mark(row) for row in loose), [row for row in loose if row.opportunity_id]
    kept: list[Entry] = []
    completes: dict[Entry, Transaction] = {}
    for each in new:
        mark = _marked(each, owners[each])
        if each.reference is None and same[mark] > 0:
            same[mark] -= 1
            continue
        if deal := next((row for row in deals if _is_deal(row, mark, each.day)), None):
            deals.remove(deal)
            completes[each] = deal
        kept.append(each)
    return Plan(tuple(kept), owners, completes, len(books.entries) - len(kept))


Mark = tuple[int | None, int | None, str, date, int, str, str | None]


def _mark(row: Transaction) -> Mark:
    product = row.product.casefold() if row.product else None
    return row.company_id, row.person_id, row.kind, row.happened_on, row.amount_minor, row.currency, product


def _marked(entry: Entry, owner: Company | Person | None) -> Mark:
    company_id = owner.id if isinstance(owner, Company) else None
    person_id = owner.id if isinstance(owner, Person) else None
    product = entry.product.casefold() if entry.product else None
    return company_id, person_id, entry.kind, entry.day, entry.amount, entry.currency, product


def _is_deal(row: Transaction, mark: Mark, day: date) -> bool:
    """Whether a won deal's purchase is the one that the books tell of: the product may be called otherwise there."""
    company_id, person_id, kind, _, amount, currency, _ = mark
    whose = (company_id or person_id) and (row.company_id, row.person_id) == (company_id, person_id)
    what = (row.kind, row.amount_minor, row.currency) == (kind, amount, currency)
    return bool(whose and what and abs(row.happened_on - day) <= SAME_DEAL)


def _owners(
    work: UnitOfWork, speaker: Member, entries: Sequence[Entry]
) -> tuple[dict[Entry, Company | Person | None], list[Mistake]]:
    """Whose each entry is among the visible customers; None for a new one. A name that several have is a mistake."""
    asked = {each: (names.key(each.who), each.customer is not None) for each in entries}
    found = customers_called(work, speaker, asked.values())
    owners: dict[Entry, Company | Person | None] = {}
    mistakes = []
    for each in entries:
        customers = found[asked[each]]
        if len(customers) > 1:
            mistakes.append(Mistake("several", Place(each.row), {"value": each.who, "others": len(customers)}))
        owners[each] = next(iter(customers), None)
    return owners, mistakes


def customers_called(
    work: UnitOfWork, speaker: Member, asked: Iterable[tuple[str, bool]]
) -> dict[tuple[str, bool], Sequence[Company | Person]]:
    """The visible customers of each name (its key, and whether it can be a company's); the speaker's own win."""
    wanted = list(dict.fromkeys(asked))
    known = work.customers(speaker).known_as(sorted({key for key, _ in wanted}))
    return {each: _customers(work, speaker, known, *each) for each in wanted}


def _customers(
    work: UnitOfWork, speaker: Member, known: tuple[list[Known], list[Known]], key: str, is_company: bool
) -> Sequence[Company | Person]:
    """The customers of this name: companies first; whoever belongs to a company stands for it. The speaker's own win."""
    companies, people = ([each.id for each in kind if each.key == key] for kind in known)
    customers = work.customers(speaker)
    rows: list[Company | Person | None] = [customers.company(id_) for id_ in companies] if is_company else []
    if not rows:
        persons = [customers.person(id_) for id_ in people]
        rows = [person.company or person if person else None for person in persons]
    found = [row for row in dict.fromkeys(rows) if row is not None]
    return [row for row in found if row.owner_id == speaker.id] or found


def put_on_record(
    work: UnitOfWork, speaker: Member, planned: Plan, now: datetime, message_id: int | None = None
) -> dict[str, Any]:
    """Does what was planned; new customers belong to the speaker. Returns the facts of `pyramid/imported`.

    `message_id` is the message whose doing it is, for undo.
    """
    assert not planned.mistakes, "a file with mistakes is not imported"
    facts = planned.facts()
    owners = _made(work, speaker, planned, now)
    _make_contacts(work, speaker, planned, owners, now)
    added = []
    for each in planned.entries:
        if deal := planned.completes.get(each):
            deal.happened_on, deal.reference = each.day, each.reference
            deal.profit_minor, deal.spent_minor = each.profit, each.spent
            deal.product = deal.product or each.product
            continue
        owner = owners[each]
        added.append(
            Transaction(
                team_id=speaker.team_id,
                company_id=owner.id if isinstance(owner, Company) else None,
                person_id=owner.id if isinstance(owner, Person) else None,
                message_id=message_id,
                kind=each.kind,
                happened_on=each.day,
                amount_minor=each.amount,
                currency=each.currency,
                profit_minor=each.profit,
                spent_minor=each.spent,
                product=each.product,
                reference=each.reference,
                created_at=now,
            )
        )
    work.transactions(speaker).add_all(added)
    return facts


def _made(work: UnitOfWork, speaker: Member, planned: Plan, now: datetime) -> dict[Entry, Company | Person]:
    """Whose each entry is, with those put on record who are new."""
    made: dict[tuple[str, bool], Company | Person] = {}
    owners: dict[Entry, Company | Person] = {}
    for each in planned.entries:
        owner = planned.customers[each]
        asked = names.key(each.who), each.customer is not None
        if owner is None and asked not in made:
            row = {"owner_id": speaker.id, "name": each.who, "name_key": asked[0], "created_at": now}
            made[asked] = Company(**row) if each.customer else Person(**row, also_known_as=[])
        owners[each] = owner or made[asked]
    work.transactions(speaker).add_all(made.values())
    return owners


def _make_contacts(
    work: UnitOfWork, speaker: Member, planned: Plan, owners: dict[Entry, Company | Person], now: datetime
) -> None:
    """Puts people on record who are named beside a company that has nobody of that name yet."""
    wanted: dict[tuple[int, str], str] = {}
    for each in planned.entries:
        if each.person and isinstance(owners[each], Company):
            wanted.setdefault((owners[each].id, names.key(each.person)), each.person)
    customers = work.customers(speaker)
    _, known = customers.known_as(sorted({key for _, key in wanted}))
    there = {(person.company_id, each.key) for each in known if (person := customers.person(each.id))}
    work.transactions(speaker).add_all(
        Person(
            owner_id=speaker.id,
            company_id=company_id,
            name=name,
            name_key=key,
            also_known_as=[],
            created_at=now,
        )
        for (company_id, key), name in wanted.items()
        if (company_id, key) not in there
    )
