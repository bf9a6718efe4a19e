"""Files that were sent for a customer."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import Attachment, Message, Opportunity
from storage.repositories.visibility import SeenBy

APART_AT_MOST = 500
"""How many messages of the whole inbox can lie between two of an album: they come within a second."""
ASKED_AT_ONCE = 500
"""How many paths are looked for in one statement: databases limit the parameters."""


class Attachments(SeenBy):
    """The files of customers, as far as one speaker may see them."""

    def of(self, opportunity_id: int, limit: int = 20) -> Sequence[Attachment]:
        """The files of a customer, newest first."""
        query = select(Attachment).join(Opportunity, Opportunity.id == Attachment.opportunity_id)
        query = query.where(Attachment.opportunity_id == opportunity_id, self._mine(Opportunity.owner_id))
        return self._session.scalars(query.order_by(Attachment.id.desc()).limit(limit)).all()

    def from_messages(self, message_ids: Sequence[int]) -> Sequence[Attachment]:
        """The visible files that came with these messages."""
        query = select(Attachment).join(Opportunity, Opportunity.id == Attachment.opportunity_id)
        query = query.where(Attachment.message_id.in_(message_ids), self._mine(Opportunity.owner_id))
        return self._session.scalars(query.order_by(Attachment.id)).all()

    def sent_with(self, message_id: int) -> list[Message]:
        """A message of the speaker's that brought a file, and the others of its album; none where it is forgotten."""
        said = self._session.get(Message, message_id)
        if said is None or said.member_id != self.speaker.id or not said.payload.get("file"):
            return []
        album = _album(said)
        if album is None:
            return [said]
        near = Message.id.between(message_id - APART_AT_MOST, message_id + APART_AT_MOST)
        query = select(Message).where(Message.conversation_id == said.conversation_id, near)
        return [each for each in self._session.scalars(query.order_by(Message.id)) if _album(each) == album]


class KeptFiles:
    """The files that lie with anybody's customer: those that may neither be deleted nor be given to another."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def among(self, paths: Sequence[str]) -> set[str]:
        """Those of these paths at which one lies."""
        found: set[str] = set()
        for start in range(0, len(paths), ASKED_AT_ONCE):
            query = select(Attachment.path).where(Attachment.path.in_(paths[start : start + ASKED_AT_ONCE]))
            found |= set(self._session.scalars(query))
        return found


def _album(message: Message) -> str | None:
    found: str | None = (message.payload.get("file") or {}).get("album")
    return found
