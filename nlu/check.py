"""Lints the language data: every fault at once, the file's path and the line first."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from nlu.understanding import ENTITIES, INTENTS, LABELS, MAN

LANGUAGES = ("en", "zh")
CLAUSES = "clauses"
HELD_OUT = ("tests/sentences", "tests/unseen", "tests/topics")
DIALOGUES = ("tests/dialogues",)
MUST_CARRY = {"report_objection": "objection", "finish_reminder": "action"}
"""Labels that every message of an intent has, because the answer depends on them; one with a topic asks for another."""
LARGE = ("log_contact", "update_deal", "set_reminder", "query_pipeline", "report_objection", "find_customers")
"""The intents that people use most and say in most ways."""
EXPECTED = (*LABELS, *ENTITIES, "when", "language")
"""The fields that a held-out message may be labelled with."""

_SPAN = re.compile(r"\[([^\[\]]*)\]\(([^()]*)\)")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_LATIN_WORD = re.compile(r"[a-z]{2,}")
# A full stop may end a name (Inc.), and a currency sign or a plus an amount (5k+).
_NO_EDGE = re.compile(r"[\s,;:!?，。；：！？、…'\"“”‘’()（）《》「」【】/|*~–—-]")
# The words of the model's tokenizer (components/words.py), which cannot be imported without its libraries: the model
# does not learn from a span that cuts one. A Han character is a word of its own, and so is the 's of Acme's.
_LETTER = r"[^\W\d_\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]"
_ALNUM = r"[^\W_\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]"
WORD = re.compile(
    rf"""
    \d+(?:[.,:]\d+)+{_ALNUM}*
    | {_ALNUM}+ (?: ['’](?!s(?!{_ALNUM})){_ALNUM}+ | (?<={_LETTER})[-&]{_ALNUM}+ | -(?={_LETTER}){_ALNUM}+ )*
    """,
    re.VERBOSE,
)
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
class Least:
    """The least data to learn and to measure from; counts are for each language unless said otherwise."""

    messages: int = 120
    """Messages of an intent."""
    large: int = 300
    """Messages of a large intent."""
    balance: float = 1.5
    """How many times as many messages of an intent one language may have as the other."""
    clauses: int = 400
    """Clauses that state a fact, for each fact, yes and no."""
    silent: int = 3_000
    """Clauses that state nothing, in all languages together."""
    held_out: int = 25
    """Messages of an intent that nobody trains on."""


LEAST = Least()


class Fault(NamedTuple):
    """What is wrong, and where; line 0 means the file as a whole."""

    path: str
    line: int
    said: str

    def __str__(self) -> str:
        return f"{_place(self.path, self.line)}: {self.said}"


@dataclass(frozen=True)
class Example:
    """A message and where it stands; `labels` are those of its block, or what is expected of a held-out one."""

    path: str
    line: int
    marked: str
    labels: dict[str, Any]

    @cached_property
    def text(self) -> str:
        """The message without its marks."""
        return _SPAN.sub(r"\1", self.marked)

    @cached_property
    def key(self) -> str:
        """What two messages share that differ in case, spaces and punctuation alone."""
        return fold(self.text)

    @cached_property
    def stem(self) -> str:
        """The file's name without its ending: the intent, or `clauses`."""
        return Path(self.path).stem

    @cached_property
    def language(self) -> str:
        """The folder's name."""
        return Path(self.path).parent.name

    @cached_property
    def short(self) -> bool:
        """Whether there are so few ways to say it that training and tests may share it."""
        return len(_HAN.findall(self.text)) / 2 + len(re.findall(r"[A-Za-z0-9']+", self.text)) <= SHORT

    def fault(self, said: str) -> Fault:
        """A fault of this message."""
        return Fault(self.path, self.line, f"{said}: {self.marked}")


def fold(text: str) -> str:
    """A text without case, spaces and punctuation; one of nothing else (emoji) stays as it is."""
    return re.sub(r"[\W_]+", "", text).casefold() or text.strip()


def check(root: Path, least: Least = LEAST) -> list[str]:
    """All faults of the language data under `root`, the project's folder, in the order of files and lines."""
    faults: list[Fault] = []
    training = _examples(root, ["nlu/model/data"], _training, faults)
    clauses = [example for example in training if example.stem == CLAUSES]
    messages = [example for example in training if example.stem != CLAUSES]
    held_out = _examples(root, HELD_OUT, _labelled, faults)
    dialogues = _examples(root, DIALOGUES, _dialogue, faults)
    for example in training:
        faults += (example.fault(said) for said in _faults_of(example))
    for example in held_out:
        faults += (example.fault(said) for said in _faults_of_expected(example))
    faults += [
        *_missing_files(root),
        *_duplicates(messages),
        *_duplicates(clauses),
        *_duplicates(example for example in held_out if not example.short),
        *_leaks(training, [*held_out, *dialogues]),
        *_leaks(held_out, dialogues),
        *_too_few_messages(messages, least),
        *_unbalanced(messages, least),
        *_too_few_clauses(clauses, least),
        *_too_few_held_out(held_out, least),
    ]
    return [str(fault) for fault in sorted(faults)]


# --- reading


class _Text(str):
    """A string of a YAML file that knows the line on which its text begins."""

    line: int


class _Loader(yaml.CSafeLoader):
    """Reads strings as _Text."""


def _text(loader: yaml.CSafeLoader, node: yaml.ScalarNode) -> _Text:
    text = _Text(loader.construct_scalar(node))
    # Marks count from 0, and the text of a block begins on the line after its bar.
    text.line = node.start_mark.line + (2 if node.style in ("|", ">") else 1)
    return text


_Loader.add_constructor("tag:yaml.org,2002:str", _text)


class _Malformed(Exception):
    """A file that is YAML, but not the data that belongs there."""


def _examples(root: Path, folders: Iterable[str], read: Any, faults: list[Fault]) -> list[Example]:
    """The examples of the <language>/<stem>.yml files in the folders; what cannot be read joins the faults."""
    found: list[Example] = []
    for path in sorted(path for folder in folders for path in (root / folder).glob("*/*.yml")):
        name = path.relative_to(root).as_posix()
        try:
            content = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 (a safe loader)
            found += read(content, name, path.stem, faults)
        except (yaml.YAMLError, UnicodeDecodeError, _Malformed) as error:
            mark = getattr(error, "problem_mark", None)
            faults.append(Fault(name, mark.line + 1 if mark else 0, f"cannot be read: {' '.join(str(error).split())}"))
    return found


def _training(content: Any, name: str, stem: str, faults: list[Fault]) -> Iterator[Example]:
    key = CLAUSES if stem == CLAUSES else "nlu"
    blocks = content.get(key) if isinstance(content, dict) else None
    if not isinstance(blocks, list):
        raise _Malformed(f"there is no list under `{key}`")
    for block in blocks:
        if not isinstance(block, dict) or not isinstance(block.get("examples"), _Text):
            faults.append(Fault(name, _line(block), "a block has no text under `examples`"))
            continue
        if stem == CLAUSES:
            labels = {label: value for label, value in block.items() if label != "examples"}
        else:
            labels = block.get("metadata") or {}
            if block.get("intent") != stem:
                said = f"a block of intent {block.get('intent')!r} stands in the file of {stem!r}"
                faults.append(Fault(name, _line(block), said))
        for line, example in enumerate(block["examples"].splitlines(), block["examples"].line):
            if example.startswith("- ") and example[2:].strip():
                yield Example(name, line, example[2:].strip(), labels)
            else:
                faults.append(Fault(name, line, f"an example does not start with a dash and a space: {example!r}"))


def _labelled(content: Any, name: str, stem: str, faults: list[Fault]) -> Iterator[Example]:
    if not isinstance(content, list):
        raise _Malformed("there is no list of messages")
    for item in content:
        text, expect = (item.get("text"), item.get("expect")) if isinstance(item, dict) else (None, None)
        if isinstance(text, _Text) and isinstance(expect, dict):
            yield Example(name, text.line, text, expect)
        else:
            faults.append(Fault(name, _line(item), "a message has no text under `text` or no fields under `expect`"))


def _dialogue(content: Any, name: str, stem: str, faults: list[Fault]) -> Iterator[Example]:
    """Every string under `said`, however deep."""
    if isinstance(content, list):
        for item in content:
            yield from _dialogue(item, name, stem, faults)
    elif isinstance(content, dict):
        for key, value in content.items():
            if key == "said" and isinstance(value, _Text):
                yield Example(name, value.line, value, {})
            else:
                yield from _dialogue(value, name, stem, faults)


def _line(content: Any) -> int:
    """The line of the first string in a piece of a file, or 0 if it has none."""
    if isinstance(content, _Text):
        return content.line
    inner = [*content, *content.values()] if isinstance(content, dict) else content if isinstance(content, list) else []
    return min((line for each in inner if (line := _line(each))), default=0)


# --- single messages


def _faults_of(example: Example) -> Iterator[str]:
    if example.stem not in (*INTENTS, CLAUSES):
        yield f"no intent of the contract is called {example.stem!r}"
    yield from _label_faults(example.labels, MAN if example.stem == CLAUSES else LABELS)
    must = MUST_CARRY.get(example.stem)
    if must is not None and not example.labels.keys() & {must, "topic"}:
        yield f"label {must} is missing"
    yield from _span_faults(example.marked)
    if fault := _wrong_language(example.language, example.text):
        yield fault


def _faults_of_expected(example: Example) -> Iterator[str]:
    if example.stem not in INTENTS:
        yield f"no intent of the contract is called {example.stem!r}"
    yield from _label_faults(example.labels, EXPECTED)


def _label_faults(labels: dict[str, Any], known: Iterable[str]) -> Iterator[str]:
    for label, value in labels.items():
        if label not in known:
            yield f"no label of the contract is called {label!r}"
        elif label in LABELS and value not in LABELS[label]:
            yield f"label {label} cannot be {value!r}"


def _span_faults(marked: str) -> Iterator[str]:
    plain, last, borders = "", 0, []
    for span in _SPAN.finditer(marked):
        inner, entity = span.groups()
        if entity not in ENTITIES:
            yield f"no entity of the contract is called {entity!r}"
        if not inner or _NO_EDGE.match(inner[0]) or _NO_EDGE.match(inner[-1]):
            yield f"span {inner!r} begins or ends with a space or punctuation"
        before = plain + marked[last : span.start()]
        plain, last = before + inner, span.end()
        borders.append((inner, len(before), len(plain)))
    words = [word.span() for word in WORD.finditer(plain + marked[last:])]
    for inner, *edges in borders:
        if any(start < edge < end for start, end in words for edge in edges):
            yield f"span {inner!r} begins or ends within a word"
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


# --- the data as a whole


def _data_path(language: str, stem: str, folder: str = "nlu/model/data") -> str:
    return f"{folder}/{language}/{stem}.yml"


def _place(path: str, line: int) -> str:
    return f"{path}:{line}" if line else path


def _missing_files(root: Path) -> Iterator[Fault]:
    for language in LANGUAGES:
        for stem in (*INTENTS, CLAUSES):
            if not (root / _data_path(language, stem)).exists():
                yield Fault(_data_path(language, stem), 0, "is missing")


def _duplicates(examples: Iterable[Example]) -> Iterator[Fault]:
    first: dict[str, Example] = {}
    for example in examples:
        other = first.setdefault(example.key, example)
        if other is not example:
            yield example.fault(f"stands in {_place(other.path, other.line)} too")


def _leaks(known: list[Example], tests: list[Example]) -> Iterator[Fault]:
    """A test message that the model learned by heart proves nothing; a mere "yes" cannot be said otherwise."""
    by_key = {example.key: example for example in reversed(known) if not example.short}
    for test in tests:
        if example := by_key.get(test.key):
            yield example.fault(f"stands in {_place(test.path, test.line)} too")


def _count(examples: Iterable[Example]) -> Counter[tuple[str, str]]:
    """Messages by language and file."""
    return Counter((example.language, example.stem) for example in examples)


def _too_few_messages(messages: list[Example], least: Least) -> Iterator[Fault]:
    for (language, intent), count in _count(messages).items():
        needed = least.large if intent in LARGE else least.messages
        if count < needed:
            yield Fault(_data_path(language, intent), 0, f"{count} messages, at least {needed} are needed")


def _unbalanced(messages: list[Example], least: Least) -> Iterator[Fault]:
    counts = _count(messages)
    for (language, intent), count in counts.items():
        for other in LANGUAGES:
            # A file that is missing is told of once.
            if 0 < counts[other, intent] * least.balance < count:
                said = f"{count} messages, more than {least.balance:g} times the {counts[other, intent]} in {other}"
                yield Fault(_data_path(language, intent), 0, said)


def _too_few_clauses(clauses: list[Example], least: Least) -> Iterator[Fault]:
    counts = Counter((each.language, fact, value) for each in clauses for fact, value in each.labels.items())
    for language in LANGUAGES:
        for fact in MAN:
            for value in LABELS[fact]:
                if (count := counts[language, fact, value]) < least.clauses:
                    said = f"{count} clauses state {fact} {value}, at least {least.clauses} are needed"
                    yield Fault(_data_path(language, CLAUSES), 0, said)
    silent = sum(not each.labels for each in clauses)
    if silent < least.silent:
        said = f"{silent} clauses in all languages state nothing, at least {least.silent} are needed"
        yield Fault(_data_path(LANGUAGES[0], CLAUSES), 0, said)


def _too_few_held_out(held_out: list[Example], least: Least) -> Iterator[Fault]:
    counts = _count(held_out)
    for language in LANGUAGES:
        for intent in INTENTS:
            if (count := counts[language, intent]) < least.held_out:
                said = f"{count} held-out messages, at least {least.held_out} are needed"
                yield Fault(_data_path(language, intent, HELD_OUT[0]), 0, said)
