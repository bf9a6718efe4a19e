"""While the model thinks: the message is stored, and nobody is kept waiting. An answer counts as shown once it is."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bot.console import CHANNEL, Console, sign_in
from bot.messages import Answer, Incoming
from bot.wiring import Manny
from storage.models import Message, Outgoing
from storage.unit_of_work import UnitOfWork
from tests.bot.stub_nlu import StubNlu


def statuses(manny: Manny) -> list[str]:
    with UnitOfWork(manny.sessions) as work:
        return list(work.session.scalars(select(Message.status)))


def shown(manny: Manny) -> list[bool]:
    with UnitOfWork(manny.sessions) as work:
        return [sent_at is not None for sent_at in work.session.scalars(select(Outgoing.sent_at))]


def test_a_message_is_stored_and_others_can_write_while_the_model_thinks(manny: Manny, nlu: StubNlu) -> None:
    console = Console(manny, sign_in(manny, "Ann", "rep", "en", None))
    answers: list[Answer] = []
    nlu.hold.set()
    turn = threading.Thread(target=lambda: answers.append(console.say("slow hello")))
    turn.start()
    deadline = time.monotonic() + 15
    while statuses(manny) != ["received"] and time.monotonic() < deadline:
        time.sleep(0.01)
    assert statuses(manny) == ["received"]
    sign_in(manny, "Bob", "rep", "en", None)
    assert answers == []
    nlu.release()
    turn.join()
    assert [reply.template for reply in answers[0].replies] == ["conversation/greeting"]
    assert statuses(manny) == ["answered"]


def test_the_meaning_is_asked_for_before_it_is_waited_for(manny: Manny, nlu: StubNlu) -> None:
    nlu.hold.set()
    meanings = [manny.nlu.begin(f"slow {word}") for word in ("hello", "undo")]
    nlu.release()
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert [meaning(now).intent for meaning in meanings] == ["greet", "undo"]


def test_a_stranger_is_not_answered_and_leaves_nothing(manny: Manny) -> None:
    answer = manny.assistant.respond(Incoming(CHANNEL, "1", "nobody", "nobody", "hello"))
    assert (answer.known, answer.replies) == (False, ())
    assert statuses(manny) == []


def test_an_answer_counts_as_shown_only_once_it_is(manny: Manny) -> None:
    before: list[list[bool]] = []
    account = sign_in(manny, "Ann", "rep", "en", None)
    console = Console(manny, account, lambda line, answer, milliseconds: before.append(shown(manny)))
    console.say("hello")
    assert before == [[False]]
    assert shown(manny) == [True]


def test_an_answer_that_could_not_be_shown_comes_again(manny: Manny) -> None:
    def fails(line: str | None, answer: Answer, milliseconds: float) -> None:
        raise BrokenPipeError

    account = sign_in(manny, "Ann", "rep", "en", None)
    with pytest.raises(BrokenPipeError):
        Console(manny, account, fails).say("hello")
    console = Console(manny, account)
    assert [reply.template for reply in console.waiting()] == ["conversation/greeting"]
    assert console.waiting() == ()
