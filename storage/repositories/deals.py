"""What closed deals tell: why they were won or lost, which sources win, and what a customer's deals say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select

from storage.models import Objection, Opportunity, Person, Transaction
from storage.repositories.customers import Period
from storage.repositories.visibility import SeenBy

SOURCES_AT_MOST = 500
"""Among how many spellings of sources, the most frequent ones, the results are looked for."""
DEALS_AT_MOST = 200
"""How many of one customer's deals are read, the latest ones."""


@dataclass(frozen=True)
class ReasonTotal:
    """Closed deals of one reason (None: not said) in one currency."""

    reason: str | None
    currency: str | None
    count: int
    amount_minor: int


@dataclass(frozen=True)
class SourceTotal:
    """Decided deals of one source in one stage, `won` or `lost`, and one currency."""

    source: str
    stage: str
    currency: str | None
    count: int
    amount_minor: int


class Deals(SeenBy):
    """Deals as far as one speaker may see them."""

    def reasons(self, stage: str, period: Period | None, owner_id: int | None) -> list[ReasonTotal]:
        """Count and amount of the deals in `stage` (won or lost), closed in the period, by reason and currency."""
        query = select(
            Opportunity.closed_for,
            Opportunity.currency,
            func.count(),
            func.coalesce(func.sum(Opportunity.amount_minor), 0),
        ).where(self._mine(Opportunity.owner_id), Opportunity.stage == stage)
        if owner_id is not None:
            query = query.where(Opportunity.owner_id == owner_id)
        if period is not None:
            query = query.where(Opportunity.closed_at >= period.start, Opportunity.closed_at < period.end)
        rows = self._session.execute(query.group_by(Opportunity.closed_for, Opportunity.currency))
        return [ReasonTotal(reason, currency, count, int(amount or 0)) for reason, currency, count, amount in rows]

    def by_source(self) -> list[SourceTotal]:
        """Count and amount of decided deals by source as it was said, stage and currency."""
        source = func.lower(Opportunity.source)
        query = (
            select(
                source,
                Opportunity.stage,
                Opportunity.currency,
                func.count(),
                func.coalesce(func.sum(Opportunity.amount_minor), 0),
            )
            .where(
                self._mine(Opportunity.owner_id), Opportunity.closed_at.is_not(None), Opportunity.source.is_not(None)
            )
            .group_by(source, Opportunity.stage, Opportunity.currency)
            .order_by(func.count().desc(), source)
        )
        rows = self._session.execute(query.limit(SOURCES_AT_MOST))
        return [
            SourceTotal(source, stage, currency, count, int(amount)) for source, stage, currency, count, amount in rows
        ]

    def of_customer(self, opportunity: Opportunity) -> Sequence[Opportunity]:
        """The visible deals with the customer of this one, itself among them, the latest first."""
        query = select(Opportunity).where(self._mine(Opportunity.owner_id), _same_customer(opportunity))
        latest_first = query.order_by(Opportunity.touched_at.desc(), Opportunity.id.desc())
        return self._session.scalars(latest_first.limit(DEALS_AT_MOST)).all()

    def logged(self, deals: Sequence[Opportunity]) -> set[int]:
        """The ids of those deals that are on record as a purchase."""
        ids = [deal.id for deal in deals]
        query = select(Transaction.opportunity_id).where(
            Transaction.opportunity_id.in_(ids), Transaction.kind == "purchase"
        )
        return {found for found in self._session.scalars(query) if found is not None}

    def open_objections(self, deals: Sequence[Opportunity], since: datetime) -> list[str]:
        """The kinds of the objections on these deals since then that are not settled, the latest first."""
        query = select(Objection.kind).where(
            Objection.opportunity_id.in_([deal.id for deal in deals]),
            Objection.said_at >= since,
            or_(Objection.outcome.is_(None), Objection.outcome != "settled"),
        )
        return list(self._session.scalars(query.order_by(Objection.id.desc()).limit(DEALS_AT_MOST)))

    def last_reached(self, opportunity: Opportunity) -> datetime | None:
        """When anybody at the customer was last met, called or written to."""
        theirs: ColumnElement[bool] = Person.id == opportunity.contact_id
        if opportunity.company_id is not None:
            theirs = Person.company_id == opportunity.company_id
        return self._session.scalar(select(func.max(Person.reached_at)).where(self._mine(Person.owner_id), theirs))

    def take_back_purchase(self, opportunity: Opportunity) -> None:
        """Deletes the purchase that was logged when this deal was won: it is open again."""
        query = select(Transaction).where(Transaction.opportunity_id == opportunity.id, Transaction.kind == "purchase")
        for purchase in self._session.scalars(query.limit(DEALS_AT_MOST)):
            self._session.delete(purchase)
        self._session.flush()


def _same_customer(opportunity: Opportunity) -> ColumnElement[bool]:
    """The condition on deals with the same company, or the same person where there is none."""
    if opportunity.company_id is not None:
        return Opportunity.company_id == opportunity.company_id
    if opportunity.contact_id is not None:
        return and_(Opportunity.company_id.is_(None), Opportunity.contact_id == opportunity.contact_id)
    return Opportunity.id == opportunity.id
