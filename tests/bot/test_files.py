"""Files sent on Telegram, over real HTTP: fetched once they are stored, kept, answered once, and never a stranger's."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from bot import telegram_files
from bot.replies import words
from bot.settings import ROOT
from bot.wiring import Manny
from storage.models import Attachment, Company, Message, Opportunity, Person
from storage.unit_of_work import UnitOfWork
from tests.bot.house import Served, admit, database, eventually
from tests.bot.stub_nlu import StubNlu
from tests.fake_telegram import FakeTelegram

pytestmark = pytest.mark.slow

ALICE, STRANGER = 11, 99
EN = words("telegram", "en")
PDF = b"%PDF-1.7 the signed contract"


@pytest.fixture
def alice(manny: Manny, telegram: FakeTelegram) -> int:
    """The conversation of a member, who has talked of Weber just now."""
    telegram.knows(ALICE)
    conversation = admit(manny, "Alice", ALICE)
    with UnitOfWork(manny.sessions) as work:
        speaker = work.team.by_name("Alice")
        assert speaker is not None
        now = manny.clock()
        weber = Person(owner_id=speaker.id, name="Weber", name_key="weber", also_known_as=[], created_at=now)
        work.session.add(weber)
        work.session.flush()
        deal = Opportunity(
            owner_id=speaker.id, contact_id=weber.id, stage="lead", stage_since=now, created_at=now, touched_at=now
        )
        work.session.add(deal)
        work.session.flush()
        work.team.conversation_by_id(conversation).focus_id = deal.id
        work.commit()
    return conversation


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next try comes at once."""
    monkeypatch.setattr(telegram_files, "WAITS", (0.01, 0.01))


def kept(manny: Manny) -> list[tuple[str, str, bytes | None]]:
    """Of each file its name, what it is, and its content."""
    with UnitOfWork(manny.sessions) as work:
        rows = work.session.scalars(select(Attachment).order_by(Attachment.id)).all()
        return [(row.name, row.media_type, work.files.read(row.path)) for row in rows]


def on_disk(manny: Manny) -> int:
    return len(manny.files.all())


def test_keeps_a_document_with_its_words(manny: Manny, telegram: FakeTelegram, alice: int, served: Served) -> None:
    telegram.sends(ALICE, "document", PDF, "../../contract.exe", caption="the contract")
    assert telegram.wait_for(ALICE, 1)[0].text == "📎 “../../contract.exe” is with Weber now."
    assert kept(manny) == [("../../contract.exe", "application/pdf", PDF)]
    assert on_disk(manny) == 1
    with UnitOfWork(manny.sessions) as work:
        (message,) = work.session.scalars(select(Message))
        assert (message.text, message.status) == ("the contract", "answered")


def test_reads_the_words_as_a_message(manny: Manny, telegram: FakeTelegram, alice: int, served: Served) -> None:
    telegram.sends(ALICE, "photo", caption="met Li Wei, has budget")
    answer = telegram.wait_for(ALICE, 1)[0]
    assert answer.text.startswith("New: Li Wei")
    assert answer.text.endswith("📎 The picture is with Li Wei now.")
    assert answer.buttons


@pytest.mark.parametrize(
    ("kind", "told", "media_type"),
    [
        ("photo", "The picture is with Weber now.", "image/jpeg"),
        ("voice", "The recording is with Weber now. I can't listen to it", "audio/ogg"),
        ("video", "The video is with Weber now. I can't watch it", "video/mp4"),
        ("animation", "The video is with Weber now.", "video/mp4"),
    ],
)
def test_keeps_what_people_send(
    manny: Manny, telegram: FakeTelegram, alice: int, served: Served, kind: str, told: str, media_type: str
) -> None:
    telegram.sends(ALICE, kind)
    assert told in telegram.wait_for(ALICE, 1)[0].text
    assert [row[1] for row in kept(manny)] == [media_type]


def test_takes_the_largest_of_a_photos_sizes(telegram: FakeTelegram, alice: int, served: Served) -> None:
    telegram.sends(ALICE, "photo")
    telegram.wait_for(ALICE, 1)
    assert [call.parameters["file_id"] for call in telegram.calls("getFile")] == ["photo-1"]


def test_answers_an_album_once(manny: Manny, telegram: FakeTelegram, alice: int, served: Served) -> None:
    for number in range(3):
        telegram.sends(ALICE, "photo", media_group_id="album", caption="" if number else "the plant")
    telegram.says(ALICE, "hello")
    answers = [sent.text for sent in telegram.wait_for(ALICE, 2)]
    assert answers[0] == "📎 The picture is with Weber now."
    assert answers[1].startswith("Hello Alice!")
    assert len(kept(manny)) == 3


def test_keeps_the_order_of_files_and_words(telegram: FakeTelegram, alice: int, served: Served) -> None:
    telegram.sends(ALICE, "document", PDF, "one.pdf")
    telegram.says(ALICE, "hello")
    telegram.sends(ALICE, "document", PDF, "two.pdf")
    texts = [sent.text for sent in telegram.wait_for(ALICE, 3)]
    assert ["one.pdf" in texts[0], "Hello" in texts[1], "two.pdf" in texts[2]] == [True, True, True]


def test_fetches_nothing_of_a_stranger(manny: Manny, telegram: FakeTelegram, alice: int, served: Served) -> None:
    telegram.sends(STRANGER, "document", PDF, "virus.pdf", caption="met Weber")
    telegram.says(ALICE, "hello")
    telegram.wait_for(ALICE, 1)
    assert telegram.texts(STRANGER) == [f"{EN['stranger']}\n{words('telegram', 'zh')['stranger']}"]
    assert telegram.calls("getFile") == telegram.calls("download") == []
    assert on_disk(manny) == 0


@pytest.mark.parametrize("told", [21 * 1024 * 1024, None])
def test_says_what_is_too_large(
    manny: Manny, telegram: FakeTelegram, alice: int, served: Served, told: int | None
) -> None:
    """Telegram tells the size beforehand, or refuses the file, or Manny stops reading."""
    content = PDF if told else PDF + b"\0" * 20_000_000
    telegram.sends(ALICE, "document", content, "film.pdf", size=told, caption="met Li Wei, has budget")
    answer = telegram.wait_for(ALICE, 1)[0].text
    assert answer.startswith("New: Li Wei")
    assert answer.endswith("📎 “film.pdf” is larger than 20 MB, so I can't keep it. Please send a smaller one.")
    assert on_disk(manny) == 0
    assert telegram.calls("download") == []


def test_stops_reading_what_is_larger_than_was_told(
    manny: Manny, telegram: FakeTelegram, alice: int, served: Served
) -> None:
    telegram.sends(ALICE, "document", PDF + b"\0" * 20_000_000, "film.pdf", size=5)
    assert "is larger than 20 MB" in telegram.wait_for(ALICE, 1)[0].text
    assert len(telegram.calls("download")) == 1
    assert on_disk(manny) == 0


def test_fetches_a_file_again_after_a_failure(manny: Manny, telegram: FakeTelegram, alice: int, served: Served) -> None:
    telegram.fail("getFile", 502, "Bad Gateway")
    telegram.fail("download", 500)
    telegram.sends(ALICE, "document", PDF, "contract.pdf")
    telegram.wait_for(ALICE, 1)
    assert kept(manny) == [("contract.pdf", "application/pdf", PDF)]


@pytest.mark.parametrize(
    ("method", "status", "description"),
    [("getFile", 502, "Bad Gateway"), ("getFile", 400, "Bad Request: invalid file_id"), ("download", 500, "")],
)
def test_says_that_a_file_did_not_come_and_loses_no_words(
    manny: Manny,
    telegram: FakeTelegram,
    alice: int,
    served: Served,
    caplog: pytest.LogCaptureFixture,
    method: str,
    status: int,
    description: str,
) -> None:
    telegram.fail(method, status, description, times=3)
    telegram.sends(ALICE, "document", PDF, "contract.pdf", caption="met Li Wei, has budget")
    answer = telegram.wait_for(ALICE, 1)[0].text
    assert answer.startswith("New: Li Wei")
    assert answer.endswith("📎 “contract.pdf” did not reach me. Please send it once more.")
    assert kept(manny) == []
    assert telegram.token.split(":")[1] not in caplog.text


def test_takes_corrected_words_without_the_file(
    manny: Manny, telegram: FakeTelegram, alice: int, served: Served
) -> None:
    file = {"document": {"file_id": "document-1", "file_unique_id": "1", "file_size": 5}}
    telegram.edits(ALICE, "hello", **file)
    assert telegram.wait_for(ALICE, 1)[0].text.startswith("Hello Alice!")
    assert telegram.calls("getFile") == []


def test_handles_a_file_once_that_comes_again(manny: Manny, telegram: FakeTelegram, alice: int, served: Served) -> None:
    update = telegram.sends(ALICE, "document", PDF, "contract.pdf")
    telegram.wait_for(ALICE, 1)
    telegram.wait_until_taken(update)
    telegram.redelivers(update)
    telegram.says(ALICE, "hello")
    telegram.wait_for(ALICE, 2)
    assert len(kept(manny)) == on_disk(manny) == 1


def test_killed_before_it_is_answered_it_keeps_the_file_and_answers_once(
    manny: Manny, telegram: FakeTelegram, nlu: StubNlu, alice: int, tmp_path: Path
) -> None:
    """The file is on disk when Manny is killed: the next start fetches it again to the same place."""
    arguments = [sys.executable, "-m", "tests.bot.serving", database(tmp_path), telegram.url, nlu.url, telegram.token]

    def start() -> subprocess.Popen[bytes]:
        with (tmp_path / "log.txt").open("ab") as log:
            return subprocess.Popen(arguments, cwd=ROOT, stderr=log, stdout=log)

    nlu.hold.set()
    killed = start()
    begun: subprocess.Popen[bytes] | None = None
    try:
        telegram.wait_until_taken(
            telegram.sends(ALICE, "document", PDF, "a.pdf", caption="met Li Wei slow"), timeout=40
        )
        eventually(lambda: "met Li Wei slow" in nlu.heard)
        killed.send_signal(signal.SIGKILL)
        killed.wait(5)
        assert telegram.texts(ALICE) == []
        nlu.release()
        begun = start()
        (answer,) = telegram.wait_for(ALICE, 1, timeout=40)
        assert answer.text.endswith("📎 “a.pdf” is with Li Wei now.")
        begun.send_signal(signal.SIGTERM)
        assert begun.wait(10) == 0
    finally:
        for one in (killed, begun):
            if one is not None and one.poll() is None:
                one.kill()
    assert len(telegram.texts(ALICE)) == 1
    log = (tmp_path / "log.txt").read_text()
    assert telegram.token.split(":")[1] not in log
    received = [path for path in (tmp_path / "received").rglob("*") if path.is_file()]
    assert [path.read_bytes() for path in received] == [PDF]


def test_a_stop_does_not_wait_for_a_file(
    manny: Manny, telegram: FakeTelegram, alice: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_files, "WAITS", (30.0,))
    telegram.fail("getFile", 502, "Bad Gateway")
    with Served(manny, telegram.token):
        telegram.sends(ALICE, "document", PDF, "a.pdf")
        telegram.wait(lambda: bool(telegram.calls("getFile")))
    assert telegram.texts(ALICE) == []
    with Served(manny, telegram.token):
        assert telegram.wait_for(ALICE, 1)[0].text == "📎 “a.pdf” is with Weber now."


def test_nothing_of_a_company_is_made_by_a_file_alone(
    manny: Manny, telegram: FakeTelegram, alice: int, served: Served
) -> None:
    telegram.sends(ALICE, "document", PDF, "Globex.pdf")
    telegram.wait_for(ALICE, 1)
    with UnitOfWork(manny.sessions) as work:
        assert work.session.scalars(select(Company)).all() == []
