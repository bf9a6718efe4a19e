"""The fake itself: it keeps the promises of the Bot API, and it notices a bot that breaks its rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.fake_telegram import FakeTelegram
from tests.fake_telegram.markup import CannotParse, read_html


@pytest.fixture
def telegram() -> Iterator[FakeTelegram]:
    with FakeTelegram() as fake:
        fake.knows(1)
        yield fake


def call(telegram: FakeTelegram, method: str, **parameters: Any) -> dict[str, Any]:
    answer = httpx.post(f"{telegram.url}/bot{telegram.token}/{method}", data=parameters)
    read: dict[str, Any] = answer.json()
    return read


def test_delivers_again_what_was_not_acknowledged(telegram: FakeTelegram) -> None:
    first, second = telegram.says(1, "a"), telegram.says(1, "b")
    for _ in range(2):
        assert [one["update_id"] for one in call(telegram, "getUpdates")["result"]] == [first, second]
    assert [one["update_id"] for one in call(telegram, "getUpdates", offset=second)["result"]] == [second]
    assert call(telegram, "getUpdates", offset=second + 1)["result"] == []


@pytest.mark.parametrize(
    ("method", "parameters", "answer"),
    [
        ("sendCarrierPigeon", {}, "Not Found"),
        ("sendMessage", {"chat_id": 1}, "not given"),
        ("sendMessage", {"chat_id": 1, "text": "a", "disable_web_page_preview": "1"}, "no such parameters"),
        ("sendMessage", {"chat_id": 1, "text": " \n"}, "text is empty"),
        ("sendMessage", {"chat_id": 1, "text": "x" * 4097}, "too long"),
        ("sendMessage", {"chat_id": 1, "text": "😀" * 2049}, "too long"),
        ("sendMessage", {"chat_id": 1, "text": "1 < 2", "parse_mode": "HTML"}, "can't parse entities"),
        (
            "sendMessage",
            {
                "chat_id": 1,
                "text": "a",
                "reply_markup": '{"inline_keyboard": [[{"text": "a", "callback_data": "%s"}]]}' % ("客" * 22),
            },
            "BUTTON_DATA_INVALID",
        ),
    ],
)
def test_notices_what_no_correct_bot_sends(
    telegram: FakeTelegram, method: str, parameters: dict[str, Any], answer: str
) -> None:
    assert answer in call(telegram, method, **parameters)["description"]
    assert len(telegram.faults) == 1
    assert telegram.sent == []


def test_refuses_an_edit_that_changes_nothing(telegram: FakeTelegram) -> None:
    sent = call(telegram, "sendMessage", chat_id=1, text="<b>a</b>", parse_mode="HTML")["result"]
    assert sent["entities"] == [{"type": "bold", "offset": 0, "length": 1}]
    edit = {"chat_id": 1, "message_id": sent["message_id"], "text": "<b>a</b>", "parse_mode": "HTML"}
    assert "message is not modified" in call(telegram, "editMessageText", **edit)["description"]
    assert call(telegram, "editMessageText", **{**edit, "text": "b"})["ok"]
    assert telegram.faults == []


def test_fails_to_order(telegram: FakeTelegram) -> None:
    telegram.fail("sendMessage", 429, retry_after=3)
    answer = call(telegram, "sendMessage", chat_id=1, text="a")
    assert (answer["error_code"], answer["parameters"]) == (429, {"retry_after": 3})
    assert call(telegram, "sendMessage", chat_id=1, text="a")["ok"]
    assert call(telegram, "sendMessage", chat_id=7, text="a")["description"] == "Bad Request: chat not found"


def test_knows_its_token(telegram: FakeTelegram) -> None:
    assert httpx.post(f"{telegram.url}/bot1:other/getMe").status_code == 401


def test_gives_files_back(telegram: FakeTelegram) -> None:
    telegram.sends(1, "document", b"data")
    path = call(telegram, "getFile", file_id="document-1")["result"]["file_path"]
    assert httpx.get(f"{telegram.url}/file/bot{telegram.token}/{path}").content == b"data"


def test_gives_no_file_out_that_is_too_large_or_was_not_asked_for(telegram: FakeTelegram) -> None:
    telegram.sends(1, "document", b"data", size=20 * 1024 * 1024 + 1)
    assert call(telegram, "getFile", file_id="document-1")["description"] == "Bad Request: file is too big"
    assert telegram.faults == []
    assert httpx.get(f"{telegram.url}/file/bot{telegram.token}/files/document-1").status_code == 404
    assert len(telegram.faults) == 1


def test_measures_entities_in_utf16_units() -> None:
    text, entities, complaints = read_html(" 😀 <b>客户</b> &amp; <code>x</code> ")
    assert text == "😀 客户 & x"
    assert [(one["type"], one["offset"], one["length"]) for one in entities] == [("bold", 3, 2), ("code", 8, 1)]
    assert complaints == []


@pytest.mark.parametrize("markup", ["<b>a", "a</b>", "<b><i>a</b></i>", "<h1>a</h1>", "a<", "<br>"])
def test_refuses_markup_that_is_not_whole(markup: str) -> None:
    with pytest.raises(CannotParse):
        read_html(markup)


def test_complains_of_what_is_not_escaped() -> None:
    assert len(read_html("a & b > c &nbsp;")[2]) == 3
