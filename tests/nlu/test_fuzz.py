"""No text and no answer of the model makes the reading fail; what is read fits into JSON and comes back unchanged."""

from __future__ import annotations

import json
import random
from datetime import datetime
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.fuzz import PIECES, answer, corpus, fuzz, keep
from nlu.client import NAMES, Answer, NluClient, NluUnavailable, interpret, readable
from nlu.reading import read_values
from nlu.understanding import INTENTS, LABELS, MAN, Understanding

NOW = datetime(2026, 3, 2, 9, 0)
KNOWN = corpus()[::50]

CHARACTERS = st.text(st.characters(codec=None), max_size=80)
SENTENCES = st.lists(st.sampled_from([*KNOWN, *PIECES]) | CHARACTERS, max_size=6)
TEXTS = CHARACTERS | SENTENCES.map("".join) | SENTENCES.map(" ".join)
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
INTENT = st.fixed_dictionaries(
    {"name": st.none() | st.sampled_from(INTENTS) | st.text(max_size=9)},
    optional={"confidence": st.floats(allow_nan=False, allow_infinity=False)},
)
SPAN = st.fixed_dictionaries(
    {
        "entity": st.sampled_from([*NAMES, "amount", "city"]),
        "value": st.text(max_size=150),
        "start": st.integers(-9, 99),
        "end": st.integers(-9, 99),
    }
)
LABEL = st.fixed_dictionaries(
    {
        "value": st.none()
        | st.sampled_from([value for values in LABELS.values() for value in values])
        | st.text(max_size=5)
    },
    optional={"clause": st.text(max_size=20), "confidence": st.floats()},
)
ANSWERS = st.fixed_dictionaries(
    {"intent": INTENT},
    optional={
        "intent_ranking": st.lists(INTENT, max_size=4),
        "entities": st.lists(SPAN, max_size=5),
        "labels": st.dictionaries(st.sampled_from([*LABELS, "mood"]), LABEL, max_size=5),
        "facts": st.dictionaries(st.sampled_from([*MAN, "mood"]), LABEL, max_size=4),
        "more": ODD,
    },
)


@settings(max_examples=150)
@given(text=TEXTS)
def test_what_is_readable_has_nothing_that_the_model_could_obey(text: str) -> None:
    clean = readable(text)
    assert clean == readable(clean)
    assert clean == " ".join(clean.split())
    assert not clean.startswith("/")
    clean.encode("utf-8")


@settings(max_examples=200, deadline=None)
@given(text=TEXTS, plain=ANSWERS, region=st.sampled_from([None, "CN", "DE", "XX"]), now=st.datetimes())
def test_it_reads_any_text_around_any_answer(
    text: str, plain: dict[str, Any], region: str | None, now: datetime
) -> None:
    clean = readable(text)
    said = interpret(text, clean, read_values(clean, now, region), Answer.model_validate(plain))
    keep(said)
    assert said.intent in INTENTS
    assert set(said.also) <= set(INTENTS)
    for label, values in LABELS.items():
        assert getattr(said, label) in (None, *values)
    assert said.referrer is None or said.referrer != said.person


class Server:
    """A client of a server that answers with `body`."""

    def __init__(self) -> None:
        self.status, self.body = 200, b""
        self.client = NluClient("http://127.0.0.1:9", None)
        self.client._http.close()
        transport = httpx.MockTransport(lambda request: httpx.Response(self.status, content=self.body))
        self.client._http = httpx.Client(base_url="http://127.0.0.1:9", transport=transport)


@pytest.fixture(scope="module")
def server() -> Server:
    return Server()


@settings(max_examples=150, deadline=None)
@given(
    body=st.binary() | ODD.map(json.dumps).map(str.encode) | ANSWERS.map(json.dumps).map(str.encode),
    status=st.sampled_from([200, 200, 401, 503]),
)
def test_any_answer_of_a_server_is_an_understanding_or_a_model_that_is_not_there(
    server: Server, body: bytes, status: int
) -> None:
    server.status, server.body = status, body
    try:
        said = server.client.parse("met Li Wei", NOW)
    except NluUnavailable:
        return
    assert status == 200
    assert isinstance(said, Understanding)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "null",
        "{}",
        '{"intent": null}',
        '{"intent": "greet"}',
        '{"intent": {"name": "greet", "confidence": NaN}}',
        '{"intent": {"name": "greet"}, "entities": [{"entity": "person"}]}',
        '{"intent": {"name": "greet"}, "labels": [1]}',
        "[" * 10_000,
    ],
)
def test_an_answer_of_another_form_means_that_there_is_no_model(server: Server, body: str) -> None:
    server.status, server.body = 200, body.encode()
    with pytest.raises(NluUnavailable):
        server.client.parse("met Li Wei", NOW)


def test_an_intent_that_the_contract_does_not_know_is_out_of_scope() -> None:
    plain = {
        "intent": {"name": "dance", "confidence": 0.9},
        "intent_ranking": [{"name": "dance"}, {"name": "sing"}, {"name": "undo"}],
    }
    said = interpret("hey", "hey", read_values("hey", NOW, None), Answer.model_validate(plain))
    assert (said.intent, said.also) == ("out_of_scope", ("undo",))


def test_nobody_is_introduced_by_themselves() -> None:
    spans = [
        {"entity": kind, "value": name, "start": 0, "end": 5}
        for kind, name in (("person", "Mr Weber"), ("referrer", "weber"))
    ]
    answer = Answer.model_validate({"intent": {"name": "log_referral"}, "entities": spans})
    said = interpret("Weber", "Weber", read_values("Weber", NOW, None), answer)
    assert (said.person, said.referrer) == ("Weber", None)


def _read(text: str, intents: dict[str, float], **spans: str) -> Understanding:
    """What is made of the model's answer: the intents with their chances, and names by their kind (kind_2 for a second)."""
    ranking = [{"name": name, "confidence": chance} for name, chance in intents.items()]
    entities = [
        {"entity": kind.split("_")[0], "value": name, "start": text.index(name), "end": text.index(name) + len(name)}
        for kind, name in spans.items()
    ]
    answer = {"intent": ranking[0], "intent_ranking": ranking, "entities": entities}
    return interpret(text, text, read_values(text, NOW, None), Answer.model_validate(answer))


def test_a_referral_without_introducer_and_introduction_is_a_contact() -> None:
    chances = {"log_referral": 0.6, "log_contact": 0.3, "undo": 0.1}
    plain = _read("met Jo Hall from Polaris today", chances, person="Jo Hall", company="Polaris")
    assert (plain.intent, round(plain.confidence, 2), plain.also) == ("log_contact", 0.9, ("undo",))
    assert _read("met Jo Hall thanks to Tom", chances, person="Jo Hall").intent == "log_referral"
    assert _read("Tom and Jo Hall, you know", chances, person="Jo Hall", referrer="Tom").intent == "log_referral"


@pytest.mark.parametrize(
    ("text", "first", "second", "person", "referrer"),
    [
        ("李伟把广达的张敏介绍给我了", "李伟", "张敏", "张敏", "李伟"),
        ("张敏，李伟介绍的", "张敏", "李伟", "张敏", "李伟"),
        ("Tom Reed introduced me to Jo Hall", "Tom Reed", "Jo Hall", "Jo Hall", "Tom Reed"),
        ("Jo Hall, introduced by Tom Reed", "Jo Hall", "Tom Reed", "Jo Hall", "Tom Reed"),
    ],
)
def test_of_two_introducers_one_is_the_introduced(
    text: str, first: str, second: str, person: str, referrer: str
) -> None:
    said = _read(text, {"log_referral": 0.9}, referrer=first, referrer_2=second)
    assert (said.person, said.referrer) == (person, referrer)


def test_the_fuzzer_runs_clean_and_repeats_itself() -> None:
    first, second = (fuzz(100, random.Random(7)) for _ in range(2))
    assert first.shortest == {}
    assert (first.messages, first.failures) == (second.messages, second.failures) == (100, 0)


def test_the_fuzzer_finds_what_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(text: str) -> str:
        if len(text) > 3:
            raise KeyError("x")
        return text

    monkeypatch.setattr("benchmarks.fuzz.readable", failing)
    found = fuzz(100, random.Random(7))
    assert found.failures > 60
    (shortest,) = found.shortest.values()
    assert len(shortest) < 15


def test_the_answers_that_the_fuzzer_makes_up_are_of_the_right_form() -> None:
    chance = random.Random(1)
    for text in KNOWN[:50]:
        Answer.model_validate(answer(chance, text))
