"""A whole turn on one screen: store, understand, find the handler, write, render, commit."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session, sessionmaker

from actions import registry
from actions.asking import Ask, may_name_a_button, names_a_button, press_button, takes_up
from actions.conversation import ask_what_was_meant
from actions.filing import SAID_BESIDE_FILES, take_file
from actions.followups import due_reply
from actions.pitching import meant_to_pitch
from actions.playbook import Playbook
from actions.resolving import NamesOnRecord, names_on_record, with_known_names
from actions.turn import Reply, Turn
from bot.charts import draw
from bot.files import write_table
from bot.messages import Answer, Incoming, Outgoing
from bot.replies import render
from bot.settings import Settings
from nlu.client import Meaning, NluClient, NluUnavailable
from nlu.understanding import Understanding
from storage.history import Turn as Recorded
from storage.history import record
from storage.models import Conversation, Member, Message
from storage.repositories import NO_LABELS, Customers, Labels
from storage.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

TOO_LONG = 2_000
"""Characters from which on a message is not read but answered with "too long"."""

TAKES_BACK_FROM = 0.5
"""The confidence (0 to 1) from which on "undo" is believed: it changes records without asking."""

SURE_BESIDE_FILES = 0.85
"""The confidence (0 to 1) from which on words beside a file are news: "Acme contract draft" only tells what it is."""

Clock = Callable[[], datetime]
"""Gives the time now, aware."""


@dataclass(frozen=True)
class Received:
    """A message that is stored, who sent it, and what is found out about it while the model thinks."""

    id: int
    speaker: Member
    customers: Customers
    meaning: Meaning | Understanding | str | None
    names: NamesOnRecord
    labels: Labels


class Assistant:
    """Answers messages, one turn at a time. Holds no state of any conversation, so any thread may call it."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        nlu: NluClient,
        playbook: Playbook,
        settings: Settings,
        clock: Clock,
        files: Path,
    ) -> None:
        """`files` is the folder for charts and spreadsheets."""
        self._sessions = sessions
        self._nlu = nlu
        self._playbook = playbook
        self._settings = settings
        self._clock = clock
        self._files = files

    # --- a turn

    def receive(self, incoming: Incoming) -> int | None:
        """Stores a member's message as it came, before anything is done with it, and gives its id; None for a stranger,
        of whom nothing is kept."""
        with UnitOfWork(self._sessions) as work:
            stored = self._store(work, incoming) if self._speaker(work, incoming) else None
            work.commit()
            return stored

    def respond(self, incoming: Incoming) -> Answer:
        """Handles one message. An answered one is not handled again; a stranger gets `known=False` and nothing else."""
        with UnitOfWork(self._sessions) as work:
            # The model thinks while the message is stored and read. No door lets a stranger's words come this far; should
            # somebody have stopped being a member just now, nobody hears what it thought.
            meaning = self._begin(incoming)
            speaker = self._speaker(work, incoming)
            if speaker is None:
                work.commit()
                return Answer((), known=False)
            message_id, customers = self._store(work, incoming), work.customers(speaker)
            names = names_on_record(customers, incoming.text if callable(meaning) else "")
            labels = NO_LABELS
            if may_name_a_button(incoming.text):
                labels = work.outbox.last_labels(incoming.channel, incoming.chat_id, speaker.id)
            received = Received(message_id, speaker, customers, meaning, names, labels)
            work.commit()
            try:
                return self._turn(work, incoming, received)
            except Exception:
                turn_id = uuid.uuid4().hex[:8]
                log.exception("turn %s failed (message %s)", turn_id, message_id)
        return self._sorry(incoming, message_id, turn_id)

    def _speaker(self, work: UnitOfWork, incoming: Incoming) -> Member | None:
        speaker = work.team.by_account(incoming.channel, incoming.account)
        if speaker is None:
            work.messages.drop(incoming.channel, incoming.external_id)
        return speaker

    def _store(self, work: UnitOfWork, incoming: Incoming) -> int:
        return work.messages.receive(
            incoming.channel, incoming.external_id, incoming.text, incoming.to_json(), self._clock().astimezone(UTC)
        )

    def _turn(self, work: UnitOfWork, incoming: Incoming, received: Received) -> Answer:
        speaker = received.speaker
        now = self._clock().astimezone(ZoneInfo(speaker.timezone))
        # No transaction is open while the model thinks: other conversations go on.
        said = self._understood(received.meaning, now)
        understood = said.to_json() if isinstance(said, Understanding) else None
        conversation = work.team.apart(incoming.channel, incoming.chat_id, speaker)
        if not work.messages.answer(received.id, conversation, understood):
            return Answer(())
        # Who writes can be reached again.
        conversation.blocked_at = None
        record(work.session, Recorded(received.id, speaker.id))
        message = Message(id=received.id, channel=incoming.channel, text=incoming.text)
        turn = self._prepare(work, received.customers, conversation, message, said, now)
        turn = replace(turn, file=incoming.file)
        reply = self._reply(turn, incoming, said, received)
        if isinstance(said, Understanding) and said.language and any(map(str.isalpha, incoming.text)):
            conversation.language = said.language
        sent = (self._queue(work, turn, reply, message.id),) if reply else ()
        work.team.keep(conversation)
        due = work.reminders.next_due_of(speaker.id)
        work.commit()
        return Answer(sent, understood, next_reminder=due)

    def _begin(self, incoming: Incoming) -> Meaning | Understanding | str | None:
        """What was said, where that needs no model, else what will tell; the name of the reply where there is nothing to
        understand; None for a press, or a file alone."""
        text = incoming.text
        if incoming.pressed is not None or (incoming.file and not text.strip()):
            return None
        if not text.strip():
            return "conversation/empty"
        if len(text) > TOO_LONG:
            return "conversation/too_long"
        if incoming.file is None and (command := text.strip().lower()).startswith("/"):
            return self._command(command.split("@")[0].split()[0])
        return self._nlu.begin(text)

    def _understood(self, meaning: Meaning | Understanding | str | None, now: datetime) -> Understanding | str | None:
        if not callable(meaning):
            return meaning
        try:
            return meaning(now)
        except NluUnavailable as error:
            log.error("the language model does not answer: %s", error)
            return "conversation/no_model"

    def _command(self, command: str) -> Understanding | str:
        intent = {"/start": "help", "/help": "help", "/undo": "undo"}.get(command)
        if intent is None:
            return "conversation/no_command"
        return Understanding(text=command, language="", intent=intent, confidence=1.0)

    def _prepare(
        self,
        work: UnitOfWork,
        customers: Customers,
        conversation: Conversation,
        message: Message,
        said: Understanding | str | None,
        now: datetime,
    ) -> Turn:
        if not isinstance(said, Understanding):
            said = Understanding(text=message.text, language="", intent="help", confidence=1.0)
        if not said.language or (said.text and not any(map(str.isalpha, said.text))):
            said = replace(said, language=conversation.language)
        return Turn(
            said=said,
            speaker=customers.speaker,
            conversation=conversation,
            message=message,
            work=work,
            customers=customers,
            playbook=self._playbook,
            now=now,
            currency=self._settings.currency,
            day=self._settings.day,
            rerun=_handle,
        )

    def _reply(
        self, turn: Turn, incoming: Incoming, said: Understanding | str | None, received: Received
    ) -> Reply | None:
        """What is answered; None for the second and later files of an album."""
        if isinstance(said, str):
            return Reply(
                said,
                {
                    "length": len(incoming.text),
                    "most": TOO_LONG,
                    "command": incoming.text.split()[0][:40] if incoming.text.strip() else "",
                },
            )
        try:
            if incoming.pressed is not None:
                return _press(turn, incoming)
            if reply := names_a_button(turn, received.labels):
                return reply
            turn = meant_to_pitch(with_known_names(turn, received.names))
            if turn.file is not None:
                return take_file(turn, self._beside_a_file)
            return takes_up(turn) or self._unless_unsure(turn)
        except Ask as question:
            return question.reply

    def _beside_a_file(self, turn: Turn) -> Reply | None:
        """The reply to what is written beside a file; None where it only tells what the file is."""
        if not turn.said.text.strip():
            return None
        if reply := takes_up(turn):
            return reply
        talks = turn.said.intent in SAID_BESIDE_FILES and self._is_sure(turn, SURE_BESIDE_FILES)
        return _handle(turn) if talks else None

    def _unless_unsure(self, turn: Turn) -> Reply:
        """Below the threshold nothing is done but asking: a wrong record is worse than a question."""
        return _handle(turn) if self._is_sure(turn, self._settings.nlu.threshold) else ask_what_was_meant(turn)

    def _is_sure(self, turn: Turn, threshold: float) -> bool:
        said = turn.said
        least = TAKES_BACK_FROM if said.intent == "undo" else threshold
        # Facts about a customer are noted alike, whether they tell of a meeting or describe a person.
        told = said.states_man() or (said.met and (said.person or said.company))
        plain_fact = said.intent in ("log_contact", "describe_person") and told
        return bool(said.confidence >= least or plain_fact)

    def _queue(self, work: UnitOfWork, turn: Turn, reply: Reply, message_id: int | None) -> Outgoing:
        """Renders the reply and puts it into the outbox, all in the turn's transaction."""
        language = turn.said.language
        rendered = render(reply, language, turn.now.date())
        names = {name: stage.name.in_(language) for name, stage in self._playbook.stages.items()}
        attached: list[Path] = []
        if reply.chart is not None:
            attached.append(draw(reply.chart, language, names, self._files / f"chart-{uuid.uuid4().hex[:12]}.png"))
        if reply.table is not None:
            attached.append(
                write_table(reply.table, language, self._files / f"{reply.table.name}-{uuid.uuid4().hex[:12]}.xlsx")
            )
        payload = {
            "template": reply.template,
            "facts": reply.facts,
            "html": rendered.html,
            "text": rendered.text,
            "labels": list(rendered.labels),
            "buttons": [vars(button) for button in reply.buttons],
            "files": [str(path) for path in attached],
        }
        reply_id = work.outbox.put(turn.conversation.id, payload, turn.now.astimezone(UTC), message_id)
        return outgoing(reply_id, payload, turn.conversation.chat_id)

    def _sorry(self, incoming: Incoming, message_id: int, turn_id: str) -> Answer:
        """The turn was rolled back: tell the person, in a transaction of its own, and keep the message as answered."""
        with UnitOfWork(self._sessions) as work:
            speaker = work.team.by_account(incoming.channel, incoming.account)
            if speaker is None:
                return Answer((), known=False)
            conversation = work.team.conversation(incoming.channel, incoming.chat_id, speaker)
            if not work.messages.answer(message_id, conversation):
                return Answer(())
            conversation.blocked_at = None
            message = Message(id=message_id, channel=incoming.channel, text=incoming.text)
            now = self._clock().astimezone(ZoneInfo(speaker.timezone))
            turn = self._prepare(work, work.customers(speaker), conversation, message, None, now)
            sent = self._queue(work, turn, Reply("conversation/sorry", {"turn": turn_id}), message.id)
            work.commit()
        return Answer((sent,))

    # --- around it

    def tidy(self) -> None:
        """Deletes files that have waited too long for a customer to belong to."""
        with UnitOfWork(self._sessions) as work:
            old = [path for path in work.files.all() if work.files.is_old(path)]
            work.files.remove(set(old) - work.kept_files.among(old))

    def join(self, channel: str, account: str, key: str) -> Member | None:
        """Ties an account to the member whose one-time key this is; None for a key that is not good."""
        with UnitOfWork(self._sessions) as work:
            member = work.team.redeem(key, channel, account, self._clock().astimezone(UTC))
            work.commit()
            return member

    def remind(self, channel: str) -> list[int]:
        """Puts every reminder that is due into the outbox, once; returns the conversations concerned.

        Each in a transaction of its own: one that fails is logged and tried again later, the others come.
        """
        now = self._clock().astimezone(UTC)
        with UnitOfWork(self._sessions) as work:
            due = [reminder.id for reminder in work.reminders.due(now, channel)]
        concerned: list[int] = []
        for reminder_id in due:
            try:
                concerned += self._remind_of(reminder_id, now)
            except Exception:
                log.exception("reminder %s failed", reminder_id)
        return concerned

    def _remind_of(self, reminder_id: int, now: datetime) -> list[int]:
        with UnitOfWork(self._sessions) as work:
            reminder = work.reminders.claim(reminder_id, now)
            if reminder is None:
                return []
            speaker = work.team.member(reminder.member_id)
            conversation = work.team.conversation_by_id(reminder.conversation_id)
            message = Message(text="", channel=conversation.channel)
            said = Understanding(text="", language=reminder.language, intent="help", confidence=1.0)
            local = now.astimezone(ZoneInfo(speaker.timezone))
            turn = self._prepare(work, work.customers(speaker), conversation, message, said, local)
            reminder.status, reminder.fired_at = "fired", now
            self._queue(work, turn, due_reply(turn, reminder), None)
            work.commit()
            return [conversation.id]

    def next_reminder_at(self, channel: str) -> datetime | None:
        """When the next reminder falls due."""
        with UnitOfWork(self._sessions) as work:
            return work.reminders.next_due_at(channel)


def outgoing(reply_id: int, payload: dict[str, Any], chat_id: str) -> Outgoing:
    """A row of the outbox as a message."""
    return Outgoing(
        id=reply_id,
        chat_id=chat_id,
        template=payload["template"],
        facts=payload["facts"],
        html=payload["html"],
        text=payload["text"],
        buttons=tuple(payload["labels"]),
        files=tuple(Path(name) for name in payload["files"]),
    )


def _handle(turn: Turn) -> Reply:
    return registry.handler_of(turn.said.intent)(turn)


def _press(turn: Turn, incoming: Incoming) -> Reply:
    """A pressed button: only in its own conversation, and only once."""
    assert incoming.pressed is not None
    row = turn.work.outbox.get(incoming.pressed)
    buttons = row.payload.get("buttons", []) if row is not None and row.conversation_id == turn.conversation.id else []
    if row is None or incoming.button is None or not 0 <= incoming.button < len(buttons):
        return Reply("conversation/gone")
    if row.pressed_at is not None:
        return Reply("conversation/pressed_already")
    return press_button(turn, row, incoming.button)
