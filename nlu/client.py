"""Asks the model and reads the values: text in, Understanding out, or NluUnavailable. Never imports Rasa."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Any

import httpx

from nlu.understanding import LABELS, MAN, Contact, Money, Understanding
from nlu.values.amounts import read_amount
from nlu.values.contacts import read_emails, read_phones, read_wechat
from nlu.values.language import language_of
from nlu.values.mentions import mention_of, related_person, was_met
from nlu.values.periods import read_period
from nlu.values.quantities import read_quantity
from nlu.values.tasks import purpose_of, read_task
from nlu.values.times import read_when

READ_AT_MOST = 2_000
"""Characters of a message that are read; nobody types more on a phone, and cost must not grow with abuse."""

_TITLES = re.compile(r"^(?:mr|mrs|ms|miss|dr|prof|the)\.?\s+", re.IGNORECASE)
_EDGES = " \t.,;:!?'\"“”‘’，。；：！？、()（）"
NAME_AT_MOST = 120
"""Characters of a name; what is longer is no name, and columns have their limits."""

NO_REGION = "ZZ"
"""What `phonenumbers` calls no region: only numbers with a country code are read."""

NAMES = ("person", "company", "referrer", "product", "source", "rep")
"""The entities whose spans become fields."""

_SELF = re.compile(r"^(?:me|my|mine|i|myself|我|我的|自己|我自己|本人|俺)$", re.IGNORECASE)


class NluUnavailable(Exception):
    """The model's server gave no usable answer. The turn is given up, nothing is lost: try again later."""


class NluClient:
    """A client of one Rasa server, safe to use from several threads."""

    def __init__(self, url: str, token: str | None, region: str | None = None, timeout_seconds: float = 15.0) -> None:
        """`region` is the ISO country that phone numbers without a prefix belong to."""
        self._http = httpx.Client(base_url=url.rstrip("/"), timeout=timeout_seconds)
        self._parameters = {"token": token} if token else {}
        self._region = region

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def parse(self, text: str, now: datetime) -> Understanding:
        """What `text` means to somebody whose local time is `now`. Raises NluUnavailable."""
        clean = readable(text)
        if not clean:
            return Understanding(text=text, language=language_of(text), intent="out_of_scope", confidence=1.0)
        return interpret(text, clean, self._ask(clean), now, self._region)

    def _ask(self, clean: str) -> dict[str, Any]:
        try:
            # The token goes in the query string because Rasa reads it only there; httpx's own log is kept quiet.
            answer = self._http.post("/model/parse", params=self._parameters, json={"text": clean})
            answer.raise_for_status()
            parsed = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise NluUnavailable(type(error).__name__) from None
        if not isinstance(parsed, dict) or "intent" not in parsed:
            raise NluUnavailable("the server's answer has no intent")
        return parsed


def readable(text: str) -> str:
    """The text as the model may see it: no control characters, no leading `/`, which Rasa takes for a literal intent."""
    kept = "".join(
        " " if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co") else char for char in text[:READ_AT_MOST]
    )
    return re.sub(r"\s+", " ", kept).strip().lstrip("/").strip()


def interpret(text: str, clean: str, parsed: dict[str, Any], now: datetime, region: str | None) -> Understanding:
    """Puts the model's answer and the values in the text together."""
    intent = parsed["intent"].get("name") or "out_of_scope"
    labels = _labels(parsed.get("labels") or {})
    facts, words = _facts(parsed.get("facts") or {})
    entities = [each for each in parsed.get("entities") or [] if each.get("entity") in NAMES]
    names = _names(entities)
    amount, quantity, when = read_amount(clean), read_quantity(clean), read_when(clean, now)
    phones, emails, wechat = read_phones(clean, region or NO_REGION), read_emails(clean), read_wechat(clean)
    return Understanding(
        text=text,
        language=language_of(clean),
        intent=intent,
        confidence=float(parsed["intent"].get("confidence") or 0.0),
        **facts,
        **names,
        **labels,
        quantity=float(quantity.value) if quantity else None,
        amount=Money(amount.value, amount.currency) if amount else None,
        period=read_period(clean),
        when=when.iso if when else None,
        part=when.part if when else None,
        past=bool(when and when.past),
        alternatives=tuple(day.isoformat() for day in when.alternatives) if when else (),
        mention=mention_of(clean),
        related=_related(clean, entities),
        met=was_met(clean),
        task=read_task(clean, when.span if when else None),
        purpose=purpose_of(clean),
        contact=Contact(phone=phones[0] if phones else None, email=emails[0] if emails else None, wechat=wechat),
        also=tuple(each["name"] for each in (parsed.get("intent_ranking") or [])[1:3]),
        words=words,
    )


def _labels(answer: dict[str, Any]) -> dict[str, str]:
    read = ("stage", "objection", "role", "style", "action")
    return {
        name: value["value"]
        for name, value in answer.items()
        if name in read and value and value.get("value") in LABELS[name]
    }


def _facts(answer: dict[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    said = {name: answer[name] for name in MAN if answer.get(name) and answer[name].get("value") in ("yes", "no")}
    values = {name: fact["value"] for name, fact in said.items()}
    return values, {name: str(fact.get("clause") or "") for name, fact in said.items()}


def _names(entities: list[dict[str, Any]]) -> dict[str, str]:
    """The first span of each kind, cut to the name."""
    found: dict[str, str] = {}
    for entity in entities:
        kind = entity["entity"]
        name = clean_name(str(entity.get("value") or ""))
        if name and kind not in found:
            found[kind] = "me" if kind == "rep" and _SELF.match(name) else name
    return found


def _related(clean: str, entities: list[dict[str, Any]]) -> str | None:
    spans = [(int(each["start"]), int(each["end"])) for each in entities if each["entity"] == "person"]
    name = related_person(clean, spans)
    return clean_name(name) or None if name else None


def clean_name(name: str) -> str:
    """A name without quotes, title words and possessive: "Mr Weber's" → "Weber"."""
    name = re.sub(r"['’]s$", "", name.strip(_EDGES))
    return _TITLES.sub("", name)[:NAME_AT_MOST].strip(_EDGES)
