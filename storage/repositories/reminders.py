"""Follow-ups by their time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from storage.models import Base, Conversation, Reminder

_REMINDERS = Base.metadata.tables["reminders"]
_WAITING = select(_REMINDERS.c.due_at).where(_REMINDERS.c.status == "waiting").order_by(_REMINDERS.c.due_at).limit(1)
# Built once: building a statement costs as much as running it.
_NEXT_DUE_FOR = _WAITING.where(_REMINDERS.c.opportunity_id == bindparam("opportunity"))
_NEXT_DUE_FOR_EACH = (
    select(_REMINDERS.c.opportunity_id, func.min(_REMINDERS.c.due_at))
    .where(
        _REMINDERS.c.status == "waiting", _REMINDERS.c.opportunity_id.in_(bindparam("opportunities", expanding=True))
    )
    .group_by(_REMINDERS.c.opportunity_id)
)
_NEXT_DUE_OF = _WAITING.where(_REMINDERS.c.member_id == bindparam("member"))


@cache
def _of_member(until: bool, of_opportunities: bool) -> Select[Reminder]:
    query = select(Reminder).where(Reminder.member_id == bindparam("member"), Reminder.status.in_(("waiting", "fired")))
    if until:
        query = query.where(Reminder.due_at <= bindparam("until"))
    if of_opportunities:
        query = query.where(Reminder.opportunity_id.in_(bindparam("opportunities", expanding=True)))
    return query.order_by(Reminder.due_at, Reminder.id).limit(bindparam("limit"))


class Reminders:
    """Follow-ups by their time."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def due(self, now: datetime, channel: str | None = None, limit: int = 100) -> list[Reminder]:
        """Reminders whose time has come, locked against other processes, earliest first."""
        query = select(Reminder).where(Reminder.status == "waiting", Reminder.due_at <= now)
        if channel is not None:
            query = query.join(Conversation, Conversation.id == Reminder.conversation_id)
            query = query.where(Conversation.channel == channel)
        query = query.order_by(Reminder.due_at, Reminder.id).limit(limit)
        return list(self._session.scalars(query.with_for_update(skip_locked=True, of=Reminder)))

    def claim(self, reminder_id: int, now: datetime) -> Reminder | None:
        """The reminder, locked, if it is still waiting and due; None where another process has it in hand."""
        query = select(Reminder).where(Reminder.id == reminder_id, Reminder.status == "waiting", Reminder.due_at <= now)
        return self._session.scalar(query.with_for_update(skip_locked=True))

    def next_due_at(self, channel: str) -> datetime | None:
        """When the next reminder of a channel falls due."""
        query = (
            select(Reminder.due_at)
            .join(Conversation, Conversation.id == Reminder.conversation_id)
            .where(Reminder.status == "waiting", Conversation.channel == channel)
        )
        return self._session.scalar(query.order_by(Reminder.due_at).limit(1))

    def next_due_of(self, member_id: int) -> datetime | None:
        """When the next reminder of a member falls due."""
        return self._session.connection().scalar(_NEXT_DUE_OF, {"member": member_id})

    def get(self, reminder_id: int) -> Reminder | None:
        """The reminder with this id."""
        return self._session.get(Reminder, reminder_id)

    def of_member(
        self,
        member_id: int,
        until: datetime | None = None,
        opportunity_ids: Sequence[int] | None = None,
        limit: int = 20,
    ) -> Sequence[Reminder]:
        """Reminders of a member that are not finished, earliest first."""
        query = _of_member(until is not None, opportunity_ids is not None)
        sought = {"member": member_id, "until": until, "opportunities": list(opportunity_ids or ()), "limit": limit}
        return self._session.scalars(query, sought).all()

    def next_due_for(self, opportunity_id: int) -> datetime | None:
        """When the next follow-up of an opportunity falls due."""
        return self._session.connection().scalar(_NEXT_DUE_FOR, {"opportunity": opportunity_id})

    def next_due_for_each(self, opportunity_ids: Sequence[int]) -> dict[int, datetime]:
        """The same for several opportunities; one without a follow-up is left out."""
        rows = self._session.connection().execute(_NEXT_DUE_FOR_EACH, {"opportunities": list(opportunity_ids)})
        return {opportunity_id: due for opportunity_id, due in rows}
