"""A company's own data in a file that was sent: recognised, shown with all its mistakes, and imported on a yes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actions.asking import Ask
from actions.catalogue import difference, own_products, replace_products
from actions.crediting import overview, put_figures, rate
from actions.importing import Imported, looks_like_products, read_products
from actions.importing_credit import Indicators, customers_of, looks_like_credit, read_credit
from actions.importing_transactions import Plan, looks_like_transactions, plan, put_on_record, read_transactions
from actions.registry import presses
from actions.rules.credit import quarter_before, quarter_of
from actions.scoring import name_of
from actions.sheets import SIZE_AT_MOST, Mistake
from actions.turn import Button, Reply, Turn
from nlu.understanding import Money
from storage.files import SentFile
from storage.models import Company, Message, Person

MISTAKES_SHOWN, MISTAKES_MORE = 5, 15
"""How many mistakes a phone shows at once, and behind [more]."""
CUSTOMERS_SHOWN = 6
"""Customers with credit indicators that a phone shows."""
LOOKS_LIKE = {
    "products": looks_like_products,
    "transactions": looks_like_transactions,
    "credit": looks_like_credit,
}
"""What a file can hold, in the order of trial: lists of purchases may have a figure of a balance sheet in them."""
MANAGERS_ONLY = ("products", "transactions")
"""What concerns the whole team; a rep tells the credit of their customers in the chat as well."""


def data_in(turn: Turn, file: SentFile) -> str | None:
    """Whether a file holds `products`, `transactions` or `credit`, right or wrong; None for any other."""
    if not (file.media_type or "").startswith("text/") or (file.size or 0) > SIZE_AT_MOST:
        return None
    content = _content(turn, file)
    return next((data for data, looks in LOOKS_LIKE.items() if looks(content, turn.playbook)), None)


def may_import(turn: Turn, data: str) -> bool:
    """Whether the speaker may import this."""
    return turn.speaker.role == "manager" or data not in MANAGERS_ONLY


def offer_import(turn: Turn, message_id: int, file: SentFile, data: str) -> Reply:
    """What importing the file of this message would do, to be confirmed. Raises Ask with everything that is wrong."""
    offer = {"products": _offer_products, "transactions": _offer_transactions, "credit": _offer_credit}[data]
    return offer(turn, message_id, file)


def file_of(turn: Turn, message: Message) -> SentFile | None:
    """The file that came with a message, if it was kept and is still there."""
    files = turn.work.files
    return files.kept(SentFile.from_json(message.payload["file"]), files.path_for(message.channel, message.external_id))


def _content(turn: Turn, file: SentFile) -> bytes:
    """What is in a file; nothing where it is gone."""
    return (turn.work.files.read(file.path) if file.path else None) or b""


def _confirming(press: str, message_id: int) -> tuple[Button, ...]:
    return (
        Button("import", press, {"message_id": message_id}, answer="affirm"),
        Button("dont_import", "leave_it", answer="deny"),
    )


def _unless_wrong(file: SentFile, mistakes: Sequence[Mistake]) -> None:
    """Raises Ask with the first mistakes, and more of them behind [more]; does nothing where there are none."""
    if not mistakes:
        return
    listed = [mistake.to_json() for mistake in mistakes[: MISTAKES_SHOWN + MISTAKES_MORE]]
    facts: dict[str, Any] = {"name": file.name, "count": len(mistakes), "mistakes": listed[:MISTAKES_SHOWN]}
    if len(listed) <= MISTAKES_SHOWN:
        raise Ask(Reply("files/mistakes", facts))
    longer = Reply("files/mistakes", {**facts, "mistakes": listed}).with_more("files/mistakes")
    raise Ask(Reply("files/mistakes", facts, longer.buttons))


def _again(turn: Turn, arguments: dict[str, Any], data: str) -> SentFile:
    """The file whose import was confirmed, as it lies there. Raises Ask where nothing is imported."""
    if not may_import(turn, data):
        raise Ask(Reply("files/managers_only"))
    messages = turn.work.attachments(turn.speaker).sent_with(arguments["message_id"])
    file = file_of(turn, messages[0]) if messages else None
    if file is None:
        raise Ask(Reply("conversation/gone"))
    return file


# --- products


def _offer_products(turn: Turn, message_id: int, file: SentFile) -> Reply:
    imported = _products(turn, file)
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
    imported = _products(turn, _again(turn, arguments, "products"))
    replace_products(turn.work, turn.speaker.team_id, imported.products)
    return Reply("files/imported", {"products": len(imported.products), "first": imported.products[0].name})


def _products(turn: Turn, file: SentFile) -> Imported:
    imported = read_products(_content(turn, file), turn.playbook)
    _unless_wrong(file, imported.mistakes)
    return imported


# --- transactions


def _offer_transactions(turn: Turn, message_id: int, file: SentFile) -> Reply:
    planned = _planned(turn, file)
    facts = {"name": file.name, **planned.facts()}
    if not planned.entries:
        return Reply("pyramid/imported", facts)
    return Reply("files/transactions", facts, _confirming("import_transactions", message_id))


@presses("import_transactions")
def import_transactions(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Puts on record what the file that was shown tells beyond what is there by now."""
    planned = _planned(turn, _again(turn, arguments, "transactions"))
    return Reply("pyramid/imported", put_on_record(turn.work, turn.speaker, planned, turn.now, turn.message.id))


def _planned(turn: Turn, file: SentFile) -> Plan:
    books = read_transactions(_content(turn, file), turn.playbook, turn.now.date(), turn.currency)
    planned = plan(turn.work, turn.speaker, books)
    _unless_wrong(file, planned.mistakes)
    return planned


# --- credit


def _offer_credit(turn: Turn, message_id: int, file: SentFile) -> Reply:
    told = _indicators(turn, file)
    customers = [
        {
            "who": name_of(customer),
            "figures": sum(isinstance(value, Money) for value in each.answers.values()),
            "scores": sum(not isinstance(value, Money) for value in each.answers.values()),
            "quarter": each.quarter,
            "figures_of": quarter_before(each.quarter),
        }
        for each, customer in told[:CUSTOMERS_SHOWN]
    ]
    facts = {"name": file.name, "count": len(told), "customers": customers}
    return Reply("files/credit", facts, _confirming("import_credit", message_id))


@presses("import_credit")
def import_credit(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Puts the figures and scores of the file that was shown into the customers' ratings, as if they had been typed."""
    told = _indicators(turn, _again(turn, arguments, "credit"))
    kept = [(each, customer, put_figures(turn, customer, each.quarter, each.answers)) for each, customer in told]
    each, customer, sheet = kept[0]
    if len(kept) == 1 and each.quarter == quarter_of(turn.now.date()):
        return overview(turn, customer, sheet, each.answers)
    rated = [(each, customer, rate(turn.playbook.credit, sheet.answers)) for each, customer, sheet in kept]
    customers = [
        {
            "who": name_of(customer),
            "quarter": each.quarter,
            "letter": rating.letter,
            "known": rating.weighed.known,
        }
        for each, customer, rating in rated[:CUSTOMERS_SHOWN]
    ]
    return Reply("files/credit_imported", {"count": len(kept), "customers": customers})


def _indicators(turn: Turn, file: SentFile) -> list[tuple[Indicators, Company | Person]]:
    told = read_credit(_content(turn, file), turn.playbook, turn.now.date(), turn.currency)
    whose, mistakes = customers_of(turn.work, turn.speaker, told)
    _unless_wrong(file, mistakes)
    return whose
