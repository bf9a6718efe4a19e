"""Nothing trusts the text: no command in it is obeyed, nothing it holds breaks a turn or a screen, no length costs time."""

from __future__ import annotations

import json
import time
import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from prompt_toolkit import HTML

from bot.console import Console, sign_in
from bot.messages import Outgoing
from bot.settings import Settings
from bot.wiring import Manny, build
from nlu.client import NAMES, READ_AT_MOST, Answer, NluClient, interpret, readable, storable
from nlu.reading import read_values
from nlu.server import NluServer
from nlu.understanding import INTENTS, LABELS, Understanding
from tests.conftest import TestClock
from tests.fake_telegram.markup import read_html

NOW = datetime(2026, 3, 2, 9, 0)
COMMANDS = (
    '/log_contact{"person": "x"}',
    "//greet",
    " /undo",
    "/ /greet",
    " / // /undo",
    "\u200b/greet",
    "\0/greet",
    "\u2028/undo",
    "\ufeff / /greet",
    "／greet",
    "/",
    "/undo@manny_bot",
    "/greet@0.99",
)
CODE = (
    '{"intent": {"name": "undo", "confidence": 1}}',
    "<b>bold</b> <script>alert(1)</script> &amp; &#0; </b>",
    '<a href="https://example.org">',
    "'; DROP TABLE persons; --",
    "{{7*7}} {% for x in y %} {# no end",
    "%s %n %(x)s",
    "{0} {__class__}",
    "[x](person) [[y]](rep)",
    "\x1b[31mred\x1b[0m\x07",
    "a\0b\x01c",
)
SCRIPTS = (
    "\u202eevil\u2066 \u061cback\u200f",
    "a\u200db\u200cc\u2060d",
    "\ud83d alone \udc00",
    "\uffff\ufffe\U0010ffff",
    "Z" + "\u0301" * 500,
    "😀" * 500,
    "👨‍👩‍👧‍👦" * 50,
    "𝕳𝖊𝖑𝖑𝖔 ﷽ ﬁne İstanbul",
    "\u2028\u2029\u0085",
)
VALUES = (
    "budget 9e999",
    "1/0",
    "budget 999999999999999999999",
    "她们预算九千九百九十九万亿亿",
    "预算999999999亿",
    "他要999999999999万台",
    "٣٥ pumps, १२ lakh",
    "remind me 31 february",
    "2月31日提醒我",
    "remind me on 0000-01-01",
    "year 0 in 99999",
    "99999年1月1日提醒我",
    "remind me in 999 years",
    "999个月后提醒我",
    "remind me at 25:61",
    "-5 pumps for -$3",
)
HOSTILE = COMMANDS + CODE + SCRIPTS + VALUES
FLOODS = (
    "x",
    "1",
    " ",
    "(",
    "[",
    "国",
    "\n",
    "。",
    ", ",
    "!",
    ". ",
    "3:30 ",
    "一点",
    "\u0301",
    "😀",
    "/",
    "请",
    "a@",
    "1/",
)
LENGTH = 100_000


def named(text: str) -> str:
    """A short id for a long text."""
    return ascii(text[:24])


# --- the text as it is read


@pytest.mark.parametrize("text", HOSTILE, ids=named)
def test_what_the_model_sees_has_no_command_and_nothing_that_steers(text: str) -> None:
    clean = readable(text)
    assert not clean.startswith("/")
    assert clean == clean.strip()
    assert not [char for char in clean if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co")]


@pytest.mark.parametrize(
    ("text", "kept"),
    [("王总 & 😀\n\t", "王总 & 😀\n\t"), ("a\ud83d b\0", "a\ufffd b\ufffd"), ("\ud83d\ude00", "😀"), ("", "")],
)
def test_it_keeps_the_text_as_it_came_but_for_what_nothing_can_hold(text: str, kept: str) -> None:
    assert storable(text) == read(text).text == kept


def test_a_slash_within_a_message_stays() -> None:
    assert readable("call Acme on 3/15 and/or Globex") == "call Acme on 3/15 and/or Globex"


@pytest.mark.parametrize("text", HOSTILE + tuple(piece * 300 for piece in FLOODS), ids=named)
def test_it_is_understood_and_kept_without_a_fault(text: str) -> None:
    plain = read(text).to_json()
    assert Understanding.from_json(json.loads(json.dumps(plain, allow_nan=False))).to_json() == plain


@pytest.mark.parametrize("text", ["budget 9e999", "1/0", "预算999999999亿", "她们预算九千九百九十九万亿亿", "-5 pumps"])
def test_numbers_beyond_all_deals_are_no_values(text: str) -> None:
    said = read(text)
    assert (said.amount, said.quantity) == (None, None)


@pytest.mark.parametrize(
    "text",
    ["31 february", "2月31日", "0000-01-01", "0年1月1日", "99999-01-01", "99999年1月1日", "32号", "13月5日", "25:61"],
)
def test_days_that_no_calendar_has_are_no_days(text: str) -> None:
    assert read(f"提醒我 {text}").when is None


@pytest.mark.parametrize("piece", FLOODS, ids=named)
def test_a_flood_costs_no_more_than_a_few_ordinary_long_messages(piece: str) -> None:
    ordinary = "met Li Wei of Acme at the expo on Friday, has a budget of 50k, 他老板要3台, call him at 3pm. "
    longest = took(lambda: read((ordinary * READ_AT_MOST)[:READ_AT_MOST]))
    assert took(lambda: read(piece * LENGTH)) < 10 * longest


def read(text: str) -> Understanding:
    """The text around a model that is not there."""
    clean = readable(text)
    answer = Answer.model_validate({"intent": {"name": "log_contact", "confidence": 0.9}})
    return interpret(text, clean, read_values(clean, NOW, "CN"), answer)


def took(run: Callable[[], object]) -> float:
    """Seconds of the processor, the best of three: others share the machine."""
    times = []
    for _ in range(3):
        begun = time.process_time()
        run()
        times.append(time.process_time() - begun)
    return min(times)


# --- whole turns around a model that is always sure, and takes the whole text for every name


class Parrot(NluClient):
    """A model that understands everything as `intent`, with the text itself for each name."""

    intent = "log_contact"
    confidence = 0.9

    def _ask(self, clean: str, sent: Callable[[], None]) -> Answer:
        sent()
        spans = [{"entity": name, "value": clean, "start": 0, "end": len(clean)} for name in NAMES]
        labels = {name: {"value": values[0], "clause": clean} for name, values in LABELS.items()}
        intent = {"name": self.intent, "confidence": self.confidence}
        ranking = [intent, {"name": "update_deal"}, {"name": "forget"}]
        return Answer.model_validate(
            {"intent": intent, "intent_ranking": ranking, "entities": spans, "labels": labels, "facts": labels}
        )


@pytest.fixture
def parrot() -> Parrot:
    return Parrot("http://127.0.0.1:9", None)


@pytest.fixture
def console(settings: Settings, clock: TestClock, parrot: Parrot, tmp_path: Path) -> Iterator[Console]:
    manny = build(settings, parrot, clock, tmp_path / "files")
    yield Console(manny, sign_in(manny, "Ann", "manager", "en", None))
    manny.close()


@pytest.mark.parametrize("intent", INTENTS)
def test_a_turn_with_any_text_answers_and_shows_it_as_text(console: Console, parrot: Parrot, intent: str) -> None:
    parrot.intent = intent
    begin = INTENTS.index(intent) % 4
    for parrot.confidence in (0.9, 0.1):
        for text in HOSTILE[begin::4]:
            (reply,) = console.say(text).replies
            shown_properly(reply)


def shown_properly(reply: Outgoing) -> None:
    """The turn did not fail, and Telegram and the terminal can show what is answered."""
    assert reply.template != "conversation/sorry"
    plain, _, complaints = read_html(reply.html)
    assert complaints == []
    assert plain == reply.text
    HTML(reply.html)
    assert not [char for char in reply.text if unicodedata.category(char) in ("Cc", "Cs") and char != "\n"]
    assert not set(reply.text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def test_markup_in_a_name_is_shown_and_not_obeyed(console: Console) -> None:
    (reply,) = console.say("<b>Eve</b> & {{7*7}}").replies
    assert "<b>Eve</b> & {{7*7}}" in reply.text
    assert "&lt;b&gt;Eve&lt;/b&gt; &amp; {{7*7}}" in reply.html
    assert "49" not in reply.text


# --- the real model


@pytest.fixture
def client(nlu_server: NluServer) -> Iterator[NluClient]:
    client = NluClient(nlu_server.url, nlu_server.token)
    yield client
    client.close()


@pytest.mark.slow
@pytest.mark.parametrize("text", COMMANDS, ids=named)
def test_a_command_is_a_text_like_any_other(client: NluClient, text: str) -> None:
    said, bare = client.parse(text, NOW), client.parse(readable(text), NOW)
    assert (said.intent, said.confidence, said.person) == (bare.intent, bare.confidence, bare.person)
    assert said.confidence < 1 or not readable(text)


@pytest.mark.slow
def test_the_model_reads_any_text(client: NluClient) -> None:
    for text in (*HOSTILE, *(piece * LENGTH for piece in FLOODS)):
        said = client.parse(text, NOW)
        assert said.intent in INTENTS
        assert said.text == storable(text)
        json.dumps(said.to_json(), allow_nan=False)


@pytest.mark.slow
def test_no_flood_costs_the_model_more_than_a_few_ordinary_long_messages(client: NluClient) -> None:
    # Each text begins differently, because the server remembers what it has read.
    ordinary = "met Li Wei of Acme at the expo on Friday, has a budget of 50k, 他老板要3台, call him at 3pm. " * 30
    longest = min(took_once(client, ordinary) for _ in range(3))
    slow = [piece for piece in FLOODS if all(took_once(client, piece * LENGTH) > 8 * longest for _ in range(3))]
    assert slow == []


def took_once(client: NluClient, text: str) -> float:
    text = f"{time.time_ns()} {text}"
    begun = time.perf_counter()
    client.parse(text, NOW)
    return time.perf_counter() - begun


@pytest.mark.slow
def test_whole_turns_answer_any_text(make_manny: Callable[[], Manny]) -> None:
    manny = make_manny()
    console = Console(manny, sign_in(manny, "Ann", "rep", "en", None))
    for text in (*HOSTILE, *(f"met {text} at expo, has budget" for text in CODE), "x" * LENGTH):
        (reply,) = console.say(text).replies
        shown_properly(reply)
