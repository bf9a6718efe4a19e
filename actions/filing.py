"""Files that were sent: whose they are, and that they are kept there. Data for Manny itself: data_files.py."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from actions import resolving
from actions.asking import Ask, resume, wait_for
from actions.data_files import data_in, file_of, may_import, offer_import
from actions.recording import about, local
from actions.registry import presses
from actions.turn import Button, Reply, Turn
from nlu.understanding import Understanding
from storage.files import SIZE_AT_MOST as FILE_AT_MOST
from storage.files import SentFile
from storage.models import Attachment, Message, Opportunity

SAID_BESIDE_FILES = (
    "log_contact",
    "update_deal",
    "report_objection",
    "describe_person",
    "log_referral",
    "set_reminder",
    "finish_reminder",
    "ask_pitch",
    "ask_advice",
    "qualify",
    "rate_credit",
)
"""What a caption can say besides what the file is: the rest ("Acme, signed contract") only tells whose it is."""

Answering = Callable[[Turn], Reply | None]


def attachments_of(turn: Turn, opportunity: Opportunity, limit: int = 10) -> list[dict[str, Any]]:
    """The files of a customer as plain values, newest first."""
    return [
        {
            "name": row.name,
            "media_type": row.media_type,
            "size": row.size,
            "words": row.words,
            "when": local(turn, row.sent_at).date().isoformat(),
        }
        for row in turn.work.attachments(turn.speaker).of(opportunity.id, limit)
    ]


def take_file(turn: Turn, answer: Answering) -> Reply | None:
    """Keeps the file with the customer whom its caption names, else with the one in focus; asks where there is neither.

    `answer` replies to what the caption says besides. None: another file of an album, which needs no reply.
    """
    file = turn.file
    assert file is not None
    if file.trouble is not None:
        return _not_kept(turn, file, answer)
    data = data_in(turn, file)
    if data is not None and may_import(turn, data):
        return offer_import(turn, turn.message.id, file, data)
    if not turn.message.text.strip() and _joins_its_album(turn, file):
        return None
    return _kept(turn, turn.message.id, answer, data)


def _not_kept(turn: Turn, file: SentFile, answer: Answering) -> Reply:
    """Says why, behind the reply to the words: those are not lost."""
    facts = {"file": _facts(file), "trouble": file.trouble, "most": FILE_AT_MOST // 1_000_000}
    try:
        reply = answer(turn)
    except Ask as question:
        reply = question.reply
    return Reply("files/not_kept", {"beside": facts}) if reply is None else _beside(reply, facts)


def _joins_its_album(turn: Turn, file: SentFile) -> bool:
    """Puts the file where the others of its album are; True also where they wait for an answer, which takes it along."""
    attachments = turn.work.attachments(turn.speaker)
    together = [each.id for each in attachments.sent_with(turn.message.id) if each.id < turn.message.id]
    if rows := attachments.from_messages(together):
        _put(turn, rows[0].opportunity_id, attachments.sent_with(turn.message.id))
        return True
    question = turn.conversation.question or {}
    return question.get("press") == "file_under" and question["arguments"]["message_id"] in together


def _kept(turn: Turn, message_id: int, answer: Answering | None, data: str | None, new: bool = False) -> Reply:
    """Answers what the caption says, and puts the file where it belongs. Raises Ask, with what the answer needs."""
    attachments = turn.work.attachments(turn.speaker)
    elsewhere = Button("other_customer", "file_elsewhere", {"message_id": message_id})
    try:
        reply = answer(turn) if answer else None
    except Ask as question:
        raise Ask(_carrying(turn, question.reply, message_id, talks=True)) from None
    owner = resolving.in_focus(turn) if reply else None
    if reply is not None and owner is None:
        whose = replace(elsewhere, label="name_customer")
        return replace(_beside(reply, {"file": _facts(turn.file)}), buttons=(*reply.buttons, whose))
    try:
        owner = owner or _whose(turn, new)
    except Ask as question:
        raise Ask(_carrying(turn, question.reply, message_id, talks=False)) from None
    files = _put(turn, owner.id, attachments.sent_with(message_id))
    if not files:
        return Reply("conversation/gone")
    facts = {"file": _facts(files[0]), "count": len(files), "data": data}
    if reply is not None:
        return _beside(reply, {**facts, "who": resolving.display_name(owner.contact, owner.company)})
    said = turn.said
    guessed = not (said.person or said.company or said.mention == "pronoun" or turn.chosen)
    return Reply("files/kept", about(turn, owner, beside=facts), (elsewhere,) if guessed else ())


def _whose(turn: Turn, new: bool) -> Opportunity:
    """The customer whom the words name, else the one in focus. Raises Ask where there is none, or several."""
    if new:
        owner = resolving.to_change(turn).opportunity
        assert owner is not None
        return owner
    try:
        subject = resolving.to_read(turn)
    except Ask as question:
        raise Ask(_in_words_of_files(turn, question.reply)) from None
    # Somebody on record of whom nothing but the name is known has no deal yet.
    owner = subject.opportunity or resolving.to_change(turn).opportunity
    assert owner is not None
    return owner


def _in_words_of_files(turn: Turn, reply: Reply) -> Reply:
    """The question as it is asked about a file: whose it is, and whether someone unknown is a new customer."""
    if reply.template == "people/unknown":
        new = Button(
            "new_customer", "resume", {"said": turn.said.to_json(), "new": True}, {"name": reply.facts["name"]}
        )
        return Reply("files/unknown", reply.facts, (*reply.buttons, new))
    return Reply("files/whose", {"file": _facts(turn.file)}) if reply.template == "people/whom" else reply


def _carrying(turn: Turn, reply: Reply, message_id: int, talks: bool) -> Reply:
    """The question with the file in its buttons; a name in words is an answer as well."""
    carried = {"message_id": message_id, "talks": talks}
    buttons = tuple(
        replace(button, press="file_under", arguments={**button.arguments, **carried})
        if button.press == "resume"
        else button
        for button in reply.buttons
    )
    if turn.conversation.question is None or turn.conversation.question["press"] == "resume":
        wait_for(turn, "name", "file_under", {"said": turn.said.to_json(), **carried})
    return replace(reply, buttons=buttons)


@presses("file_under")
def file_under(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Goes on with a file when it is settled whose it is."""
    messages = turn.work.attachments(turn.speaker).sent_with(arguments["message_id"])
    file = file_of(turn, messages[0]) if messages else None
    if file is None:
        return Reply("conversation/gone")
    answer = turn.rerun if arguments["talks"] else None

    def go_on(again: Turn) -> Reply:
        again = replace(again, rerun=turn.rerun)
        return _kept(again, arguments["message_id"], answer, data_in(again, file), new="new" in arguments)

    return resume(replace(turn, file=file, rerun=go_on), arguments)


@presses("file_elsewhere")
def file_elsewhere(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """Asks whose the file is instead."""
    nobody = Understanding(text="", language=turn.said.language, intent="out_of_scope", confidence=1.0)
    wait_for(
        turn, "name", "file_under", {"said": nobody.to_json(), "message_id": arguments["message_id"], "talks": False}
    )
    return Reply("files/whose", {"file": None})


def _put(turn: Turn, opportunity_id: int, messages: Sequence[Message]) -> list[SentFile]:
    """Puts the files of these messages with a customer, and takes them from where they were; returns those there are."""
    attachments = turn.work.attachments(turn.speaker)
    kept = {row.message_id: row for row in attachments.from_messages([each.id for each in messages])}
    files: list[SentFile] = []
    for message in messages:
        file = file_of(turn, message)
        if file is None or file.path is None or file.media_type is None:
            continue
        if message.id not in kept and turn.work.kept_files.among([file.path]):
            # The customer who has it was handed over meanwhile.
            continue
        files.append(file)
        if message.id in kept:
            kept[message.id].opportunity_id = opportunity_id
            continue
        turn.customers.add(
            Attachment(
                opportunity_id=opportunity_id,
                message_id=message.id,
                member_id=turn.speaker.id,
                name=file.name,
                path=file.path,
                media_type=file.media_type,
                size=file.size or 0,
                words=message.text,
                sent_at=turn.now,
            )
        )
    turn.customers.flush()
    return files


def _beside(reply: Reply, facts: dict[str, Any]) -> Reply:
    """A reply to the words, with what became of the file behind it."""
    return replace(reply, template="files/beside", facts={**reply.facts, "told": reply.template, "beside": facts})


def _facts(file: SentFile | None) -> dict[str, Any] | None:
    return None if file is None else {"name": file.name, "media_type": file.media_type or "", "size": file.size}
