"""Who sees what: a rep what is theirs, a manager what is the team's."""

from __future__ import annotations

from sqlalchemy import ColumnElement, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.models import Member


def mine(owner: InstrumentedAttribute[int], manages: bool) -> ColumnElement[bool]:
    """The condition on a column with the owner's id, for statements that are built once: `me` and `team` come later."""
    if manages:
        return owner.in_(select(Member.id).where(Member.team_id == bindparam("team")))
    return owner == bindparam("me")


class SeenBy:
    """A repository that shows rows as far as `speaker` may see them."""

    def __init__(self, session: Session, speaker: Member) -> None:
        self._session = session
        self.speaker = speaker

    def _mine(self, owner: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """The condition on a column with the owner's id."""
        if self._manages:
            return owner.in_(select(Member.id).where(Member.team_id == self.speaker.team_id))
        return owner == self.speaker.id

    @property
    def _manages(self) -> bool:
        return self.speaker.role == "manager"

    @property
    def _me(self) -> dict[str, int]:
        """What a statement with `mine` asks for."""
        return {"team": self.speaker.team_id} if self._manages else {"me": self.speaker.id}
