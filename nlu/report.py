"""How well messages are understood: labelled ones are asked about, and what comes back is counted.

The rules by which two frames are compared are those of the contract: names agree without case, title and possessive;
what nobody labelled must be empty, except in the fields that people label differently.
"""

from __future__ import annotations

import math
import re
import statistics
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from nlu.understanding import INTENTS, MAN, Understanding

NOW = datetime(2026, 3, 2, 9, 0)
"""The local time from which the labelled messages count."""

SPEAKING_OF_FACTS = ("find_customers", "report_objection")
"""Intents that speak of money, authority and need without stating them: only labelled facts count."""
CLOSED = ("person", "company", "quantity", "amount", "rep", "period", "stage", "objection", "role", "style", "action")
"""Fields that must be empty where nobody labelled them; product, source, referrer and when need not."""
NAMES = ("person", "company", "product", "source", "rep")
LEVELS = (0.9, 0.8, 0.7, 0.5)
"""Confidences at which the intents are counted."""

BEGIN, END = "<!-- report -->", "<!-- /report -->"
SUMMARY_HEAD = (
    "language",
    "messages",
    "intents right",
    "MAN precision",
    "MAN recall",
    "MAN F1",
    "slots precision",
    "slots recall",
    "slots F1",
    "whole frames",
    "median ms",
    "p95 ms",
)

_TITLE = re.compile(r"^(mr|mrs|ms|miss|dr|prof|the)\.? +")
_EDGES = " .,!?'\"，。！？、"

Frame = dict[str, Any]
Parse = Callable[[str, datetime], Understanding]


class ReportError(Exception):
    """There is nothing to report on, or nowhere to put it; the message is fit to be shown."""


@dataclass(frozen=True)
class Labelled:
    """A message, where it stands (`en/undo 3`: the third one of that file), and what it means."""

    place: str
    language: str
    text: str
    intent: str
    expect: Frame


@dataclass(frozen=True)
class Answer:
    """A labelled message, what the model made of it, and how long that took."""

    message: Labelled
    frame: Frame
    seconds: float

    @property
    def intent_right(self) -> bool:
        """Whether the message was taken for what it is."""
        return bool(self.frame["intent"] == self.message.intent)


@dataclass
class Tally:
    """How often a value was found, made up and missed; a wrong value is made up and missed."""

    found: int = 0
    made_up: int = 0
    missed: int = 0

    @property
    def expected(self) -> int:
        """How many there were to be found."""
        return self.found + self.missed

    @property
    def precision(self) -> float:
        """The share of values given that are right."""
        return self.found / max(self.found + self.made_up, 1)

    @property
    def recall(self) -> float:
        """The share of values expected that were given."""
        return self.found / max(self.expected, 1)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def add(self, expected: object, got: object) -> None:
        """Counts one value; None is no value."""
        if expected is not None and expected == got:
            self.found += 1
            return
        self.made_up += got is not None
        self.missed += expected is not None


@dataclass
class Scores:
    """The counts over some answers."""

    messages: int = 0
    frames_right: int = 0
    man: Tally = field(default_factory=Tally)
    slots: Tally = field(default_factory=Tally)
    by_field: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    by_intent: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How often a message of the first intent was taken for the second."""

    @property
    def intents_right(self) -> int:
        """Messages with the right intent."""
        return sum(count for (expected, got), count in self.confusion.items() if expected == got)


def read_set(folder: Path) -> list[Labelled]:
    """The messages of a labelled set, <language>/<intent>.yml. Raises ReportError."""
    messages = []
    for path in sorted(folder.glob("*/*.yml")):
        language, intent = path.parent.name, path.stem
        try:
            for number, item in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), 1):
                place = f"{language}/{intent} {number}"
                messages.append(Labelled(place, language, item["text"], intent, item["expect"]))
        except (yaml.YAMLError, UnicodeDecodeError, TypeError, KeyError) as error:
            raise ReportError(f"{path} holds no labelled messages: {error!r}") from None
    if not messages:
        raise ReportError(f"{folder} holds no labelled messages: there is no <language>/<intent>.yml in it.")
    return messages


def ask(messages: Sequence[Labelled], parse: Parse, on_progress: Callable[[float], None]) -> list[Answer]:
    """Has each message parsed at the fixed time, one after the other; `on_progress` hears the share done."""
    # The first message pays for what the server loads late.
    parse("hello", NOW)
    answers = []
    for message in messages:
        begun = time.perf_counter()
        understood = parse(message.text, NOW)
        answers.append(Answer(message, understood.to_json(), time.perf_counter() - begun))
        on_progress(len(answers) / len(messages))
    return answers


# --- comparing and counting


def normal(name: str, value: Any) -> object:
    """A field's value in the form in which two people would agree on it; None is none."""
    if value is None:
        return None
    if name == "amount":
        known = isinstance(value, dict) and value.get("value") is not None
        return (round(float(value["value"]), 2), value.get("currency")) if known else None
    if name == "quantity":
        return round(float(value), 2)
    if name == "when":
        return str(value)[:16]
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFKC", value).strip(_EDGES).casefold()
    if name in NAMES:
        text = re.sub(r"'s$", "", _TITLE.sub("", re.sub(r"\s+", " ", text)))
    return text


def compare(message: Labelled, frame: Frame) -> dict[str, tuple[object, object]]:
    """For each field that counts in this message: what was expected and what came, in normal form."""
    fields = {*message.expect, *CLOSED} - {"intent", "language"}
    if message.intent not in SPEAKING_OF_FACTS:
        fields.update(MAN)
    return {name: (normal(name, message.expect.get(name)), normal(name, frame.get(name))) for name in sorted(fields)}


def score(answers: Iterable[Answer]) -> Scores:
    """Counts what is right and what is wrong."""
    scores = Scores()
    for answer in answers:
        intent, got_intent = answer.message.intent, answer.frame["intent"]
        scores.messages += 1
        scores.confusion[intent, got_intent] += 1
        if answer.intent_right:
            scores.by_intent[intent].found += 1
        else:
            scores.by_intent[intent].missed += 1
            scores.by_intent[got_intent].made_up += 1
        compared = compare(answer.message, answer.frame)
        for name, (expected, got) in compared.items():
            for tally in (scores.man if name in MAN else scores.slots, scores.by_field[name]):
                tally.add(expected, got)
        scores.frames_right += answer.intent_right and all(expected == got for expected, got in compared.values())
    return scores


def by_language(answers: Iterable[Answer]) -> dict[str, list[Answer]]:
    """The answers of each language, by the folder of the message."""
    sorted_out: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        sorted_out[answer.message.language].append(answer)
    return dict(sorted(sorted_out.items()))


# --- writing


def summary(answers: Sequence[Answer]) -> str:
    """The table with a line for each language; shares from 0 to 1, times in milliseconds."""
    rows = []
    for language, own in by_language(answers).items():
        scores, times = score(own), sorted(answer.seconds * 1000 for answer in own)
        shares = (
            scores.intents_right / scores.messages,
            *(share for tally in (scores.man, scores.slots) for share in (tally.precision, tally.recall, tally.f1)),
            scores.frames_right / scores.messages,
        )
        p95 = times[math.ceil(0.95 * len(times)) - 1]
        rows.append([language, len(own), *map(_share, shares), f"{statistics.median(times):.0f}", f"{p95:.0f}"])
    return _table(SUMMARY_HEAD, rows)


def write_report(answers: Sequence[Answer], set_name: str, folder: Path) -> None:
    """Writes report.md and, for each language, errors.<language>.txt."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [f"# How messages of {set_name} are understood", summary(answers)]
    for language, own in by_language(answers).items():
        parts += [f"## {language}", *_tables(own), f"![Which intent was taken for which](confusion.{language}.png)"]
        (folder / f"errors.{language}.txt").write_text(_errors(own), encoding="utf-8")
    (folder / "report.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def update_docs(page: Path, answers: Sequence[Answer]) -> None:
    """Puts the summary between the markers of a page. Raises ReportError if they are not there."""
    text = page.read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ReportError(f"{page} has no place for the report: {BEGIN} … {END}")
    page.write_text(f"{before}{begin}\n{summary(answers)}\n{end}{after}", encoding="utf-8")


def _tables(answers: Sequence[Answer]) -> list[str]:
    scores = score(answers)
    intents = [(name, scores.by_intent[name]) for name in INTENTS if name in scores.by_intent]
    fields = sorted(scores.by_field.items(), key=lambda each: -each[1].expected)
    levels = []
    for level in LEVELS:
        sure = [answer for answer in answers if answer.frame["confidence"] >= level]
        right = sum(answer.intent_right for answer in sure)
        levels.append([f"≥ {level}", len(sure), right, _share(right / len(sure)) if sure else "–"])
    head = ("messages", "precision", "recall", "F1")
    return [
        "### Intents",
        _table(("intent", *head), [[name, *_figures(tally)] for name, tally in intents]),
        "### Fields",
        _table(
            ("field", "labelled", *head[1:]),
            [[name, *_figures(tally)] for name, tally in fields if tally != Tally()],
        ),
        "### Confidence of the intent",
        _table(("confidence", "messages", "right", "share right"), levels),
    ]


def _figures(tally: Tally) -> list[object]:
    return [tally.expected, _share(tally.precision), _share(tally.recall), _share(tally.f1)]


def _errors(answers: Sequence[Answer]) -> str:
    lines = []
    for answer in answers:
        message, frame = answer.message, answer.frame
        wrong = [name for name, (expected, got) in compare(message, frame).items() if expected != got]
        told = [
            f"    {name}: expected {_shown(message.expect.get(name))}, got {_shown(frame.get(name))}" for name in wrong
        ]
        if not answer.intent_right:
            told.insert(0, f"    intent: expected {message.intent}, got {frame['intent']} ({frame['confidence']:.2f})")
        if told:
            lines += [f"{message.place}  {message.text}", *told]
    return "".join(f"{line}\n" for line in lines)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return f"{value.get('value')} {value.get('currency') or ''}".strip()
    return "nothing" if value is None else str(value)


def _share(share: float) -> str:
    return f"{share:.3f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table, padded so that it reads well as plain text too."""
    cells = [list(head), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(cell) for cell in column) for column in zip(*cells, strict=True)]
    rule = [f":{'-' * (width - 1)}" if i == 0 else f"{'-' * (width - 1)}:" for i, width in enumerate(widths)]
    padded = [
        [
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        for row in cells
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in [padded[0], rule, *padded[1:]])
