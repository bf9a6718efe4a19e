"""Who sees what: a rep what is theirs, a manager what is the team's."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.models import Member


class SeenBy:
    """A repository that shows rows as far as `speaker` may see them."""

    def __init__(self, session: Session, speaker: Member) -> None:
        self._session = session
        self.speaker = speaker

    def _mine(self, owner: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """The condition on a column with the owner's id."""
        if self.speaker.role == "manager":
            return owner.in_(select(Member.id).where(Member.team_id == self.speaker.team_id))
        return owner == self.speaker.id
