"""The conversation itself: undo, help, greetings, yes and no, and what Manny cannot do."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from actions import resolving
from actions.asking import press_button
from actions.catalogue import own_products
from actions.people import names_the_buyer
from actions.recording import about, money
from actions.registry import handles, presses
from actions.resolving import display_name
from actions.turn import Button, Reply, Turn
from nlu.learning import marked
from nlu.understanding import Understanding
from nlu.values.periods import read_period
from storage.history import undo_last
from storage.models import Change


@handles("undo")
def undo(turn: Turn) -> Reply:
    """Takes the last turn of this speaker back, and says which."""
    undone = undo_last(turn.work.session, turn.speaker.id, turn.now.astimezone(UTC))
    if undone is None:
        return Reply("conversation/nothing_to_undo")
    turn.work.catalogue.read_anew()
    turn.conversation.question = None
    still = resolving.in_focus(turn)
    made = {(change.table_name, change.row_id) for change in undone.changes if change.before is None}
    changes = [
        told
        for change in reversed(undone.changes)
        if (change.before is None or (change.table_name, change.row_id) not in made) and (told := _told(change))
    ]
    more = max(0, len(changes) - TOLD_AT_MOST)
    facts: dict[str, Any] = {"words": undone.words, "changes": changes[:TOLD_AT_MOST], "more": more}
    if undone.catalogue_stays or any(change.table_name == "products" for change in undone.changes):
        # Its products are not told one by one: an import brings all of them anew.
        products = len(own_products(turn.work, turn.speaker.team_id))
        facts["catalogue"] = {"stays": undone.catalogue_stays, "products": products}
    if still is None:
        still = turn.customers.last_touched()
        turn.conversation.focus_id = still.id if still else None
    if still is None:
        return Reply("conversation/undone", facts)
    return Reply("conversation/undone", about(turn, still, **facts))


TOLD_AT_MOST = 8
"""Changes that are told one by one; an import of many customers has thousands."""
_DEAL = (
    "money",
    "authority",
    "need",
    "stage",
    "amount_minor",
    "quantity",
    "product",
    "source",
    "expected_close",
    "closed_for",
)
_PERSON = ("name", "role", "style", "phone", "email", "wechat", "referrer_id")
_TOLD = {
    "persons": _PERSON,
    "companies": ("name",),
    "opportunities": _DEAL,
    "reminders": ("due_at",),
    "objections": ("kind", "outcome", "answer"),
    "transactions": ("amount_minor", "product"),
    "assessments": ("answers",),
    "rewards": ("given_at",),
    "attachments": ("name",),
}
"""The columns that are worth telling when they change back."""
_CALLED = {"persons": "name", "companies": "name", "attachments": "name"} | dict.fromkeys(
    ("objections", "transactions", "assessments"), "kind"
)
"""The column that tells one row of a table from another."""


def _told(change: Change) -> dict[str, Any] | None:
    """What one change was, in plain values: made, changed or deleted."""
    columns = _TOLD.get(change.table_name)
    if columns is None:
        return None
    if change.before is not None and change.after is not None:
        fields = [field for field in columns if field in change.after]
        return {"what": "changed", "kind": change.table_name, "fields": fields} if fields else None
    row = change.after or change.before or {}
    return {
        "what": "made" if change.before is None else "deleted",
        "kind": change.table_name,
        "name": row.get(_CALLED.get(change.table_name, "")),
        "amount": money(row["amount_minor"], row["currency"]) if change.table_name == "transactions" else None,
    }


@presses("show_more")
def show_more(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """The details of a reply that was kept short, with the buttons that it had."""
    buttons = tuple(Button(**button) for button in arguments["buttons"])
    return Reply(arguments["template"], arguments["facts"], buttons)


@handles("help")
def help_(turn: Turn) -> Reply:
    """What Manny can do, by examples that work; more of them behind [more]."""
    return Reply("conversation/help", {"manager": turn.speaker.role == "manager"}).with_more("conversation/help_more")


@handles("greet")
def greet(turn: Turn) -> Reply:
    """A greeting back, with what is due today."""
    end = datetime.combine(turn.now.date() + timedelta(days=1), time(), turn.zone)
    due = turn.work.reminders.of_member(turn.speaker.id, end)
    return Reply("conversation/greeting", {"name": turn.speaker.name, "due": len(due)})


@handles("affirm")
def affirm(turn: Turn) -> Reply:
    """Yes in words: the same as pressing the button that means yes."""
    return _answer(turn, "affirm")


@handles("deny")
def deny(turn: Turn) -> Reply:
    """No in words: the same as pressing the button that means no."""
    return _answer(turn, "deny")


def _answer(turn: Turn, meaning: str) -> Reply:
    asked = turn.work.outbox.last_with_buttons(turn.conversation.id)
    meanings = [button["answer"] for button in asked.payload["buttons"]] if asked and asked.pressed_at is None else []
    if asked is not None and meaning in meanings:
        return press_button(turn, asked, meanings.index(meaning))
    return Reply("conversation/nothing_asked", {"meaning": meaning})


@handles("out_of_scope")
def out_of_scope(turn: Turn) -> Reply:
    """Says kindly what Manny can do."""
    about_now = resolving.in_focus(turn)
    who = display_name(about_now.contact, about_now.company) if about_now else None
    return Reply("conversation/out_of_scope", {"who": who})


NEVER_OFFERED = ("out_of_scope", "affirm", "deny", "greet")
"""Intents that nobody is asked about: they do nothing by themselves."""


def ask_what_was_meant(turn: Turn) -> Reply:
    """Two or three things that the message may mean, as buttons; with nothing likely, what Manny can do.

    No buttons where it is sure to give a name to a buyer who had none.
    """
    if named := names_the_buyer(turn):
        return named
    likely = [intent for intent in (turn.said.intent, *turn.said.also) if intent not in NEVER_OFFERED]
    if turn.said.intent == "out_of_scope" or not likely or not any(map(str.isalpha, turn.said.text)):
        return out_of_scope(turn)
    said = turn.said.to_json()
    buttons = [Button("meant", "meant", {"said": said, "intent": intent}, {"intent": intent}) for intent in likely]
    buttons.append(Button("something_else", "meant", {"said": said, "intent": "out_of_scope"}, answer="deny"))
    return Reply("conversation/unsure", {}, tuple(buttons))


@presses("meant")
def meant(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """The answer is used at once, and kept as a labelled example for the next training."""
    chosen = {"intent": arguments["intent"], "confidence": 1.0}
    if arguments["intent"] == "query_pipeline":
        # Only there a period is one, so it was not kept with what the model guessed.
        chosen["period"] = read_period(str(arguments["said"]["text"]))
    said = Understanding.from_json({**arguments["said"], **chosen})
    turn.work.messages.keep_correction(marked(said), said.language, said.intent, turn.speaker.id, turn.now)
    return turn.again(said)
