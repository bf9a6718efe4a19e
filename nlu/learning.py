"""What people corrected becomes training data: a message with its names marked, put into its intent's file."""

from __future__ import annotations

import re
from pathlib import Path

from yaml.reader import Reader

from nlu.check import Least, check
from nlu.client import readable
from nlu.training import TrainingError
from nlu.understanding import LABELS, Understanding

DATA = Path(__file__).parent / "model" / "data"
_NAMES = ("company", "person", "referrer", "product", "source", "rep")
_LABELS = tuple(label for label in LABELS if label != "period")
_HOWEVER_LITTLE = Least(messages=0, large=0, balance=float("inf"), clauses=0, silent=0, held_out=0)
_BEFORE_LABELS = "\t"
"""Parts an example from its labels; no message holds one, because `marked` makes all space plain."""


class NotLearnt(TrainingError):
    """An example that would spoil the training data; the text says why. Trying again does not help."""


def marked(said: Understanding) -> str:
    """The message as training data marks it: `met [Li Wei](person)`. Brackets of its own are left out.

    Its labels follow behind a tab: `too expensive<tab>objection: price`.
    """
    plain = " ".join(Reader.NON_PRINTABLE.sub("", re.sub(r"[\[\]]", " ", readable(said.text))).split())
    text = plain
    for start, end, kind in sorted(_spans(plain, said), reverse=True):
        text = f"{text[:start]}[{text[start:end]}]({kind}){text[end:]}"
    labels = [f"{label}: {value}" for label in _LABELS if (value := getattr(said, label))]
    return _BEFORE_LABELS.join([text, ", ".join(labels)]) if labels else text


def _spans(text: str, said: Understanding) -> list[tuple[int, int, str]]:
    """Where the names stand as words of their own; one that stands inside another's span is left alone."""
    found: list[tuple[int, int, str]] = []
    for kind in _NAMES:
        name = getattr(said, kind)
        # `me` stands for mine and 我的 too, so it marks nothing.
        if not name or (kind == "rep" and name == "me"):
            continue
        for match in re.finditer(rf"(?<![a-zA-Z0-9]){re.escape(name)}(?![a-zA-Z0-9])", text):
            if all(match.end() <= start or match.start() >= end for start, end, _ in found):
                found.append((*match.span(), kind))
                break
    return found


def add_example(language: str, intent: str, example: str, data: Path | None = None) -> Path:
    """Puts what `marked` made behind the other examples of its intent, once; returns the file.

    Raises NotLearnt, and leaves the data as it was, where the linter has something against it: the message is one of
    the held-out ones, stands under another intent, or lacks a label that its intent must carry.
    """
    data = data or DATA
    path = data / language / f"{intent}.yml"
    if not path.exists():
        raise NotLearnt(f"there is no file for {intent!r} in {language!r}")
    text, _, labels = example.partition(_BEFORE_LABELS)
    line = f"    - {text}\n"
    before = path.read_text(encoding="utf-8")
    if line in before:
        return path
    block = (
        f"- intent: {intent}\n" + (f"  metadata: {{{_quoted(labels)}}}\n" if labels else "") + f"  examples: |\n{line}"
    )
    root = data.parents[2]
    known = set(map(str, check(root, _HOWEVER_LITTLE)))
    path.write_text(before.rstrip("\n") + f"\n{block}", encoding="utf-8")
    faults = [str(fault) for fault in check(root, _HOWEVER_LITTLE) if str(fault) not in known]
    if faults:
        path.write_text(before, encoding="utf-8")
        raise NotLearnt(f"not added: {text}\n" + "\n".join(faults))
    return path


def _quoted(labels: str) -> str:
    """`money: yes` with quotes: YAML takes a bare yes for true."""
    return re.sub(r": (\w+)", r': "\1"', labels)
