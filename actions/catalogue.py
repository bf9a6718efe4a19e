"""The company's products: its own catalogue where it has imported one, else the example; and replacing it by a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from actions.playbook.products import Product
from actions.rules import names
from actions.turn import Turn
from storage.unit_of_work import UnitOfWork


def products_of(turn: Turn) -> tuple[Product, ...]:
    """The products that the speaker's team sells."""
    return own_products(turn.work, turn.speaker.team_id) or turn.playbook.products


def names_of(catalogue: Sequence[Product]) -> list[tuple[str, Product]]:
    """Every name of every product, the longest first."""
    named: Iterator[tuple[str, Product]] = (
        (name, product) for product in catalogue for name in (product.name, *product.aliases)
    )
    return sorted(named, key=lambda pair: -len(pair[0]))


def without_products(catalogue: Sequence[Product], text: str) -> str:
    """The text without the products' names: "ServicePlus" is no wish for service."""
    for name, _ in names_of(catalogue):
        text = re.sub(re.escape(name), " ", text, flags=re.IGNORECASE)
    return text


def own_products(work: UnitOfWork, team_id: int) -> tuple[Product, ...]:
    """What a team has imported; empty while it goes by the example."""
    return tuple(Product.model_validate(entry) for entry in work.catalogue.of_team(team_id))


def replace_products(work: UnitOfWork, team_id: int, products: Sequence[Product]) -> None:
    """Makes these the whole catalogue of a team."""
    work.catalogue.put(team_id, [product.model_dump(mode="json", exclude_none=True) for product in products])


def difference(before: Sequence[Product], after: Sequence[Product]) -> dict[str, list[str]]:
    """The names of the products that are `new`, `changed` and `gone`."""
    old = {names.key(product.name): product for product in before}
    new = {names.key(product.name): product for product in after}
    return {
        "new": [product.name for key, product in new.items() if key not in old],
        "changed": [product.name for key, product in new.items() if key in old and product != old[key]],
        "gone": [product.name for key, product in old.items() if key not in new],
    }
