"""What customers have agreed, bought, paid, owed and sent back: sums over a period, and a customer's latest rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, null, or_, select
from sqlalchemy.orm import aliased

from storage.models import Company, Opportunity, Person, Tracked, Transaction
from storage.repositories.visibility import SeenBy

KINDS = ("agreement", "purchase", "debt", "repayment", "return", "discount")
SOLD = ("purchase", "return", "discount")
"""What sales are made of: purchases, less what was sent back and let off."""
CUSTOMERS_AT_MOST = 100_000
"""How many customers one sum covers; those with the largest sales come first."""
ROWS_AT_MOST = 200
"""How many rows of one customer are read at once."""
ASKED_AT_ONCE = 500
"""How many references are looked for in one statement: databases limit the parameters."""


@dataclass(frozen=True)
class Bought:
    """What one customer has bought over a period, in one currency. The customer is a company, or a person without one.

    Money is in minor units. `product` is None unless each product was asked for. `sales_minor` is what was bought less
    what was sent back and let off. `profit_minor` and `spent_minor` are None where no row tells them; `known_minor` is
    what the purchases with a known profit come to, `costed_minor` what those do with a known spending.
    """

    company_id: int | None
    person_id: int | None
    name: str | None
    currency: str
    product: str | None
    purchases: int
    sales_minor: int
    bought_minor: int
    known_minor: int
    costed_minor: int
    profit_minor: int | None
    spent_minor: int | None
    first: date
    last: date


class Transactions(SeenBy):
    """The rows of those customers whose company, or person where there is none, the speaker may see."""

    def add(self, row: Transaction) -> None:
        """Puts a row on record."""
        self._session.add(row)
        self._session.flush()

    def add_all(self, rows: Iterable[Tracked]) -> None:
        """Puts many rows on record, customers or what they bought."""
        self._session.add_all(rows)
        self._session.flush()

    def bought(
        self,
        first: date | None = None,
        last: date | None = None,
        company_id: int | None = None,
        person_id: int | None = None,
        owner_id: int | None = None,
    ) -> list[Bought]:
        """What each visible customer bought from `first` to `last`, both included; the largest sales first.

        A customer with purchases in two currencies comes twice; one who bought nothing in this time does not come.
        With `owner_id` only customers of that member count.
        """
        whose = self._whose(company_id, person_id)
        if owner_id is not None:
            whose.append(func.coalesce(Company.owner_id, Person.owner_id) == owner_id)
        return self._sums([*whose, *_between(first, last)])

    def products_bought(
        self, company_id: int | None, person_id: int | None, first: date | None = None, last: date | None = None
    ) -> list[Bought]:
        """What one visible customer bought of each product, in lower case; purchases without one come together."""
        conditions = [*self._whose(company_id, person_id), *_between(first, last)]
        return self._sums(conditions, func.lower(Transaction.product))

    def bought_by_introduced(
        self, company_id: int | None, person_id: int | None, first: date | None = None, last: date | None = None
    ) -> list[Bought]:
        """What those visible customers bought whom somebody of this customer has introduced."""
        introducers, introduced = _people_of(company_id, person_id), aliased(Person)
        at = select(introduced.company_id).where(introduced.referrer_id.in_(introducers))
        companies = at.where(introduced.company_id.is_not(None), introduced.company_id != (company_id or 0))
        themselves = and_(Transaction.company_id.is_(None), Person.referrer_id.in_(introducers))
        through = or_(Transaction.company_id.in_(companies), themselves)
        return self._sums([*self._whose(None, None), through, *_between(first, last)])

    def introduced(self, company_id: int | None, person_id: int | None) -> int:
        """How many visible people somebody of this customer has introduced."""
        introduced = Person.referrer_id.in_(_people_of(company_id, person_id))
        query = select(func.count()).select_from(Person).where(introduced, self._mine(Person.owner_id))
        return self._session.scalar(query) or 0

    def expected_minor(self, company_id: int | None, person_id: int | None, currency: str) -> int:
        """What the visible open deals of a customer come to, in this currency."""
        query = select(func.sum(Opportunity.amount_minor)).where(
            self._mine(Opportunity.owner_id),
            Opportunity.closed_at.is_(None),
            Opportunity.currency == currency,
            Opportunity.company_id == company_id
            if company_id is not None
            else and_(Opportunity.company_id.is_(None), Opportunity.contact_id == person_id),
        )
        return int(self._session.scalar(query) or 0)

    def _sums(self, conditions: Iterable[ColumnElement[bool]], *by: ColumnElement[str]) -> list[Bought]:
        """A row for each customer and currency, and each product if that is given, with a purchase that meets these."""
        purchase, amount = Transaction.kind == "purchase", Transaction.amount_minor
        known = and_(purchase, Transaction.profit_minor.is_not(None))
        costed = and_(purchase, Transaction.spent_minor.is_not(None))
        sales = func.sum(case((purchase, amount), else_=-amount))
        purchases = func.sum(case((purchase, 1), else_=0))
        company, person = Transaction.company_id, case((Transaction.company_id.is_(None), Transaction.person_id))
        query = (
            # In the order of Bought's fields: there are thousands of rows.
            select(
                company,
                person,
                func.max(func.coalesce(Company.name, Person.name)),
                Transaction.currency,
                by[0] if by else null(),
                purchases,
                sales,
                func.sum(case((purchase, amount), else_=0)),
                func.sum(case((known, amount), else_=0)),
                func.sum(case((costed, amount), else_=0)),
                func.sum(Transaction.profit_minor),
                func.sum(Transaction.spent_minor),
                func.min(case((purchase, Transaction.happened_on))),
                func.max(case((purchase, Transaction.happened_on))),
            )
            .outerjoin(Company, Company.id == Transaction.company_id)
            .outerjoin(Person, Person.id == Transaction.person_id)
            .where(Transaction.kind.in_(SOLD), *conditions)
            .group_by(company, person, Transaction.currency, *by)
            .having(purchases > 0)
            .order_by(sales.desc(), company, person)
        )
        return [Bought(*map(_plain, row)) for row in self._session.execute(query.limit(CUSTOMERS_AT_MOST))]

    def latest(
        self,
        company_id: int | None = None,
        person_id: int | None = None,
        kinds: Sequence[str] = KINDS,
        limit: int = 10,
    ) -> Sequence[Transaction]:
        """The latest rows of a visible customer, newest first; at most ROWS_AT_MOST."""
        query = (
            select(Transaction)
            .outerjoin(Company, Company.id == Transaction.company_id)
            .outerjoin(Person, Person.id == Transaction.person_id)
            .where(*self._whose(company_id, person_id), Transaction.kind.in_(kinds))
        )
        newest_first = query.order_by(Transaction.happened_on.desc(), Transaction.id.desc())
        return self._session.scalars(newest_first.limit(min(limit, ROWS_AT_MOST))).all()

    def of_opportunity(self, opportunity_id: int) -> Transaction | None:
        """The purchase that was logged when this opportunity was won."""
        query = select(Transaction).where(Transaction.opportunity_id == opportunity_id, Transaction.kind == "purchase")
        return self._session.scalar(query.order_by(Transaction.id.desc()).limit(1))

    def references(self, asked: Sequence[str]) -> set[str]:
        """Those of these references that the team has on record, whosever customer it is: they are unique in a team."""
        found: set[str] = set()
        for start in range(0, len(asked), ASKED_AT_ONCE):
            query = select(Transaction.reference).where(
                Transaction.team_id == self.speaker.team_id,
                Transaction.reference.in_(asked[start : start + ASKED_AT_ONCE]),
            )
            found |= {reference for reference in self._session.scalars(query) if reference}
        return found

    def unreferenced(self, first: date, last: date) -> Sequence[Transaction]:
        """The visible rows from `first` to `last` that the company's books have given no number, in their order."""
        query = (
            select(Transaction)
            .outerjoin(Company, Company.id == Transaction.company_id)
            .outerjoin(Person, Person.id == Transaction.person_id)
            .where(*self._whose(None, None), *_between(first, last), Transaction.reference.is_(None))
        )
        return self._session.scalars(query.order_by(Transaction.id).limit(CUSTOMERS_AT_MOST)).all()

    def _whose(self, company_id: int | None, person_id: int | None) -> list[ColumnElement[bool]]:
        """The conditions on a row joined with its company and its person: visible, and of this customer if one is given."""
        of_person = and_(Transaction.company_id.is_(None), self._mine(Person.owner_id))
        conditions = [Transaction.team_id == self.speaker.team_id, or_(self._mine(Company.owner_id), of_person)]
        if company_id is not None:
            conditions.append(Transaction.company_id == company_id)
        if person_id is not None:
            conditions.append(and_(Transaction.company_id.is_(None), Transaction.person_id == person_id))
        return conditions


def _plain(value: Any) -> Any:
    """A value of a row; PostgreSQL gives sums as decimals."""
    return int(value) if isinstance(value, Decimal) else value


def _people_of(company_id: int | None, person_id: int | None) -> Select[int]:
    """The ids of those who belong to a customer."""
    person = aliased(Person)
    return select(person.id).where(
        person.company_id == company_id if company_id is not None else person.id == person_id
    )


def _between(first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    """The conditions on the day, both included."""
    conditions: list[ColumnElement[bool]] = []
    if first is not None:
        conditions.append(Transaction.happened_on >= first)
    if last is not None:
        conditions.append(Transaction.happened_on <= last)
    return conditions
