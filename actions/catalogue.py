"""The company's products: its own catalogue where it has imported one, else the example; and replacing it by a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actions.importing import Imported, read_products
from actions.playbook import Playbook
from actions.playbook.products import Product
from actions.registry import presses
from actions.rules import names
from actions.turn import Button, Reply, Turn
from storage.files import SentFile
from storage.unit_of_work import UnitOfWork

MISTAKES_SHOWN, MISTAKES_MORE = 5, 15
"""How many mistakes a phone shows at once, and behind [more]."""


def products_of(turn: Turn) -> tuple[Product, ...]:
    """The products that the speaker's team sells."""
    return own_products(turn.work, turn.speaker.team_id) or turn.playbook.products


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


def offer_import(turn: Turn, message_id: int, file: SentFile) -> Reply:
    """What importing this file would do, to be confirmed; or everything that is wrong with it."""
    imported = _read(turn.work, turn.playbook, file)
    if imported is None:
        return Reply("conversation/gone")
    if imported.mistakes:
        return _mistakes(file, imported)
    before = own_products(turn.work, turn.speaker.team_id)
    facts = {
        "name": file.name,
        "products": len(imported.products),
        "benefits": imported.benefits,
        "example": not before,
        **difference(before, imported.products),
    }
    buttons = (
        Button("import", "import_products", {"message_id": message_id}, answer="affirm"),
        Button("dont_import", "leave_it", answer="deny"),
    )
    return Reply("files/products", facts, buttons)


def _mistakes(file: SentFile, imported: Imported) -> Reply:
    mistakes = [mistake.to_json() for mistake in imported.mistakes[: MISTAKES_SHOWN + MISTAKES_MORE]]
    facts: dict[str, Any] = {"name": file.name, "count": len(imported.mistakes), "mistakes": mistakes[:MISTAKES_SHOWN]}
    reply = Reply("files/mistakes", facts)
    if len(mistakes) == len(facts["mistakes"]):
        return reply
    shorter = Reply("files/mistakes", {**facts, "mistakes": mistakes}).with_more("files/mistakes")
    return Reply("files/mistakes", facts, shorter.buttons)


@presses("import_products")
def import_products(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Replaces the team's catalogue by the file that was shown."""
    if turn.speaker.role != "manager":
        return Reply("files/managers_only")
    messages = turn.work.attachments(turn.speaker).sent_with(arguments["message_id"])
    files = turn.work.files
    file = None
    if messages:
        path = files.path_for(messages[0].channel, messages[0].external_id)
        file = files.kept(SentFile.from_json(messages[0].payload["file"]), path)
    imported = _read(turn.work, turn.playbook, file) if file else None
    if imported is None or imported.mistakes:
        return Reply("conversation/gone")
    replace_products(turn.work, turn.speaker.team_id, imported.products)
    return Reply("files/imported", {"products": len(imported.products), "first": imported.products[0].name})


def _read(work: UnitOfWork, playbook: Playbook, file: SentFile) -> Imported | None:
    content = work.files.read(file.path) if file.path else None
    return None if content is None else read_products(content, playbook)
