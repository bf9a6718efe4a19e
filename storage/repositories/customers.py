"""People, companies and opportunities. What a speaker may see is a filter here, so no handler can forget it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from typing import Any, Literal, TypeVar

from sqlalchemy import (
    JSON,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Executable,
    Select,
    String,
    Table,
    TextualSelect,
    and_,
    bindparam,
    case,
    cast,
    column,
    false,
    func,
    literal,
    null,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import Session

from storage.history import insert_rows
from storage.models import (
    RENAMED,
    Base,
    Company,
    Fact,
    Member,
    Message,
    Objection,
    Opportunity,
    Participant,
    Person,
    Tracked,
)
from storage.repositories.dialects import is_sqlite
from storage.repositories.visibility import SeenBy, mine

NAMES_AT_MOST = 5_000
"""How many names are read at once; the most recently created ones count."""
SEARCHED_AT_MOST = 20_000
"""Among how many rows, the latest ones, names are looked for that are like another one."""
ESCAPE = "/"
"""Stands before what would mean something else in LIKE."""
NEAR_AT_MOST = 500
"""How many names are read to suggest some that are spelt much like one that nobody has."""

Owned = TypeVar("Owned", Company, Person, Opportunity)


@dataclass(frozen=True)
class Known:
    """A name on record, as far as finding it again needs; `table` is `companies` or `persons`."""

    table: str
    id: int
    name: str
    key: str
    aliases: tuple[str, ...] = ()
    company: str | None = None


def _as_known(
    table: str, id_: int, name: str | None, key: str | None, aliases: Sequence[str] | None, company: str | None
) -> Known:
    return Known(table, id_, name or "", key or "", tuple(aliases or ()), company)


@dataclass(frozen=True)
class Period:
    """A span of days in somebody's zone: first and last day, and the instants between which they lie."""

    first: date
    last: date
    start: datetime
    end: datetime


@dataclass(frozen=True)
class StageTotal:
    """One row of the pipeline: a stage in one currency."""

    stage: str
    currency: str | None
    count: int
    amount_minor: int


@dataclass(frozen=True)
class Wanted:
    """What customers are searched for; None means that it does not matter."""

    money: bool | None = None
    authority: bool | None = None
    need: bool | None = None
    stage: str | None = None
    source: str | None = None
    product: str | None = None
    owner_id: int | None = None

    @property
    def sought(self) -> dict[str, Any]:
        """What matters, column by column; words are patterns."""
        values = {name: value for name, value in vars(self).items() if value is not None}
        return values | {name: f"%{_escaped(values[name].lower())}%" for name in _WORDS if name in values}


@cache
def _known_as(manager: bool, is_sqlite: bool) -> TextualSelect:
    """Hundreds of keys go in as one parameter: as many parameters take longer to prepare than the search does."""
    owners = "SELECT id FROM members WHERE team_id = :team" if manager else ":me"
    keys = "SELECT value FROM json_each(:keys)" if is_sqlite else "SELECT json_array_elements_text(CAST(:keys AS json))"
    theirs = f"owner_id IN ({owners}) AND name_key IN ({keys})"
    query = text(
        f"SELECT 'companies', id, name, name_key, CAST(NULL AS JSON), NULL FROM companies WHERE {theirs} "  # noqa: S608
        "UNION ALL SELECT 'persons', id, name, name_key, also_known_as, "
        f"(SELECT name FROM companies WHERE id = persons.company_id) FROM persons WHERE {theirs}"
    )
    return query.columns(
        column("table"), column("id"), column("name"), column("key"), column("also", JSON), column("company")
    )


# What each message asks is built once: building a statement costs as much as running it.


_COMPANIES, _PERSONS = Base.metadata.tables["companies"], Base.metadata.tables["persons"]


@cache
def _names(table: Table, manages: bool, key: Literal["same", "alike"] | None = None) -> Select[Any]:
    """Names, newest first: all of them, those with the very `key`, or those with a key like it.

    Like it are keys that contain it, or begin alike and are about as long, and people who had another name. That is
    all that a name, a part of one, a title or a misspelling can mean, and few enough to be compared one by one. They
    are looked for among the latest rows, which bounds the cost; a key itself is found by its index, however old its
    row.
    """
    this = table.c
    more: tuple[ColumnElement[Any], ColumnElement[Any]] = (cast(null(), JSON), cast(null(), String))
    if table is _PERSONS:
        more = (this.also_known_as, _COMPANIES.c.name)
    aliases, company = more
    kind = literal(table.name).label("table")
    # Two columns without a name of their own would be taken for one where this is part of another statement.
    query = select(kind, this.id, this.name, this.name_key, aliases.label("also"), company.label("company"))
    query = query.where(this.name.is_not(None))
    if table is _PERSONS:
        query = query.outerjoin_from(_PERSONS, _COMPANIES, _COMPANIES.c.id == this.company_id)
    theirs = mine(this.owner_id, manages)
    if key == "alike":
        sought = partial("{}_{}".format, table.name)
        about_as_long = func.length(this.name_key).between(bindparam(sought("shortest")), bindparam(sought("longest")))
        like = or_(
            this.name_key.like(bindparam(sought("contained")), escape=ESCAPE),
            and_(this.name_key.like(bindparam(sought("beginning")), escape=ESCAPE), about_as_long),
        )
        latest = select(func.max(this.id) - SEARCHED_AT_MOST).scalar_subquery()
        # Each half is answered by an index alone; an OR between them would read every row.
        found = select(this.id).where(theirs, this.id > latest)
        halves = [found.where(like), *([found.where(text(RENAMED))] if table is _PERSONS else [])]
        query = query.where(this.id.in_(union_all(*halves)))
    else:
        query = query.where(theirs, *([this.name_key == bindparam("key")] if key == "same" else []))
    return query.order_by(this.id.desc()).limit(NAMES_AT_MOST)


@cache
def _alike(tables: tuple[Table, ...], manages: bool) -> CompoundSelect[Any]:
    return union_all(*(select(_names(table, manages, "alike").subquery()) for table in tables))


def _like(table: Table, key: str) -> dict[str, str | int]:
    """What a statement with the names that are like `key` asks for."""
    sought: dict[str, str | int] = {
        "contained": f"%{_escaped(key)}%",
        "beginning": f"{_escaped(key[0])}%",
        "shortest": len(key) - 2,
        "longest": len(key) + 2,
    }
    return {f"{table.name}_{name}": value for name, value in sought.items()}


def _escaped(text: str) -> str:
    """A text to be looked for by LIKE, letter by letter."""
    return re.sub(f"[{ESCAPE}%_]", lambda found: ESCAPE + found[0], text)


@cache
def _near(manages: bool, words: int) -> CompoundSelect[Any]:
    """Names that begin alike or contain one of so many words, a bounded number of each kind."""
    like: list[BindParameter[str]] = [bindparam("begins"), *(bindparam(f"word_{number}") for number in range(words))]

    def near(table: Table) -> Select[Any]:
        alike = or_(*(table.c.name_key.like(each, escape=ESCAPE) for each in like))
        query = select(table.c.name).where(mine(table.c.owner_id, manages), alike)
        return select(query.order_by(table.c.id.desc()).limit(NEAR_AT_MOST).subquery())

    return union_all(near(_COMPANIES), near(_PERSONS))


_WORDS = ("source", "product")
"""Columns that are searched for words that they contain, in upper or lower case."""


@cache
def _search(manages: bool, columns: frozenset[str]) -> tuple[Select[int], Select[Opportunity]]:
    """How many opportunities there are with what is sought in these columns, and a page of them, the most recently
    touched first. Closed ones count only when a stage is asked for."""
    conditions = [mine(Opportunity.owner_id, manages)]
    for name in sorted(columns):
        column = getattr(Opportunity, name)
        sought: BindParameter[Any] = bindparam(name)
        conditions.append(func.lower(column).like(sought, escape=ESCAPE) if name in _WORDS else column == sought)
    if "stage" not in columns:
        conditions.append(Opportunity.closed_at.is_(None))
    page = select(Opportunity).where(*conditions).order_by(Opportunity.touched_at.desc(), Opportunity.id.desc())
    count = select(func.count()).select_from(Opportunity).where(*conditions)
    return count, page.limit(bindparam("limit")).offset(bindparam("offset"))


_WORDS_ON_NEED = (
    select(Message.text)
    .join(Fact, Fact.message_id == Message.id)
    .where(Fact.opportunity_id == bindparam("opportunity"), Fact.field == "need", Fact.value == "yes")
    .order_by(Fact.id.desc())
    .limit(bindparam("limit"))
)


@cache
def _people_at(manages: bool) -> Select[Person]:
    here = Person.company_id == bindparam("company")
    return select(Person).where(here, mine(Person.owner_id, manages)).order_by(Person.id).limit(100)


@cache
def _latest(manages: bool, of_person: bool, of_company: bool, open_only: bool) -> Select[Opportunity]:
    query = select(Opportunity).where(mine(Opportunity.owner_id, manages))
    if of_person:
        # Two lookups by index: with OR between them, databases read all that the speaker owns.
        person: BindParameter[int] = bindparam("person")
        as_contact = select(Opportunity.id).where(Opportunity.contact_id == person)
        taking_part = select(Participant.opportunity_id).where(Participant.person_id == person)
        query = query.where(Opportunity.id.in_(as_contact.union(taking_part)))
    if of_company:
        query = query.where(Opportunity.company_id == bindparam("company"))
    if open_only:
        query = query.where(Opportunity.closed_at.is_(None))
    is_closed = case((Opportunity.closed_at.is_not(None), 1), else_=0)
    return query.order_by(is_closed, Opportunity.touched_at.desc(), Opportunity.id.desc()).limit(1)


class Customers(SeenBy):
    """People, companies and opportunities, as far as one speaker may see them."""

    def __init__(self, session: Session, speaker: Member) -> None:
        super().__init__(session, speaker)
        # What names were found for each key, until something new is put on record.
        self._same: dict[tuple[Table, str], list[Known]] = {}
        self._alike: dict[tuple[Table, str], list[Known]] = {}
        # The session forgets what nobody holds, and would read it again.
        self._read: list[object] = []

    def companies_known(self, key: str | None = None) -> list[Known]:
        """Names of the visible companies, newest first; with a `key` only those that may be meant by it."""
        return self._known(_COMPANIES, key)

    def persons_known(self, key: str | None = None) -> list[Known]:
        """Names of the visible people, newest first; with a `key` only those that may be meant by it."""
        return self._known(_PERSONS, key)

    def look_up(self, company: str, person: str) -> None:
        """Finds the companies with a key like the one and the people with a key like the other in one statement, for
        whoever asks next; not where some have the very key."""
        sought = {_COMPANIES: company, _PERSONS: person}
        if company and person and not any(self._same.get(each) for each in sought.items()):
            self._look_for(sought)

    def _known(self, table: Table, key: str | None) -> list[Known]:
        """All names; with a `key` those that have it or, where there are none, those that may be meant by it."""
        if not key:
            return self._named(_names(table, self._manages))
        this = (table, key)
        if this not in self._same:
            self._same[this] = self._named(_names(table, self._manages, "same"), key=key)
        if this not in self._alike and not self._same[this]:
            self._look_for({table: key})
        return self._same[this] or self._alike[this]

    def _look_for(self, keys: Mapping[Table, str]) -> None:
        sought = {name: value for table, key in keys.items() for name, value in _like(table, key).items()}
        found = sorted(self._named(_alike(tuple(keys), self._manages), **sought), key=lambda each: -each.id)
        for table, key in keys.items():
            self._alike[table, key] = [each for each in found if each.table == table.name]

    def _named(self, names: Executable, **sought: str | int) -> list[Known]:
        rows = self._session.connection().execute(names, {**self._me, **sought})
        return [_as_known(*row) for row in rows]

    def names_near(self, key: str) -> list[str]:
        """Names of visible companies and people that begin like `key` or contain a word of it, some of the latest."""
        begins, words = f"{_escaped(key[:1])}%", [f"%{_escaped(word)}%" for word in key.split() if len(word) > 1]
        sought = {f"word_{number}": word for number, word in enumerate(words)}
        rows = self._session.connection().execute(
            _near(self._manages, len(words)), {**self._me, "begins": begins, **sought}
        )
        return [name for (name,) in rows if name]

    def known_as(self, keys: Sequence[str]) -> tuple[list[Known], list[Known]]:
        """Visible companies and visible people with one of these keys, newest first; they are not looked for again."""
        if not keys:
            return [], []
        values = {"me": self.speaker.id, "team": self.speaker.team_id, "keys": json.dumps(keys, ensure_ascii=False)}
        query = _known_as(self._manages, is_sqlite(self._session))
        rows = sorted(self._session.execute(query, values), key=lambda row: -row.id)
        found = [_as_known(*row) for row in rows]
        companies = [each for each in found if each.table == _COMPANIES.name]
        persons = [each for each in found if each.table == _PERSONS.name]
        for table, known in ((_COMPANIES, companies), (_PERSONS, persons)):
            self._same |= {(table, key): [] for key in keys}
            for each in known:
                self._same[table, each.key].append(each)
        return companies, persons

    def company(self, company_id: int) -> Company | None:
        """A visible company."""
        return self._visible(self._session.get(Company, company_id))

    def person(self, person_id: int) -> Person | None:
        """A visible person."""
        return self._visible(self._session.get(Person, person_id))

    def opportunity(self, opportunity_id: int | None) -> Opportunity | None:
        """A visible opportunity."""
        return None if opportunity_id is None else self._visible(self._session.get(Opportunity, opportunity_id))

    def _visible(self, row: Owned | None) -> Owned | None:
        """The row, if the speaker may see it: `_mine` for one that is read by its id."""
        self._read.append(row)
        if row is None or row.owner_id == self.speaker.id:
            return row
        managed = self.speaker.role == "manager"
        owner = self._session.get_one(Member, row.owner_id) if managed else None
        return row if owner is not None and owner.team_id == self.speaker.team_id else None

    def persons_at(self, company_id: int) -> Sequence[Person]:
        """Visible people of a company."""
        return self._session.scalars(_people_at(self._manages), {**self._me, "company": company_id}).all()

    def opportunity_of(
        self, person_id: int | None = None, company_id: int | None = None, open_only: bool = True
    ) -> Opportunity | None:
        """The latest opportunity of a person (as contact or participant) or of a company; open ones come first."""
        query = _latest(self._manages, person_id is not None, company_id is not None, open_only)
        return self._session.scalar(query, {**self._me, "person": person_id, "company": company_id})

    def last_touched(self) -> Opportunity | None:
        """The opportunity of which something was said last."""
        query = select(Opportunity).where(self._mine(Opportunity.owner_id))
        return self._session.scalar(query.order_by(Opportunity.touched_at.desc(), Opportunity.id.desc()).limit(1))

    # --- writing

    def add(self, row: Tracked, flush: bool = True) -> None:
        """Puts a new row on record. Without `flush` it has no id before the next flush."""
        self._same.clear()
        self._alike.clear()
        self._session.add(row)
        if flush:
            self._session.flush()

    def add_said(self, model: type[Fact | Objection], *rows: dict[str, Any]) -> None:
        """Puts what was said of customers on record, who are written already."""
        if rows:
            insert_rows(self._session, model, rows)

    def flush(self) -> None:
        """Writes what was changed so far, so that it is recorded in this order."""
        self._session.flush()

    def take_part(self, opportunity: Opportunity, person: Person) -> None:
        """Puts `person` among those who take part in the purchase."""
        query = select(Participant).where(
            Participant.opportunity_id == opportunity.id, Participant.person_id == person.id
        )
        if self._session.scalar(query) is None:
            self.add(Participant(opportunity_id=opportunity.id, person_id=person.id))
            self._session.expire(opportunity, ["people"])

    # --- reading

    def facts(self, opportunity_id: int, limit: int = 20) -> Sequence[Fact]:
        """What was said of an opportunity, newest first."""
        query = select(Fact).where(Fact.opportunity_id == opportunity_id)
        return self._session.scalars(query.order_by(Fact.id.desc()).limit(limit)).all()

    def words_on_need(self, opportunity_id: int, limit: int = 5) -> Sequence[str]:
        """The messages that said that there is a need, newest first: they tell of what."""
        return self._session.scalars(_WORDS_ON_NEED, {"opportunity": opportunity_id, "limit": limit}).all()

    def objections(self, opportunity_id: int, limit: int = 5) -> Sequence[Objection]:
        """Objections raised on an opportunity, newest first."""
        query = select(Objection).where(Objection.opportunity_id == opportunity_id)
        return self._session.scalars(query.order_by(Objection.id.desc()).limit(limit)).all()

    def search(self, wanted: Wanted, limit: int, offset: int = 0) -> tuple[Sequence[Opportunity], int]:
        """Opportunities that meet all conditions, the most recently touched first, and how many there are."""
        sought = {**self._me, **wanted.sought}
        count, page = _search(self._manages, frozenset(wanted.sought))
        rows = self._session.scalars(page, {**sought, "limit": limit, "offset": offset}).all()
        if not offset and len(rows) < limit:
            return rows, len(rows)
        return rows, self._session.scalar(count, sought) or 0

    def pipeline(self, period: Period | None, today: date, owner_id: int | None) -> list[StageTotal]:
        """Count and amount by stage and currency.

        With a period: closed deals are those closed in it, open ones those expected to
        close by its end (late ones too) or with no date yet; of a period that is over, no open ones.
        """
        query = select(
            Opportunity.stage,
            Opportunity.currency,
            func.count(),
            func.coalesce(func.sum(Opportunity.amount_minor), 0),
        ).where(self._mine(Opportunity.owner_id))
        if owner_id is not None:
            query = query.where(Opportunity.owner_id == owner_id)
        if period is not None:
            closed = and_(Opportunity.closed_at >= period.start, Opportunity.closed_at < period.end)
            expected = or_(Opportunity.expected_close.is_(None), Opportunity.expected_close <= period.last)
            still_open = and_(Opportunity.closed_at.is_(None), expected) if period.last >= today else false()
            query = query.where(or_(closed, still_open))
        rows = self._session.execute(query.group_by(Opportunity.stage, Opportunity.currency))
        return [StageTotal(stage, currency, count, int(amount or 0)) for stage, currency, count, amount in rows]

    def average_open(self, currency: str) -> float | None:
        """The average amount (minor units) of the open deals in a currency; None where there is none."""
        amounts = (Opportunity.currency == currency, Opportunity.amount_minor.is_not(None))
        query = select(func.avg(Opportunity.amount_minor)).where(
            self._mine(Opportunity.owner_id), Opportunity.closed_at.is_(None), *amounts
        )
        average = self._session.scalar(query)
        return None if average is None else float(average)

    def hand_over(self, opportunity: Opportunity, to: Member) -> None:
        """Makes `to` the owner of an opportunity, its company and its people."""
        opportunity.owner_id = to.id
        if opportunity.company is not None:
            opportunity.company.owner_id = to.id
        for person in {*opportunity.people, *([opportunity.contact] if opportunity.contact else [])}:
            person.owner_id = to.id
        self._session.flush()
