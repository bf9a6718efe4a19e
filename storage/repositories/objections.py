"""What customers object, how it went, and which answers have worked for the team."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, case, func, select, update

from storage.models import Objection, Opportunity
from storage.repositories.visibility import SeenBy, mine

# Built once: building a statement costs as much as running it.
_UNSETTLED = (
    select(Objection)
    .where(Objection.opportunity_id == bindparam("opportunity"), func.coalesce(Objection.outcome, "") != "settled")
    .order_by(Objection.id.desc())
    .limit(bindparam("limit"))
)
_ANSWERS = (
    select(
        Objection.kind,
        Objection.answer,
        func.count(),
        func.sum(case((Objection.outcome == "settled", 1), else_=0)),
    )
    .join(Opportunity, Opportunity.id == Objection.opportunity_id)
    .where(mine(Opportunity.owner_id, manages=True), Objection.answer.is_not(None))
    .group_by(Objection.kind, Objection.answer)
)
_ANSWERS_TO_KIND = _ANSWERS.where(Objection.kind == bindparam("kind"))


class AnswerCount(NamedTuple):
    """How often an answer was used on a kind of objection, and how often that settled it."""

    kind: str
    answer: str
    used: int
    worked: int


class Objections(SeenBy):
    """Objections of the customers that the speaker may see."""

    def get(self, objection_id: int) -> Objection | None:
        """The objection with this id."""
        query = select(Objection).join(Opportunity, Opportunity.id == Objection.opportunity_id)
        return self._session.scalar(query.where(Objection.id == objection_id, self._mine(Opportunity.owner_id)))

    def unsettled(self, opportunity_id: int, limit: int = 5) -> Sequence[Objection]:
        """The newest objections of an opportunity that are not known to be settled, the newest first."""
        return self._session.scalars(_UNSETTLED, {"opportunity": opportunity_id, "limit": limit}).all()

    def mark_asked(self, objections: Sequence[Objection], now: datetime) -> None:
        """Notes when the rep was asked how these went. That is no change of the record: undo leaves it alone."""
        ids = [objection.id for objection in objections]
        self._session.execute(update(Objection).where(Objection.id.in_(ids)).values(asked_at=now))

    def answers_of_team(self, kind: str | None = None) -> list[AnswerCount]:
        """How often each answer was used and worked, on one kind of objection or on all.

        The whole team's, for a rep too: it names no customer, and what worked for one helps all.
        """
        query = _ANSWERS if kind is None else _ANSWERS_TO_KIND
        return [AnswerCount(*row) for row in self._session.execute(query, {"team": self.speaker.team_id, "kind": kind})]
