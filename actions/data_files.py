"""A company's own data in a file that was sent: recognised, shown with all its mistakes, and imported on a manager's yes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actions.catalogue import difference, own_products, replace_products
from actions.importing import looks_like_products, read_products
from actions.importing_transactions import Plan, looks_like_transactions, plan, put_on_record, read_transactions
from actions.registry import presses
from actions.sheets import SIZE_AT_MOST, Mistake
from actions.turn import Button, Reply, Turn
from storage.files import SentFile
from storage.models import Message

MISTAKES_SHOWN, MISTAKES_MORE = 5, 15
"""How many mistakes a phone shows at once, and behind [more]."""


def data_in(turn: Turn, file: SentFile) -> str | None:
    """Whether a file holds `products` or `transactions`, right or wrong; None for any other."""
    if not (file.media_type or "").startswith("text/") or (file.size or 0) > SIZE_AT_MOST:
        return None
    content = _content(turn, file)
    if content is None:
        return None
    return (
        (looks_like_products(content, turn.playbook) and "products")
        or (looks_like_transactions(content, turn.playbook) and "transactions")
        or None
    )


def offer_import(turn: Turn, message_id: int, file: SentFile, data: str) -> Reply:
    """What importing the file of this message would do, to be confirmed; or everything that is wrong with it."""
    offer = {"products": _offer_products, "transactions": _offer_transactions}[data]
    return offer(turn, message_id, file)


def file_of(turn: Turn, message: Message) -> SentFile | None:
    """The file that came with a message, if it was kept and is still there."""
    files = turn.work.files
    return files.kept(SentFile.from_json(message.payload["file"]), files.path_for(message.channel, message.external_id))


def _content(turn: Turn, file: SentFile) -> bytes | None:
    return turn.work.files.read(file.path) if file.path else None


def _confirming(press: str, message_id: int) -> tuple[Button, ...]:
    return (
        Button("import", press, {"message_id": message_id}, answer="affirm"),
        Button("dont_import", "leave_it", answer="deny"),
    )


def _wrong(file: SentFile, mistakes: Sequence[Mistake]) -> Reply:
    """The first mistakes, and more of them behind [more]."""
    listed = [mistake.to_json() for mistake in mistakes[: MISTAKES_SHOWN + MISTAKES_MORE]]
    facts: dict[str, Any] = {"name": file.name, "count": len(mistakes), "mistakes": listed[:MISTAKES_SHOWN]}
    if len(listed) <= MISTAKES_SHOWN:
        return Reply("files/mistakes", facts)
    longer = Reply("files/mistakes", {**facts, "mistakes": listed}).with_more("files/mistakes")
    return Reply("files/mistakes", facts, longer.buttons)


def _again(turn: Turn, arguments: dict[str, Any]) -> tuple[SentFile, bytes] | Reply:
    """The file whose import was confirmed, as it lies there, or why nothing is imported."""
    if turn.speaker.role != "manager":
        return Reply("files/managers_only")
    messages = turn.work.attachments(turn.speaker).sent_with(arguments["message_id"])
    file = file_of(turn, messages[0]) if messages else None
    content = _content(turn, file) if file else None
    return Reply("conversation/gone") if file is None or content is None else (file, content)


# --- products


def _offer_products(turn: Turn, message_id: int, file: SentFile) -> Reply:
    imported = read_products(_content(turn, file) or b"", turn.playbook)
    if imported.mistakes:
        return _wrong(file, imported.mistakes)
    before = own_products(turn.work, turn.speaker.team_id)
    facts = {
        "name": file.name,
        "products": len(imported.products),
        "benefits": imported.benefits,
        "example": not before,
        **difference(before, imported.products),
    }
    return Reply("files/products", facts, _confirming("import_products", message_id))


@presses("import_products")
def import_products(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Replaces the team's catalogue by the file that was shown."""
    found = _again(turn, arguments)
    if isinstance(found, Reply):
        return found
    file, content = found
    imported = read_products(content, turn.playbook)
    if imported.mistakes:
        return _wrong(file, imported.mistakes)
    replace_products(turn.work, turn.speaker.team_id, imported.products)
    return Reply("files/imported", {"products": len(imported.products), "first": imported.products[0].name})


# --- transactions


def _planned(turn: Turn, content: bytes) -> Plan:
    return plan(turn.work, turn.speaker, read_transactions(content, turn.playbook, turn.now.date(), turn.currency))


def _offer_transactions(turn: Turn, message_id: int, file: SentFile) -> Reply:
    planned = _planned(turn, _content(turn, file) or b"")
    if planned.mistakes:
        return _wrong(file, planned.mistakes)
    facts = {"name": file.name, **planned.facts()}
    if not planned.entries:
        return Reply("pyramid/imported", facts)
    return Reply("files/transactions", facts, _confirming("import_transactions", message_id))


@presses("import_transactions")
def import_transactions(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Puts on record what the file that was shown tells beyond what is there by now."""
    found = _again(turn, arguments)
    if isinstance(found, Reply):
        return found
    file, content = found
    planned = _planned(turn, content)
    if planned.mistakes:
        return _wrong(file, planned.mistakes)
    return Reply("pyramid/imported", put_on_record(turn.work, turn.speaker, planned, turn.now, turn.message.id))
