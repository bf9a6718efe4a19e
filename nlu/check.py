"""Lints the training data: every fault at once, the file's path first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nlu.understanding import ENTITIES, INTENTS, LABELS, MAN

LANGUAGES = ("en", "zh")
CLAUSES = "clauses"
MUST_CARRY = {"report_objection": "objection", "finish_reminder": "action"}
"""Labels that every message of an intent has, because the answer depends on them."""

_SPAN = re.compile(r"\[([^\[\]]*)\]\(([^()]*)\)")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN_WORD = re.compile(r"[a-z]{2,}")
# A full stop may end a name (Inc.), and a currency sign or a plus an amount (5k+).
_NO_EDGE = re.compile(r"[\s,;:!?，。；：！？、…'\"“”‘’()（）]")
ENGLISH_WORDS = frozenset(
    [
        "the",
        "is",
        "are",
        "was",
        "he",
        "she",
        "they",
        "them",
        "his",
        "her",
        "our",
        "with",
        "for",
        "of",
        "to",
        "and",
        "but",
        "has",
        "have",
        "had",
        "who",
        "what",
    ]
)
"""Words that carry a sentence: a message with three of them and no Han character is English."""
CARRYING = 3
SHORT = 3
"""Words of a message that may stand in training and tests alike; two Han characters make a word."""


@dataclass(frozen=True)
class Example:
    """A message of the training data and where it stands."""

    path: str
    marked: str
    labels: dict[str, Any]

    @property
    def text(self) -> str:
        """The message without its marks."""
        return _SPAN.sub(r"\1", self.marked)

    @property
    def key(self) -> str:
        """What two messages share that differ in case, spaces and punctuation alone."""
        return fold(self.text)


def fold(text: str) -> str:
    """A text without case, spaces and punctuation; one of nothing else (emoji) stays as it is."""
    return re.sub(r"[\W_]+", "", text).casefold() or text.strip()


def check(root: Path) -> list[str]:
    """All faults of the training data under `root`, the project's folder."""
    faults: list[str] = []
    messages: list[Example] = []
    clauses: list[Example] = []
    for path in sorted((root / "nlu" / "model" / "data").glob("*/*.yml")):
        name = path.relative_to(root).as_posix()
        try:
            found = list(_read(path, name))
        except (yaml.YAMLError, UnicodeDecodeError, _Malformed) as error:
            faults.append(f"{name}: cannot be read: {_one_line(error)}")
            continue
        (clauses if path.stem == CLAUSES else messages).extend(found)
    for example in messages + clauses:
        faults.extend(f"{example.path}: {fault}: {example.marked}" for fault in _faults_of(example))
    faults += [
        *_missing_files(root),
        *_duplicates(messages),
        *_duplicates(clauses),
        *_seen_in_tests(root, messages),
    ]
    return faults


class _Malformed(Exception):
    """A file that is YAML, but no training data."""


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _read(path: Path, name: str) -> Iterator[Example]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    key = CLAUSES if path.stem == CLAUSES else "nlu"
    blocks = content.get(key) if isinstance(content, dict) else None
    if not isinstance(blocks, list):
        raise _Malformed(f"there is no list under `{key}`")
    for block in blocks:
        yield from _read_block(block, name, path.stem)


def _read_block(block: Any, name: str, stem: str) -> Iterator[Example]:
    if not isinstance(block, dict) or not isinstance(block.get("examples"), str):
        raise _Malformed("a block has no text under `examples`")
    if stem == CLAUSES:
        labels = {key: value for key, value in block.items() if key != "examples"}
    else:
        if block.get("intent") != stem:
            raise _Malformed(f"a block of intent {block.get('intent')!r} stands in the file of {stem!r}")
        labels = block.get("metadata") or {}
    for line in block["examples"].splitlines():
        if not line.startswith("- ") or not line[2:].strip():
            raise _Malformed(f"an example does not start with a dash and a space: {line!r}")
        yield Example(name, line[2:].strip(), labels)


def _faults_of(example: Example) -> Iterator[str]:
    stem = Path(example.path).stem
    if stem not in (*INTENTS, CLAUSES):
        yield f"no intent of the contract is called {stem!r}"
    for label, value in example.labels.items():
        if label not in (MAN if stem == CLAUSES else LABELS):
            yield f"no label of the contract is called {label!r}"
        elif value not in LABELS[label]:
            yield f"label {label} cannot be {value!r}"
    if stem in MUST_CARRY and MUST_CARRY[stem] not in example.labels:
        yield f"label {MUST_CARRY[stem]} is missing"
    yield from _span_faults(example.marked)
    if fault := _wrong_language(Path(example.path).parent.name, example.text):
        yield fault


def _span_faults(marked: str) -> Iterator[str]:
    for span, entity in _SPAN.findall(marked):
        if entity not in ENTITIES:
            yield f"no entity of the contract is called {entity!r}"
        if not span or _NO_EDGE.match(span[0]) or _NO_EDGE.match(span[-1]):
            yield f"span {span!r} begins or ends with a space or punctuation"
    if re.search(r"[\[\]]", _SPAN.sub("", marked)):
        yield "a bracket belongs to no span"


def _wrong_language(language: str, text: str) -> str | None:
    """Only what is clear: code-mixing, names and single words stand in either file."""
    han = len(_HAN.findall(text))
    words = _LATIN_WORD.findall(text.lower())
    if language == "zh" and not han and len(ENGLISH_WORDS.intersection(words)) >= CARRYING:
        return "an English message in a Chinese file"
    if language == "en" and han and not words:
        return "a Chinese message in an English file"
    return None


def _missing_files(root: Path) -> Iterator[str]:
    for language in LANGUAGES:
        for stem in (*INTENTS, CLAUSES):
            path = Path("nlu", "model", "data", language, f"{stem}.yml")
            if not (root / path).exists():
                yield f"{path.as_posix()}: is missing"


def _duplicates(examples: list[Example]) -> Iterator[str]:
    first: dict[str, Example] = {}
    for example in examples:
        other = first.setdefault(example.key, example)
        if other is not example:
            yield f"{example.path}: stands in {other.path} too: {example.marked}"


def _seen_in_tests(root: Path, messages: list[Example]) -> Iterator[str]:
    """A test sentence that the model learned by heart proves nothing; a mere "yes" cannot be said otherwise."""
    known = {example.key: example for example in reversed(messages) if _size(example.text) > SHORT}
    for path in sorted([*root.glob("tests/sentences/*/*.yml"), *root.glob("tests/dialogues/*/*.yml")]):
        name = path.relative_to(root).as_posix()
        try:
            said = list(_said(yaml.safe_load(path.read_text(encoding="utf-8"))))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            yield f"{name}: cannot be read: {_one_line(error)}"
            continue
        for text in said:
            if example := known.get(fold(text)):
                yield f"{example.path}: stands in {name} too: {example.marked}"


def _size(text: str) -> float:
    return len(_HAN.findall(text)) / 2 + len(re.findall(r"[A-Za-z0-9']+", text))


def _said(content: Any) -> Iterator[str]:
    """Every string under `text` (sentences) or `said` (dialogues), however deep."""
    if isinstance(content, list):
        for item in content:
            yield from _said(item)
    elif isinstance(content, dict):
        for key, value in content.items():
            if key in ("text", "said") and isinstance(value, str):
                yield value
            else:
                yield from _said(value)
