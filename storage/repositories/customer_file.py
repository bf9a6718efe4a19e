"""What a customer's card and file are made of: words on record, sums of the books, files that were sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, bindparam, func, select

from storage.models import Attachment, Fact, Member, Opportunity, Outgoing, Transaction
from storage.repositories.visibility import SeenBy

REPLIES_AT_MOST = 300
"""How many of a conversation's last replies are searched for a question."""

# Built once: building a statement costs as much as running it.
_SAID_OF = (
    select(Fact.person_id, Fact.value)
    .where(Fact.person_id.in_(bindparam("persons", expanding=True)), Fact.field == bindparam("field"))
    .order_by(Fact.id.desc())
    .limit(bindparam("limit"))
)


@dataclass(frozen=True)
class KindSum:
    """What the rows of one kind and currency come to, in minor units, and when the latest was."""

    kind: str
    currency: str
    count: int
    amount_minor: int
    last: date


class CustomerFile(SeenBy):
    """The file of a customer whom the speaker may see: callers have got the customer through `Customers`."""

    def sums(self, company_id: int | None, person_id: int | None) -> list[KindSum]:
        """The books' sums by kind and currency, the largest first: of the company, or of a person without one."""
        if (whose := self._whose(company_id, person_id)) is None:
            return []
        amount = func.sum(Transaction.amount_minor)
        query = (
            select(Transaction.kind, Transaction.currency, func.count(), amount, func.max(Transaction.happened_on))
            .where(whose)
            .group_by(Transaction.kind, Transaction.currency)
            .order_by(amount.desc(), Transaction.currency)
        )
        return [
            KindSum(kind, currency, count, int(total), last)
            for kind, currency, count, total, last in self._session.execute(query)
        ]

    def rows(self, company_id: int | None, person_id: int | None, limit: int) -> Sequence[Transaction]:
        """The latest rows of the books, newest first."""
        if (whose := self._whose(company_id, person_id)) is None:
            return []
        query = select(Transaction).where(whose).order_by(Transaction.happened_on.desc(), Transaction.id.desc())
        return self._session.scalars(query.limit(limit)).all()

    def _whose(self, company_id: int | None, person_id: int | None) -> ColumnElement[bool] | None:
        team = Transaction.team_id == self.speaker.team_id
        if company_id is not None:
            return and_(team, Transaction.company_id == company_id)
        if person_id is not None:
            return and_(team, Transaction.company_id.is_(None), Transaction.person_id == person_id)
        return None

    def attachments(self, opportunity_id: int, limit: int) -> tuple[Sequence[Attachment], int]:
        """The latest files that were sent for an opportunity, and how many there are."""
        here = Attachment.opportunity_id == opportunity_id
        query = select(Attachment).where(here).order_by(Attachment.id.desc())
        count = self._session.scalar(select(func.count()).select_from(Attachment).where(here)) or 0
        return self._session.scalars(query.limit(limit)).all(), count

    def won(self, company_id: int | None, person_id: int | None, limit: int) -> Sequence[Opportunity]:
        """The customer's orders: deals that were won, the latest first."""
        whose = Opportunity.company_id == company_id if company_id is not None else Opportunity.contact_id == person_id
        query = select(Opportunity).where(whose, Opportunity.stage == "won", self._mine(Opportunity.owner_id))
        return self._session.scalars(query.order_by(Opportunity.closed_at.desc()).limit(limit)).all()

    # --- what was said, and by whom

    def latest_facts(self, opportunity_id: int, fields: Sequence[str]) -> dict[str, Fact]:
        """For each of these fields the last that was said of an opportunity."""
        newest = select(func.max(Fact.id)).where(Fact.opportunity_id == opportunity_id, Fact.field.in_(fields))
        query = select(Fact).where(Fact.id.in_(newest.group_by(Fact.field).scalar_subquery()))
        return {fact.field: fact for fact in self._session.scalars(query)}

    def said_of(self, person_ids: Sequence[int], field: str, limit: int = 200) -> dict[int, list[str]]:
        """Every value of a field (`role`, `personal_need`) that was said of these people, the latest first."""
        sought = {"persons": list(person_ids), "field": field, "limit": limit}
        found: dict[int, list[str]] = {}
        for person_id, value in self._session.execute(_SAID_OF, sought):
            if person_id is not None:
                found.setdefault(person_id, []).append(value)
        return found

    def last_contact(self, opportunity_id: int) -> datetime | None:
        """When something was said of an opportunity last."""
        query = select(func.max(Fact.said_at)).where(Fact.opportunity_id == opportunity_id)
        return self._session.scalar(query)

    def names_of_members(self, ids: Sequence[int]) -> dict[int, str]:
        """What the members with these ids are called."""
        query = select(Member.id, Member.name).where(Member.id.in_(ids), Member.team_id == self.speaker.team_id)
        return {id_: name for id_, name in self._session.execute(query)}

    def asked_since(self, conversation_id: int, opportunity_id: int, since: datetime) -> bool:
        """Whether one of the conversation's last replies after `since` asked for information on this opportunity."""
        latest = (
            select(Outgoing.payload, Outgoing.created_at)
            .where(Outgoing.conversation_id == conversation_id)
            .order_by(Outgoing.id.desc())
            .limit(REPLIES_AT_MOST)
            .subquery()
        )
        asked = latest.c.payload[("facts", "piece", "opportunity_id")].as_integer() == opportunity_id
        return self._session.scalar(select(1).where(latest.c.created_at > since, asked).limit(1)) is not None
