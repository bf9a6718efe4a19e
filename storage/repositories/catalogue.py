"""The products of a team, as it imported them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.models import CatalogueProduct


class Catalogue:
    """A team's own products; a team that has imported none has an empty one."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def of_team(self, team_id: int) -> Sequence[dict[str, Any]]:
        """The entries as they were imported, in their order."""
        query = select(CatalogueProduct.entry).where(CatalogueProduct.team_id == team_id)
        return self._session.scalars(query.order_by(CatalogueProduct.position)).all()

    def put(self, team_id: int, entries: Sequence[dict[str, Any]]) -> None:
        """Makes these, each with a `name`, the whole catalogue of the team."""
        # One by one, so that undo can bring them back.
        for product in self._session.scalars(select(CatalogueProduct).where(CatalogueProduct.team_id == team_id)):
            self._session.delete(product)
        self._session.flush()
        self._session.add_all(
            CatalogueProduct(team_id=team_id, position=position, name=entry["name"], entry=entry)
            for position, entry in enumerate(entries)
        )
        self._session.flush()
