"""The Telegram door over real HTTP: a strict fake of the Bot API, a real database, a model that knows a few words."""

from __future__ import annotations

import asyncio
import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot import telegram as door
from bot.replies import words
from bot.settings import ROOT
from bot.telegram import ServeError
from bot.wiring import Manny
from storage.models import Conversation, Message, Outgoing
from storage.unit_of_work import UnitOfWork
from tests.bot.house import Served, admit, build, database, eventually, invite
from tests.bot.stub_nlu import StubNlu
from tests.fake_telegram import FakeTelegram

pytestmark = pytest.mark.slow

ALICE, BOB, STRANGER, GROUP = 11, 22, 99, -500
EN, ZH = words("telegram", "en"), words("telegram", "zh")


@pytest.fixture
def alice(manny: Manny, telegram: FakeTelegram) -> int:
    """The conversation of a member whom Telegram knows."""
    telegram.knows(ALICE)
    return admit(manny, "Alice", ALICE)


def rows(manny: Manny, of: type[Any]) -> int:
    with UnitOfWork(manny.sessions) as work:
        return work.session.scalar(select(func.count()).select_from(of)) or 0


def put(manny: Manny, conversation: int, html: str, **more: Any) -> int:
    """A reply in the outbox, as a turn leaves it."""
    payload = {"template": "t", "facts": {}, "html": html, "text": html, "labels": [], "buttons": [], "files": []}
    with UnitOfWork(manny.sessions) as work:
        reply_id = work.outbox.put(conversation, {**payload, **more}, datetime.now(UTC))
        work.commit()
        return reply_id


def unsent(manny: Manny) -> int:
    with UnitOfWork(manny.sessions) as work:
        query = select(func.count()).select_from(Outgoing).where(Outgoing.sent_at.is_(None))
        return work.session.scalar(query) or 0


def blocked(manny: Manny, conversation: int) -> bool:
    with UnitOfWork(manny.sessions) as work:
        return work.session.get_one(Conversation, conversation).blocked_at is not None


# --- who may come in


def test_joins_by_a_key_that_works_once(manny: Manny, telegram: FakeTelegram, served: Served) -> None:
    key = invite(manny, "Alice")
    telegram.says(ALICE, f"/start {key}")
    welcome, help_ = telegram.wait_for(ALICE, 2)
    assert welcome.text == EN["joined"].format(name="Alice")
    assert "met a buyer" in help_.text
    telegram.says(BOB, f"/start {key}")
    assert telegram.wait_for(BOB, 1)[0].text == f"{EN['bad_key']}\n{ZH['bad_key']}"
    telegram.says(ALICE, "hello")
    assert telegram.wait_for(ALICE, 3)[2].text.startswith("Hello Alice!")


def test_does_not_keep_the_key(manny: Manny, telegram: FakeTelegram, served: Served) -> None:
    key = invite(manny, "Alice")
    telegram.says(ALICE, f"/start@manny_test_bot {key}")
    telegram.wait_for(ALICE, 2)
    with UnitOfWork(manny.sessions) as work:
        assert [message.text for message in work.session.scalars(select(Message))] == ["/start"]


def test_refuses_a_key_that_has_expired(manny: Manny, telegram: FakeTelegram, served: Served) -> None:
    key = invite(manny, "Alice", at=datetime.now(UTC) - timedelta(days=8))
    telegram.says(ALICE, f"/start {key}")
    assert telegram.wait_for(ALICE, 1)[0].text.startswith(EN["bad_key"])
    assert rows(manny, Message) == 0


def test_welcomes_in_the_members_language(manny: Manny, telegram: FakeTelegram, served: Served) -> None:
    telegram.says(ALICE, f"/start {invite(manny, '小陈', language='zh')}")
    welcome, help_ = telegram.wait_for(ALICE, 2)
    assert welcome.text == ZH["joined"].format(name="小陈")
    assert "像跟同事说话一样" in help_.text


def test_gives_help_to_a_member_who_opens_an_old_invitation(
    manny: Manny, telegram: FakeTelegram, alice: int, served: Served
) -> None:
    telegram.says(ALICE, "/start no-such-key")
    assert "met a buyer" in telegram.wait_for(ALICE, 1)[0].text


def test_tells_a_stranger_one_sentence_and_keeps_nothing(
    manny: Manny, telegram: FakeTelegram, alice: int, served: Served
) -> None:
    for text in ("hello", "/start", "my customer is Weber"):
        telegram.says(STRANGER, text)
    telegram.sends(STRANGER, "photo")
    telegram.says(ALICE, "hello")
    telegram.wait_for(ALICE, 1)
    assert telegram.texts(STRANGER) == [f"{EN['stranger']}\n{ZH['stranger']}"]
    with UnitOfWork(manny.sessions) as work:
        assert [message.text for message in work.session.scalars(select(Message))] == ["hello"]
    assert rows(manny, Conversation) == 1


# --- turns


def test_answers_a_text(manny: Manny, telegram: FakeTelegram, alice: int, served: Served) -> None:
    telegram.says(ALICE, "hello")
    assert telegram.wait_for(ALICE, 1)[0].text.startswith("Hello Alice!")
    eventually(lambda: unsent(manny) == 0)


def test_a_press_brings_the_next_reply_and_shows_what_was_chosen(
    telegram: FakeTelegram, alice: int, served: Served
) -> None:
    telegram.says(ALICE, "met Weber & <Co>, has budget")
    noted = telegram.wait_for(ALICE, 1)[0]
    assert noted.buttons
    before, label = noted.text, noted.buttons[0][0]
    telegram.presses(ALICE, 1)
    telegram.wait_for(ALICE, 2)
    assert noted.buttons == []
    assert noted.text == f"{before}\n\n✓ {label}"
    assert any(entity["type"] == "bold" for entity in noted.entities)
    assert len(telegram.calls("answerCallbackQuery")) == 1


def test_a_second_press_does_nothing(telegram: FakeTelegram, alice: int, served: Served) -> None:
    telegram.says(ALICE, "met Weber, has budget")
    noted = telegram.wait_for(ALICE, 1)[0]
    (label, data), (_, other) = noted.buttons[:2]
    telegram.presses_data(ALICE, data, noted)
    telegram.presses_data(ALICE, other, noted)
    assert telegram.wait_for(ALICE, 3)[2].text == "You have answered that already."
    assert noted.text.endswith(f"✓ {label}")
    assert noted.buttons == []


def test_nobody_presses_the_button_of_somebody_else(
    manny: Manny, telegram: FakeTelegram, alice: int, served: Served
) -> None:
    admit(manny, "Bob", BOB)
    telegram.says(ALICE, "met Weber, has budget")
    data = telegram.wait_for(ALICE, 1)[0].buttons[0][1]
    telegram.says(BOB, "hello")
    greeting = telegram.wait_for(BOB, 1)[0]
    telegram.presses_data(BOB, data, greeting)
    assert "no longer on record" in telegram.wait_for(BOB, 2)[1].text


def test_a_query_that_is_too_old_is_no_error(telegram: FakeTelegram, alice: int, served: Served) -> None:
    telegram.says(ALICE, "met Weber, has budget")
    telegram.wait_for(ALICE, 1)
    telegram.fail("answerCallbackQuery", 400, "Bad Request: query is too old and response timeout expired")
    telegram.presses(ALICE, 1)
    telegram.wait_for(ALICE, 2)


def test_passes_over_a_button_that_it_does_not_know(telegram: FakeTelegram, alice: int, served: Served) -> None:
    telegram.says(ALICE, "hello")
    telegram.presses_data(ALICE, "anything:else", telegram.wait_for(ALICE, 1)[0])
    telegram.says(ALICE, "hello")
    assert len(telegram.wait_for(ALICE, 2)) == 2


def test_passes_commands_on(telegram: FakeTelegram, alice: int, served: Served) -> None:
    for command in ("/help", "/undo", "/start", "/nonsense"):
        telegram.says(ALICE, command)
    answers = [sent.text for sent in telegram.wait_for(ALICE, 4)]
    assert "met a buyer" in answers[0]
    assert answers[1] == "There is nothing left to undo."
    assert "met a buyer" in answers[2]
    assert answers[3].startswith("There is no command /nonsense")


def test_names_its_commands_in_both_languages(telegram: FakeTelegram, served: Served) -> None:
    telegram.wait(lambda: len(telegram.calls("setMyCommands")) == 2)
    chinese = telegram.calls("setMyCommands")[1].parameters
    assert chinese["language_code"] == "zh"
    assert chinese["commands"][1] == {"command": "undo", "description": ZH["command_undo"]}


@pytest.mark.parametrize("kind", ["sticker", "location"])
def test_says_what_it_can_make_nothing_of(telegram: FakeTelegram, alice: int, served: Served, kind: str) -> None:
    telegram.sends(ALICE, kind)
    assert telegram.wait_for(ALICE, 1)[0].text == EN["unreadable"]


def test_never_answers_a_note_of_telegrams_own(telegram: FakeTelegram, alice: int, served: Served) -> None:
    telegram.pins(ALICE)
    telegram.says(ALICE, "hello")
    assert telegram.wait_for(ALICE, 1)[0].text.startswith("Hello Alice!")


def test_takes_a_corrected_message_as_a_new_one(telegram: FakeTelegram, alice: int, served: Served) -> None:
    telegram.says(ALICE, "helo")
    telegram.wait_for(ALICE, 1)
    telegram.edits(ALICE, "hello")
    assert telegram.wait_for(ALICE, 2)[1].text.startswith("Hello Alice!")


def test_says_once_in_a_group_that_it_talks_in_private(
    manny: Manny, telegram: FakeTelegram, alice: int, served: Served
) -> None:
    for text in ("hello", "/help"):
        telegram.says_in_group(GROUP, ALICE, text)
    telegram.says(ALICE, "hello")
    telegram.wait_for(ALICE, 1)
    assert telegram.texts(GROUP) == [f"{EN['private_only']}\n{ZH['private_only']}"]
    assert rows(manny, Message) == 1


# --- order


def test_keeps_the_order_in_a_chat_while_other_chats_go_on(
    manny: Manny, telegram: FakeTelegram, nlu: StubNlu, alice: int, served: Served
) -> None:
    admit(manny, "Bob", BOB)
    nlu.hold.set()
    telegram.says(ALICE, "slow hello")
    telegram.says(ALICE, "/undo")
    telegram.says(BOB, "hello")
    telegram.wait_for(BOB, 1)
    assert telegram.texts(ALICE) == []
    nlu.release()
    first, second = telegram.wait_for(ALICE, 2)
    assert first.text.startswith("Hello Alice!")
    assert second.text == "There is nothing left to undo."


def test_forgets_the_lock_of_a_chat_that_is_idle() -> None:
    processor = door._OneByOne()
    order: list[int] = []

    async def note(number: int) -> None:
        await asyncio.sleep(0)
        order.append(number)

    async def work() -> None:
        job = door._Job("1", lambda: note(0))
        await asyncio.gather(*(processor.process_update(job, note(number)) for number in range(5)))

    asyncio.run(work())
    assert order == [0, 1, 2, 3, 4]
    assert len(processor._locks) == 0


# --- sending


def test_waits_as_long_as_telegram_says(telegram: FakeTelegram, alice: int, served: Served) -> None:
    telegram.fail("sendMessage", 429, retry_after=1)
    begun = time.monotonic()
    telegram.says(ALICE, "hello")
    telegram.says(ALICE, "/undo")
    first, second = telegram.wait_for(ALICE, 2)
    assert time.monotonic() - begun >= 1
    assert first.text.startswith("Hello Alice!")
    assert second.text == "There is nothing left to undo."


def test_sends_again_after_a_failure(manny: Manny, telegram: FakeTelegram, alice: int, served: Served) -> None:
    telegram.fail("sendMessage", 502, "Bad Gateway")
    telegram.says(ALICE, "hello")
    telegram.wait_for(ALICE, 1)
    eventually(lambda: unsent(manny) == 0)
    assert len(telegram.calls("sendMessage")) == 2


def test_stops_sending_to_who_has_blocked_it_until_they_write(
    manny: Manny, telegram: FakeTelegram, alice: int, served: Served
) -> None:
    telegram.blocks(ALICE, told=False)
    telegram.says(ALICE, "hello")
    eventually(lambda: blocked(manny, alice))
    put(manny, alice, "waiting")
    assert len(telegram.calls("sendMessage")) == 1
    telegram.unblocks(ALICE, told=False)
    telegram.says(ALICE, "/undo")
    texts = [sent.text for sent in telegram.wait_for(ALICE, 3)]
    assert texts[0].startswith("Hello Alice!")
    assert texts[1:] == ["waiting", "There is nothing left to undo."]
    assert not blocked(manny, alice)


def test_notices_who_blocks_and_unblocks_it(manny: Manny, telegram: FakeTelegram, alice: int, served: Served) -> None:
    telegram.blocks(ALICE)
    eventually(lambda: blocked(manny, alice))
    telegram.unblocks(ALICE)
    eventually(lambda: not blocked(manny, alice))


def test_sends_plain_text_where_telegram_refuses_the_markup(
    manny: Manny, telegram: FakeTelegram, alice: int, caplog: pytest.LogCaptureFixture
) -> None:
    put(manny, alice, "<b>Weber</b> &amp; <Co")
    with Served(manny, telegram.token):
        assert telegram.wait_for(ALICE, 1)[0].text == "Weber & <Co"
        eventually(lambda: unsent(manny) == 0)
    assert "goes as plain text" in caplog.text
    assert len(telegram.faults) == 1
    telegram.faults.clear()


def test_gives_up_what_telegram_will_never_take(
    manny: Manny, telegram: FakeTelegram, alice: int, caplog: pytest.LogCaptureFixture
) -> None:
    put(manny, alice, "<b></b>")
    put(manny, alice, "after it")
    with Served(manny, telegram.token):
        telegram.wait_for(ALICE, 1)
        eventually(lambda: unsent(manny) == 0)
    assert telegram.texts(ALICE) == ["after it"]
    assert "is given up" in caplog.text
    telegram.faults.clear()


def test_splits_a_long_text_at_line_ends(manny: Manny, telegram: FakeTelegram, alice: int) -> None:
    lines = [f"· <b>customer {number}</b> 客户&amp;价格 😀" for number in range(300)]
    put(manny, alice, "<i>" + "\n".join(lines) + "</i>", labels=["yes"])
    with Served(manny, telegram.token):
        eventually(lambda: unsent(manny) == 0)
    sent = telegram.to(ALICE)
    assert len(sent) > 2
    assert "\n".join(one.text for one in sent).splitlines() == [
        f"· customer {number} 客户&价格 😀" for number in range(300)
    ]
    assert [bool(one.buttons) for one in sent] == [False] * (len(sent) - 1) + [True]


def test_goes_on_in_a_long_reply_where_it_failed(manny: Manny, telegram: FakeTelegram, alice: int) -> None:
    put(manny, alice, "a" * 4096 + "\n" + "b" * 4096 + "\nc")
    with Served(manny, telegram.token):
        telegram.wait(lambda: len(telegram.to(ALICE)) >= 1)
        telegram.fail("sendMessage", 429, retry_after=1)
        eventually(lambda: unsent(manny) == 0)
    assert "".join(telegram.texts(ALICE)).replace("\n", "") == "a" * 4096 + "b" * 4096 + "c"


def test_sends_pictures_and_files(manny: Manny, telegram: FakeTelegram, alice: int, served: Served) -> None:
    telegram.says(ALICE, "met Weber, has budget")
    telegram.says(ALICE, "pipeline")
    telegram.says(ALICE, "excel please")
    telegram.wait(lambda: {one.kind for one in telegram.to(ALICE)} == {"text", "photo", "document"}, timeout=20)
    files = {one.kind: one.file or "" for one in telegram.to(ALICE) if one.file}
    assert files["photo"].endswith(".png")
    assert files["document"].endswith(".xlsx")


def test_sends_a_picture_as_a_file_where_telegram_refuses_it(
    manny: Manny, telegram: FakeTelegram, alice: int, tmp_path: Path
) -> None:
    (tmp_path / "long.png").write_bytes(b"\x89PNG....")
    put(manny, alice, "look", files=[str(tmp_path / "long.png"), str(tmp_path / "gone.png")])
    telegram.fail("sendPhoto", 400, "Bad Request: PHOTO_INVALID_DIMENSIONS")
    with Served(manny, telegram.token):
        eventually(lambda: unsent(manny) == 0)
    assert [one.kind for one in telegram.to(ALICE)] == ["text", "document"]


def test_passes_over_a_reply_whose_words_were_forgotten(manny: Manny, telegram: FakeTelegram, alice: int) -> None:
    row = put(manny, alice, "of somebody")
    with UnitOfWork(manny.sessions) as work:
        work.session.get_one(Outgoing, row).payload = {}
        work.commit()
    put(manny, alice, "after it")
    with Served(manny, telegram.token):
        eventually(lambda: unsent(manny) == 0)
    assert telegram.texts(ALICE) == ["after it"]


# --- exactly once


def test_handles_an_update_once_that_comes_again(
    manny: Manny, telegram: FakeTelegram, nlu: StubNlu, alice: int, served: Served
) -> None:
    update = telegram.says(ALICE, "met Weber, has budget")
    telegram.wait_for(ALICE, 1)
    telegram.wait_until_taken(update)
    telegram.redelivers(update)
    telegram.says(ALICE, "/undo")
    telegram.wait_for(ALICE, 2)
    assert rows(manny, Message) == 2
    assert len(telegram.texts(ALICE)) == 2


def test_stores_an_update_before_it_is_acknowledged(
    manny: Manny, telegram: FakeTelegram, nlu: StubNlu, alice: int, served: Served
) -> None:
    nlu.hold.set()
    update = telegram.says(ALICE, "slow hello")
    telegram.wait_until_taken(update)
    assert rows(manny, Message) == 1
    nlu.release()
    telegram.wait_for(ALICE, 1)


def test_sends_at_the_start_what_was_committed_and_not_sent(manny: Manny, telegram: FakeTelegram, alice: int) -> None:
    put(manny, alice, "one")
    put(manny, alice, "two")
    with Served(manny, telegram.token):
        assert [sent.text for sent in telegram.wait_for(ALICE, 2)] == ["one", "two"]


def test_sweeps_up_what_another_process_has_left(
    manny: Manny, telegram: FakeTelegram, alice: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "SWEEP", timedelta(seconds=0.2))
    with Served(manny, telegram.token):
        telegram.wait(lambda: bool(telegram.calls("getUpdates")))
        put(manny, alice, "late")
        assert telegram.wait_for(ALICE, 1)[0].text == "late"


def test_waits_for_a_database_that_is_away(
    manny: Manny,
    telegram: FakeTelegram,
    alice: int,
    served: Served,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    from sqlalchemy.exc import OperationalError

    receive, failures = manny.assistant.receive, [OperationalError("insert", {}, Exception("disk is full"))]

    def failing(incoming: Any) -> Any:
        if failures:
            raise failures.pop()
        return receive(incoming)

    monkeypatch.setattr(manny.assistant, "receive", failing)
    telegram.says(ALICE, "hello")
    assert telegram.wait_for(ALICE, 1)[0].text.startswith("Hello Alice!")
    assert "cannot be stored" in caplog.text


def test_a_clean_stop_leaves_what_waits_to_the_next_start(
    manny: Manny, telegram: FakeTelegram, nlu: StubNlu, alice: int
) -> None:
    nlu.hold.set()
    with Served(manny, telegram.token):
        telegram.says(ALICE, "slow hello")
        telegram.wait_until_taken(telegram.says(ALICE, "/undo"))
        eventually(lambda: "slow hello" in nlu.heard[-1:])
        releasing = threading.Timer(0.3, nlu.release)
        releasing.start()
    assert len(telegram.texts(ALICE)) <= 1
    with Served(manny, telegram.token):
        telegram.wait_for(ALICE, 2)
    assert telegram.texts(ALICE)[0].startswith("Hello Alice!")
    assert telegram.texts(ALICE)[1:] == ["There is nothing left to undo."]


# --- as a process


@pytest.fixture
def process(tmp_path: Path, telegram: FakeTelegram, nlu: StubNlu) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts Manny as a process; its log goes to `log.txt`."""
    running: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        arguments = [database(tmp_path), telegram.url, nlu.url, telegram.token]
        with (tmp_path / "log.txt").open("ab") as log:
            started = subprocess.Popen(
                [sys.executable, "-m", "tests.bot.serving", *arguments], cwd=ROOT, stderr=log, stdout=log
            )
        running.append(started)
        return started

    yield start
    for one in running:
        if one.poll() is None:
            one.kill()
        one.wait(5)


@pytest.mark.slow
def test_killed_between_receiving_and_answering_it_loses_nothing(
    manny: Manny,
    telegram: FakeTelegram,
    nlu: StubNlu,
    alice: int,
    tmp_path: Path,
    process: Callable[[], subprocess.Popen[bytes]],
) -> None:
    nlu.hold.set()
    killed = process()
    telegram.says(ALICE, "slow hello")
    second = telegram.says(ALICE, "/undo")
    telegram.wait_until_taken(second, timeout=20)
    eventually(lambda: "slow hello" in nlu.heard[-1:])
    killed.send_signal(signal.SIGKILL)
    killed.wait(5)
    assert telegram.texts(ALICE) == []
    nlu.release()
    begun = process()
    texts = [sent.text for sent in telegram.wait_for(ALICE, 2, timeout=20)]
    assert texts[0].startswith("Hello Alice!")
    assert texts[1:] == ["There is nothing left to undo."]
    begun.send_signal(signal.SIGTERM)
    assert begun.wait(10) == 0
    assert len(telegram.texts(ALICE)) == 2
    log = (tmp_path / "log.txt").read_text()
    assert "getUpdates" in log or "Application started" in log
    assert telegram.token not in log
    assert telegram.token.split(":")[1] not in log


# --- the token, and the end


def test_the_token_is_in_no_log(
    manny: Manny, telegram: FakeTelegram, alice: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with Served(manny, telegram.token):
        telegram.says(ALICE, "hello")
        telegram.wait_for(ALICE, 1)
        logging.getLogger("any").info("asking %s", f"{telegram.url}/bot{telegram.token}/getMe")
        try:
            raise ValueError(f"{telegram.url}/bot{telegram.token}/getMe")
        except ValueError:
            logging.getLogger("any").exception("it failed")
    assert "/bot[token]/getMe" in caplog.text
    assert "it failed" in caplog.text
    assert telegram.token.split(":")[1] not in caplog.text


def test_keeps_trying_while_telegram_is_away(
    manny: Manny, telegram: FakeTelegram, alice: int, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.fail("getMe", 502, "Bad Gateway")
    telegram.fail("getUpdates", 502, "Bad Gateway")
    with Served(manny, telegram.token):
        telegram.says(ALICE, "hello")
        telegram.wait_for(ALICE, 1, timeout=12)
    assert "Telegram cannot be reached" in caplog.text


def test_ends_with_a_message_where_the_token_is_wrong(
    manny: Manny, telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    with Served(manny, "1:wrong-and-secret") as running:
        running.ended()
    assert isinstance(running.error, ServeError)
    assert "does not accept the bot's token" in str(running.error)
    assert "wrong-and-secret" not in caplog.text


def test_ends_with_a_message_where_the_token_is_revoked(manny: Manny, telegram: FakeTelegram) -> None:
    with Served(manny, telegram.token) as running:
        telegram.wait(lambda: bool(telegram.calls("getUpdates")))
        telegram.fail("getUpdates", 401, "Unauthorized")
        telegram.says(STRANGER, "hello")
        running.ended()
    assert "no longer accepts the bot's token" in str(running.error)


def test_ends_with_one_clear_line_where_another_program_polls(
    manny: Manny, telegram: FakeTelegram, tmp_path: Path, nlu: StubNlu, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "other").mkdir()
    other = build(tmp_path / "other", nlu.url, telegram.url)
    admit(other, "Alice", ALICE)
    with Served(manny, telegram.token) as first:
        telegram.wait(lambda: bool(telegram.calls("getUpdates")))
        with Served(other, telegram.token):
            first.ended()
            telegram.says(ALICE, "hello")
            telegram.wait_for(ALICE, 1)
    other.close()
    assert "Another program polls" in str(first.error)
    assert [record.levelname for record in caplog.records if "Another program polls" in record.message] == ["ERROR"]
