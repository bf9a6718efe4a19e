"""Who sees what: a rep what is theirs, a manager what is the team's."""

from __future__ import annotations

from sqlalchemy import BindParameter, ColumnElement, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from storage.models import Member

_ME: BindParameter[int] = bindparam("me")
_TEAM: BindParameter[int] = bindparam("team")


def mine(
    owner: InstrumentedAttribute[int] | ColumnElement[int],
    manages: bool,
    me: int | BindParameter[int] = _ME,
    team: int | BindParameter[int] = _TEAM,
) -> ColumnElement[bool]:
    """The condition on a column with the owner's id; for a statement that is built once, who asks comes later."""
    if manages:
        return owner.in_(select(Member.id).where(Member.team_id == team))
    return owner == me


class SeenBy:
    """A repository that shows rows as far as `speaker` may see them."""

    def __init__(self, session: Session, speaker: Member) -> None:
        self._session = session
        self.speaker = speaker

    def _mine(self, owner: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """The condition on a column with the owner's id."""
        return mine(owner, self._manages, self.speaker.id, self.speaker.team_id)

    @property
    def _manages(self) -> bool:
        return self.speaker.role == "manager"

    @property
    def _me(self) -> dict[str, int]:
        """What a statement with `mine` asks for."""
        return {"team": self.speaker.team_id} if self._manages else {"me": self.speaker.id}
