"""The company's products: its own catalogue where it has imported one, else the example."""

from __future__ import annotations

from actions.playbook.products import Product
from actions.turn import Turn


def products_of(turn: Turn) -> tuple[Product, ...]:
    """The products that the speaker's team sells."""
    imported = turn.work.catalogue.of_team(turn.speaker.team_id)
    return tuple(Product.model_validate(entry) for entry in imported) or turn.playbook.products
