"""`python -m benchmarks.fuzz`: spoilt messages through the reading around the model; counts what fails and what is slow.

With `--url` (or MANNY_NLU_URL) each 500th message goes through the real server, too.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import time
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from nlu.client import NAMES, Answer, NluClient, interpret, readable
from nlu.reading import read_values
from nlu.understanding import INTENTS, LABELS, MAN, Understanding

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 3, 2, 9)
ASKED_EACH = 500
"""One message in so many goes through the server."""

_MARKS = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
# What texts are spoilt with: marks that steer, digits of other scripts, extremes of numbers and dates, code.
PIECES: tuple[str, ...] = (
    *"\0\t\n\r\x1b\x7f\u00a0\u00ad\u200b\u200d\u200e\u2028\u202e\u2066\u3000\ufe0f\ufeff\uffff\ud800\udfff",
    *"/／\\\"'`<>&{}[]()%$€¥￥#@+-–—=.,:;!?，。：；！？、…½²①٣५İßﬁé\u0301😀",
    *("9e999", "1e-9", "1/0", "-1", "0", "00", "007", "99999", "999999999999999", "1,000,000", "1.000.000", "12.5.3"),
    *(
        "31 february",
        "2月31日",
        "year 0",
        "0年",
        "99999-01-01",
        "24:60",
        "25点",
        "十三月",
        "零",
        "〇",
        "二〇二六年",
        "٠١٢",
        "१२३",
    ),
    *("{{7*7}}", "%s%n", "{0}", "<b>", "&amp;", "'; drop table persons; --", '{"a": null}', "null", "NaN", "inf"),
    *(
        "万",
        "亿",
        "千",
        "百",
        "半",
        "两",
        "几",
        "k",
        "m",
        "million",
        "crore",
        "half a",
        "dozen",
        "rmb",
        "块",
        "台",
        "个",
    ),
    *(
        "today",
        "tomorrow",
        "next",
        "last",
        "in",
        "ago",
        "days",
        "week",
        "月",
        "周",
        "点",
        "号",
        "后",
        "前",
        "底",
        "下下",
    ),
    *("his boss", "他老板", "remind me to", "提醒我", "微信", "wechat id", "a@b.co", "+86 138 1234 5678", "call him"),
)


def main() -> None:
    """Reads the options, runs, prints."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--url", default=os.environ.get("MANNY_NLU_URL"), help="address of a running server")
    options = parser.parse_args()
    client = NluClient(options.url, os.environ.get("MANNY_NLU_TOKEN")) if options.url else None
    report(fuzz(options.messages, random.Random(options.seed), client))


@dataclass
class Outcome:
    """What a run found: the shortest message of each kind of failure, and the slowest message that was read."""

    messages: int = 0
    asked: int = 0
    failures: int = 0
    shortest: dict[str, str] = field(default_factory=dict)
    slowest: tuple[float, str] = (0.0, "")
    seconds: float = 0.0


def fuzz(messages: int, chance: random.Random, client: NluClient | None = None) -> Outcome:
    """Reads so many spoilt messages; nothing that fails stops the run."""
    known, outcome = corpus(), Outcome()
    for number in range(messages):
        text = spoilt(chance, known)
        outcome.messages += 1
        begun = time.perf_counter()
        try:
            keep(read(chance, text))
            took = time.perf_counter() - begun
            if client is not None and number % ASKED_EACH == 0:
                outcome.asked += 1
                keep(client.parse(text, NOW))
        except Exception as error:  # noqa: BLE001 - whatever is raised is what this looks for
            took = time.perf_counter() - begun
            outcome.failures += 1
            kind = f"{type(error).__name__}: {_where(error)}"
            outcome.shortest[kind] = min(outcome.shortest.get(kind, text), text, key=len)
        outcome.seconds += took
        outcome.slowest = max(outcome.slowest, (took, text))
    return outcome


def read(chance: random.Random, text: str) -> Understanding:
    """The text as it is read around a model that answers anything."""
    clean = readable(text)
    values = read_values(clean, NOW, chance.choice((None, "CN", "DE", "US")))
    return interpret(text, clean, values, Answer.model_validate(answer(chance, clean)))


def keep(said: Understanding) -> None:
    """Into JSON and back without a loss, as the database keeps it. Raises ValueError for a number that JSON lacks."""
    plain = said.to_json()
    back = Understanding.from_json(json.loads(json.dumps(plain, allow_nan=False))).to_json()
    if back != plain:
        raise ValueError("changed on its way through JSON")


def answer(chance: random.Random, clean: str) -> dict[str, Any]:
    """An answer that the model could give, whatever it was asked."""
    ranked = chance.sample(INTENTS, 4)
    spans = [
        sorted((chance.randint(0, len(clean)), chance.randint(0, len(clean)))) for _ in range(chance.randint(0, 4))
    ]
    return {
        "text": clean,
        "intent": {"name": ranked[0], "confidence": chance.random()},
        "intent_ranking": [{"name": name, "confidence": chance.random()} for name in ranked],
        "entities": [
            {
                "entity": chance.choice((*NAMES, "amount", "quantity")),
                "start": start,
                "end": end,
                "value": clean[start:end],
            }
            for start, end in spans
        ],
        "labels": {
            name: {"value": chance.choice(values), "confidence": chance.random()}
            for name, values in LABELS.items()
            if chance.random() < 0.3
        },
        "facts": {
            name: {"value": chance.choice(("yes", "no")), "clause": clean[: chance.randint(0, 80)]}
            for name in MAN
            if chance.random() < 0.3
        },
    }


@cache
def corpus() -> list[str]:
    """The project's own messages: the held-out ones, and those that the model learns from without their marks."""
    held_out: list[str] = [
        entry["text"]
        for path in sorted((ROOT / "tests" / "sentences").glob("*/*.yml"))
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
    ]
    learnt = [
        _MARKS.sub(r"\1", line.strip().removeprefix("- "))
        for path in sorted((ROOT / "nlu" / "model" / "data").glob("*/*.yml"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("    - ")
    ]
    return held_out + learnt


def spoilt(chance: random.Random, known: list[str]) -> str:
    """A message of the project's with one to six mistakes, or, one time in ten, characters at random."""
    if chance.random() < 0.1:
        return "".join(_any_character(chance) for _ in range(chance.randint(0, 60)))
    text = chance.choice(known)
    for _ in range(chance.randint(1, 6)):
        text = _mistake(chance, text, known)
    return text


def _mistake(chance: random.Random, text: str, known: list[str]) -> str:
    start = chance.randint(0, len(text))
    end = min(len(text), start + chance.randint(0, 8))
    before, inside, after = text[:start], text[start:end], text[end:]
    match chance.randrange(10):
        case 0:
            return before + after
        case 1:
            return before + chance.choice(PIECES) + text[start:]
        case 2:
            return before + f" {chance.choice(PIECES)} " + after
        case 3:
            return before + _any_character(chance) + text[start:]
        case 4:
            return before + inside * chance.choice((2, 3, 50, 400)) + after
        case 5:
            other = chance.choice(known)
            return before + other[chance.randint(0, len(other)) :]
        case 6:
            return before + inside.upper() + after
        case 7:
            wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in inside)
            return before + wide + after
        case 8:
            return text + (chance.choice(PIECES) + chance.choice(PIECES)) * chance.choice((5, 1000))
        case _:
            return re.sub(r"\d+", lambda _: str(chance.choice((0, 1, 7, 13, 31, 60, 99, 2026, 10**15))), text)


def _any_character(chance: random.Random) -> str:
    """Of any plane, the first ones more often."""
    return chr(chance.randrange(chance.choice((0x80, 0x300, 0x3000, 0xA000, 0x110000))))


def _where(error: Exception) -> str:
    """The innermost line that failed."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
    return f"{error} ({place})"


def report(outcome: Outcome) -> None:
    """Prints the figures."""
    mean = outcome.seconds / max(outcome.messages, 1)
    took, text = outcome.slowest
    print(f"messages {outcome.messages}, of which {outcome.asked} through the server; mean {mean * 1000:.2f} ms")
    print(f"exceptions {outcome.failures}, of {len(outcome.shortest)} kinds")
    for kind, shortest in sorted(outcome.shortest.items()):
        print(f"  {kind}\n    {shortest[:300]!r}")
    print(f"slowest {took * 1000:.1f} ms, {len(text)} characters: {text[:200]!r}")


if __name__ == "__main__":
    main()
