"""The products of a team, as it imported them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from storage.models import CatalogueProduct

_ENTRIES = (
    select(CatalogueProduct.entry)
    .where(CatalogueProduct.team_id == bindparam("team"))
    .order_by(CatalogueProduct.position)
)


class Catalogue:
    """A team's own products; a team that has imported none has an empty one."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._read: dict[int, Sequence[dict[str, Any]]] = {}

    def of_team(self, team_id: int) -> Sequence[dict[str, Any]]:
        """The entries as they were imported, in their order; read once, for a pitch asks for them several times."""
        if team_id not in self._read:
            self._read[team_id] = self._session.scalars(_ENTRIES, {"team": team_id}).all()
        return self._read[team_id]

    def read_anew(self) -> None:
        """Another hand than `put` has changed a catalogue: undo."""
        self._read.clear()

    def put(self, team_id: int, entries: Sequence[dict[str, Any]]) -> None:
        """Makes these, each with a `name`, the whole catalogue of the team."""
        self.read_anew()
        # One by one, so that undo can bring them back.
        for product in self._session.scalars(select(CatalogueProduct).where(CatalogueProduct.team_id == team_id)):
            self._session.delete(product)
        self._session.flush()
        self._session.add_all(
            CatalogueProduct(team_id=team_id, position=position, name=entry["name"], entry=entry)
            for position, entry in enumerate(entries)
        )
        self._session.flush()
