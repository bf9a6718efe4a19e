"""Asks the model and reads the values: text in, Understanding out, or NluUnavailable. Never imports Rasa."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import pairwise
from threading import Event

import httpx
from pydantic import BaseModel, Field, ValidationError

from nlu.reading import Values, read_values
from nlu.understanding import INTENTS, LABELS, MAN, Understanding
from nlu.values.language import language_of
from nlu.values.mentions import (
    decider_instead,
    introduced_by,
    introducer_follows,
    mention_of,
    receiver,
    related_person,
    tells_of_introduction,
)
from nlu.values.nouns import GOODS_MEASURES

SENT_WITHIN = 0.05
"""Seconds that are waited for a request to be on its way; what goes on then does so beside it."""

READ_AT_MOST = 2_000
"""Characters of a message that are read; nobody types more on a phone, and cost must not grow with abuse."""

_TITLES = re.compile(r"^(?:mr|mrs|ms|miss|dr|prof|the)\.?\s+", re.IGNORECASE)
_COUNTS = re.compile(r"[\d一二两三四五六七八九十百千万几]\s?\Z")
# At least two characters are left of the name: 3台灯 are lamps.
_MEASURE = re.compile(rf"^(?:{'|'.join(sorted(GOODS_MEASURES, key=len, reverse=True))})\s?(?=\S\S)")
_EDGES = " \t.,;:!?'\"“”‘’，。；：！？、()（）"
NAME_AT_MOST = 120
"""Characters of a name; what is longer is no name, and columns have their limits."""

NAMES = ("person", "company", "referrer", "product", "source", "rep")
"""The entities whose spans become fields."""

_SELF = re.compile(r"^(?:me|my|mine|i|myself|我|我的|自己|我自己|本人|俺)$", re.IGNORECASE)


class NluUnavailable(Exception):
    """The model's server gave no usable answer. The turn is given up, nothing is lost: try again later."""


class RankedIntent(BaseModel):
    """An intent with the model's confidence in it (0 to 1)."""

    name: str | None = None
    confidence: float = Field(default=0.0, allow_inf_nan=False)


class Span(BaseModel):
    """A name that the model found, and where it stands."""

    entity: str
    value: str
    start: int
    end: int


class Label(BaseModel):
    """What the model says of a whole message; a fact comes with the clause that states it."""

    value: str | None = None
    clause: str = ""


class Answer(BaseModel):
    """The part of the server's answer that is used."""

    intent: RankedIntent
    intent_ranking: list[RankedIntent] = []
    entities: list[Span] = []
    labels: dict[str, Label] = {}
    facts: dict[str, Label] = {}


Meaning = Callable[[datetime], Understanding]
"""What a message means to somebody whose local time is given. Waits for the model; raises NluUnavailable."""


class NluClient:
    """A client of one Rasa server, safe to use from several threads."""

    def __init__(self, url: str, token: str | None, region: str | None = None, timeout_seconds: float = 15.0) -> None:
        """`region` is the ISO country that phone numbers without a prefix belong to."""
        self._http = httpx.Client(base_url=url.rstrip("/"), timeout=timeout_seconds)
        self._parameters = {"token": token} if token else {}
        self._region = region
        self._asking = ThreadPoolExecutor(thread_name_prefix="nlu")

    def close(self) -> None:
        """Closes the connections."""
        self._asking.shutdown()
        self._http.close()

    def parse(self, text: str, now: datetime) -> Understanding:
        """What `text` means to somebody whose local time is `now`. Raises NluUnavailable."""
        return self.begin(text)(now)

    def begin(self, text: str) -> Meaning:
        """Asks the model about `text` and does not wait: the meaning is read, and waited for, when it is called for."""
        clean = readable(text)
        if not clean:
            said = Understanding(text=storable(text), language=language_of(text), intent="out_of_scope", confidence=1.0)
            return lambda now: said
        sent = Event()
        answer = self._asking.submit(self._ask, clean, sent.set)
        # Only one thread runs Python at a time: what the caller does next would keep the request back.
        sent.wait(SENT_WITHIN)

        def meaning(now: datetime) -> Understanding:
            values = read_values(clean, now, self._region)
            return interpret(text, clean, values, answer.result())

        return meaning

    def _ask(self, clean: str, sent: Callable[[], None]) -> Answer:
        """The model's answer; calls `sent` as soon as the request is on its way, or has failed."""

        def trace(event: str, details: object) -> None:
            if event.endswith("send_request_body.complete"):
                sent()

        try:
            # The token goes in the query string because Rasa reads it only there; httpx's own log is kept quiet.
            answer = self._http.post(
                "/model/parse", params=self._parameters, json={"text": clean}, extensions={"trace": trace}
            )
            answer.raise_for_status()
            return Answer.model_validate_json(answer.content)
        except (httpx.HTTPError, ValidationError) as error:
            raise NluUnavailable(type(error).__name__) from None
        finally:
            sent()


def storable(text: str) -> str:
    """The text as databases and JSON can hold it: halves of characters and NUL become U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "\ufffd")


def readable(text: str) -> str:
    """The text as the model may see it: no control characters, no leading `/`, which Rasa takes for a literal intent."""
    kept = "".join(
        " " if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co") else char for char in text[:READ_AT_MOST]
    )
    return re.sub(r"\s+", " ", kept).lstrip("/ ").rstrip()


def interpret(text: str, clean: str, values: Values, answer: Answer) -> Understanding:
    """Puts the model's answer and the values in the text together; what the contract does not know is left out."""
    answer = _without_introducer(clean, answer)
    intent = answer.intent.name if answer.intent.name in INTENTS else "out_of_scope"
    facts = {name: fact for name, fact in answer.facts.items() if name in MAN and fact.value in LABELS[name]}
    names = [span for span in answer.entities if span.entity in NAMES]
    if intent == "reassign":
        names = _receiver_first(clean, names)
    if intent == "log_referral":
        names = _introducer_last(clean, names)
    when = values.when
    # "This week" asks for a list until its last day; in a question about the pipeline it is a period, elsewhere nothing.
    until = values.until if intent == "list_reminders" else None
    return Understanding(
        text=storable(text),
        language=values.language,
        intent=intent,
        confidence=answer.intent.confidence,
        **{name: fact.value for name, fact in facts.items()},
        **_names(clean, names),
        **_labels(answer),
        quantity=values.quantity,
        # Figures of a balance sheet are neither a deal's size nor a quote nor a budget.
        amount=values.amount if intent != "rate_credit" else None,
        period=values.period if intent == "query_pipeline" else None,
        when=when.iso if when else until.isoformat() if until else None,
        part=when.part if when else None,
        past=bool(when and when.past),
        alternatives=tuple(day.isoformat() for day in when.alternatives) if when else (),
        mention=mention_of(clean, [(span.start, span.end) for span in names if span.entity == "person"]),
        related=_related(clean, names, facts["authority"].value if "authority" in facts else None),
        met=values.met,
        task=values.task,
        purpose=values.purpose,
        contact=values.contact,
        also=tuple(each.name for each in answer.intent_ranking[1:3] if each.name in INTENTS),
        words={name: fact.clause for name, fact in facts.items()},
    )


def _labels(answer: Answer) -> dict[str, str]:
    read = ("stage", "objection", "role", "style", "action", "topic")
    said = {name: label.value for name, label in answer.labels.items() if name in read}
    return {name: value for name, value in said.items() if value in LABELS[name]}


def _names(clean: str, spans: list[Span]) -> dict[str, str]:
    """The first span of each kind, cut to the name; nobody is introduced by themselves."""
    found: dict[str, str] = {}
    for span in spans:
        name = clean_name(span.value)
        if span.entity == "product" and _COUNTS.search(clean[: span.start]):
            name = _MEASURE.sub("", name)
        if name and span.entity not in found:
            found[span.entity] = "me" if span.entity == "rep" and _SELF.match(name) else name
    if found.get("referrer", "").casefold() == found.get("person", "").casefold():
        found.pop("referrer", None)
    return found


def _receiver_first(clean: str, spans: list[Span]) -> list[Span]:
    """The spans with the colleague who takes over before the one who hands over."""
    colleagues = [span for span in spans if span.entity == "rep"]
    if not colleagues:
        return spans
    taking = colleagues[receiver(clean, [(span.start, span.end) for span in colleagues])]
    return [taking, *(span for span in spans if span is not taking)]


def _without_introducer(clean: str, answer: Answer) -> Answer:
    """The answer with the next likely intent where it is a referral that names no introducer and tells of none."""
    first, *others = answer.intent_ranking or [answer.intent]
    named = any(span.entity == "referrer" for span in answer.entities)
    if first.name != "log_referral" or named or not others or tells_of_introduction(clean):
        return answer
    instead = RankedIntent(name=others[0].name, confidence=min(1.0, first.confidence + others[0].confidence))
    return answer.model_copy(update={"intent": instead, "intent_ranking": [instead, *others[1:]]})


def _introducer_last(clean: str, spans: list[Span]) -> list[Span]:
    """The spans with the two parts of an introduction as the sentence has them, where the model took them crosswise."""
    people = [span for span in spans if span.entity in ("person", "referrer")]
    if len(people) > 1 and all(span.entity == "referrer" for span in people):
        introduced = people[0] if introducer_follows(clean, people[1].start, people[1].end) else people[1]
        return [span.model_copy(update={"entity": "person"}) if span is introduced else span for span in spans]
    for first, second in pairwise(people):
        if introduced_by(clean, (first.start, first.end), (second.start, second.end)):
            told = {id(first): "person", id(second): "referrer"}
            return [span.model_copy(update={"entity": told.get(id(span), span.entity)}) for span in spans]
    return spans


def _related(clean: str, spans: list[Span], authority: str | None) -> str | None:
    people = [(span.start, span.end) for span in spans if span.entity == "person"]
    name = related_person(clean, people)
    if name is None and authority == "no":
        name = decider_instead(clean, people)
    return clean_name(name) or None if name else None


def clean_name(name: str) -> str:
    """A name without quotes, title words and possessive: "Mr Weber's" → "Weber"."""
    name = re.sub(r"['’]s$", "", name.strip(_EDGES))
    return _TITLES.sub("", name)[:NAME_AT_MOST].strip(_EDGES)
