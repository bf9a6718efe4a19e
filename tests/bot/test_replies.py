"""Every reply renders, in both languages, whatever is known and however people are called."""

from __future__ import annotations

import inspect
import itertools
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from actions import playbook, recording
from actions.pitching import Listener
from actions.rules.man import Man
from actions.turn import Button, Reply
from bot.replies import LANGUAGES, TEMPLATES, Rendered, plain, render, words
from nlu.understanding import MAN, PERIODS, ROLES, STYLES
from nlu.values.amounts import WRITTEN_CURRENCIES, read_amount
from nlu.values.times import read_when

ROOT = TEMPLATES.parent
SOURCES = [path for room in ("actions", "bot") for path in sorted((ROOT / room).rglob("*.py"))]
PLAYBOOK = playbook.load()
NOW = datetime(2026, 3, 2, 9, 0)
LONGEST = 1_500
"""Characters that a phone shows in a few screens."""

Facts = dict[str, Any]

PICTURES = [Man(*facts) for facts in itertools.product((True, False, None), repeat=3)]
HOSTILE = {
    "tag": "<script>alert(1)</script>",
    "half a tag": "</b><b",
    "ampersand": "Ben & Jerry &amp; &#60;",
    "template": "{{ 7*7 }} {% raw %}",
    "quotes": "\"O'Neil\" “x” 'y'",
    "long": "Wolfeschlegelsteinhausen" * 40,
    "right to left": "\u202eשלום עולם\u202c",
    "brackets": "Acme (China) (a) (",
}
NAMED = frozenset(
    [
        "who",
        "person",
        "company",
        "name",
        "said_of",
        "referrer",
        "reach",
        "to",
        "rep",
        "words",
        "task",
        "product",
        "source",
        "command",
        "turn",
        "known",
        "nearest",
        "colleagues",
        "phone",
        "email",
        "wechat",
    ]
)
"""Facts that other people have written."""


# --- the samples


def _in(language: str, value: Any) -> Any:
    """A sample in one language: a mapping of `en` and `zh` alone is the value of that language."""
    if isinstance(value, dict):
        if set(value) == set(LANGUAGES):
            return _in(language, value[language])
        return {name: _in(language, each) for name, each in value.items()}
    return [_in(language, each) for each in value] if isinstance(value, list) else value


def _about(said: Facts, language: str) -> Facts:
    """What `actions.recording.about` gives for a customer of whom this is known."""
    man = _man(said["picture"])
    entry = PLAYBOOK.classes.get(man.class_ or "")
    record = {
        "person": said.get("person"),
        "company": said.get("company"),
        **{fact: recording.YES_NO.get(getattr(man, fact)) for fact in MAN},
        "class": man.class_,
        "stage": said.get("stage", "contacted"),
        "amount": said.get("amount"),
        "next_follow_up": said.get("next_follow_up"),
    }
    return {
        "record": record,
        "who": said["who"],
        "picture": man.picture,
        "class": man.class_,
        "verdict": entry.verdict.in_(language) if entry else None,
        "advice": entry.do.in_(language) if entry else None,
        "unknown": list(man.unknown),
        "reach": said.get("reach"),
    }


def _man(picture: str) -> Man:
    return next(man for man in PICTURES if man.picture == picture)


def _load() -> dict[str, list[Facts]]:
    loaded: dict[str, list[Facts]] = yaml.safe_load(Path(__file__).with_name("samples.yml").read_text(encoding="utf-8"))
    return {name: samples for name, samples in loaded.items() if not name.startswith("_")}


SAMPLES = _load()


def _facts(sample: Facts, language: str) -> Facts:
    """The facts of a sample, in one language."""
    told: Facts = _in(language, sample)
    known = told.pop("about", None)
    return {**(_about(known, language) if known else {}), **told}


def _every_sample() -> Iterator[tuple[str, Facts, str]]:
    for (name, samples), language in itertools.product(SAMPLES.items(), LANGUAGES):
        for sample in samples:
            yield name, _facts(sample, language), language


def _every_picture() -> Iterator[tuple[str, Facts, str]]:
    """The samples about a customer in all 27 states of MAN, with and without somebody to reach."""
    for (name, samples), language in itertools.product(SAMPLES.items(), LANGUAGES):
        for sample, man in itertools.product(samples, PICTURES):
            if "about" in sample:
                for reach in (None, "Zhao Min") if man.authority is False else (None,):
                    about = {**sample["about"], "picture": man.picture, "reach": reach}
                    yield name, _facts({**sample, "about": about}, language), language


def _show(name: str, facts: Facts, language: str) -> Rendered:
    return render(Reply(name, facts), language, NOW.date())


def _templates(language: str) -> set[str]:
    """The replies of a language; files that begin with `_` are parts of several."""
    found = (path.relative_to(TEMPLATES / language) for path in (TEMPLATES / language).rglob("*.j2"))
    return {path.with_suffix("").as_posix() for path in found if not path.name.startswith("_")}


def _entries(name: str, language: str) -> dict[str, str]:
    return dict(words(name, language))


def _check(where: str, rendered: Rendered) -> None:
    """What holds for every reply: well-formed, nothing of the template or of Python in it, no ragged lines."""
    tags = {element.tag for element in ElementTree.fromstring(f"<reply>{rendered.html}</reply>").iter()}
    assert tags <= {"reply", "b", "i"}, where
    assert rendered.text, where
    assert "\n\n\n" not in rendered.text, where
    assert not re.search(r"[ \t]$", rendered.text, re.MULTILINE), where
    assert rendered.text == plain(rendered.html), where


# --- which replies there are


def test_it_has_the_same_templates_in_both_languages_and_samples_for_exactly_these() -> None:
    assert _templates("en") == _templates("zh") == set(SAMPLES)


def test_it_shares_the_same_parts_in_both_languages() -> None:
    parts = [{path.name for path in (TEMPLATES / language).glob("_*.j2")} for language in LANGUAGES]
    assert parts[0] == parts[1]
    for name in parts[0]:
        macros = [
            set(re.findall(r"{% macro (\w+\(.*?\))", (TEMPLATES / language / name).read_text(encoding="utf-8")))
            for language in LANGUAGES
        ]
        assert macros[0] <= macros[1], f"{name}: Chinese lacks {macros[0] - macros[1]}"


def test_it_has_a_template_for_every_reply_that_the_sources_name() -> None:
    named = {name for path in SOURCES for name in re.findall(r"\bReply\(\s*\"([^\"]+)\"", path.read_text("utf-8"))}
    assert len(named) > 40
    assert named <= _templates("en")


def test_it_uses_every_template() -> None:
    named = {name for path in SOURCES for name in re.findall(r"\"([a-z_]+/[a-z_]+)\"", path.read_text("utf-8"))}
    assert _templates("en") <= named


def test_its_samples_of_a_customer_have_the_facts_that_handlers_give() -> None:
    about = _about({"who": None, "picture": "M+a+?"}, "en")
    given = set(re.findall(r"^ {8}\"(\w+)\":", inspect.getsource(recording.about), re.MULTILINE))
    kept = set(re.findall(r"^ {8}\"(\w+)\":", inspect.getsource(recording._record), re.MULTILINE))
    assert set(about) == given
    assert set(about["record"]) == kept | set(MAN)


# --- that they render


@pytest.mark.parametrize("name", SAMPLES)
def test_it_renders_every_sample(name: str) -> None:
    for sample, language in itertools.product(SAMPLES[name], LANGUAGES):
        facts = _facts(sample, language)
        rendered = _show(name, facts, language)
        where = f"{name} in {language}: {rendered.text}"
        _check(where, rendered)
        assert not re.search(r"[{}]|%}|\b(?:None|True|False|undefined|null|nan)\b", rendered.text), where
        assert len(rendered.text) < LONGEST, where


def test_it_renders_every_picture() -> None:
    seen = set()
    for name, facts, language in _every_picture():
        rendered = _show(name, facts, language)
        where = f"{name} in {language}: {rendered.text}"
        _check(where, rendered)
        assert "None" not in rendered.text, where
        seen.add(facts["picture"])
    assert len(seen) == 27


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_of_an_incomplete_picture_what_is_known_and_what_is_not(language: str) -> None:
    said = {
        "en": {"M": "they can pay", "m": "no money", "A": "they decide", "a": "somebody else", "N": "they need it"},
        "zh": {"M": "有预算", "m": "暂时没预算", "A": "能拍板", "a": "得别人拍板", "N": "有需求", "n": "暂时没需求"},
    }[language]
    for man in PICTURES:
        sample: Facts = {"about": {"who": "Li Wei", "picture": man.picture}, "noted": [], "new": True, "said_of": "Li"}
        line = _show("contacts/noted", _facts(sample, language), language).text.splitlines()[2]
        assert man.picture in line
        assert not re.search(r"[:：] ?[,，;；]|[,，]{2}|, \.|[,，;；][.。]", line), line
        if man.class_ is None:
            for letter, phrase in said.items():
                assert (phrase in line) == (letter in man.picture), line
            for fact in man.unknown if man.picture != "?+?+?" else ():
                assert words("fields", language)[fact] in re.split(r"Not known|；", line)[1], line


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_sends_nobody_to_the_decider_of_someone_who_is_no_customer(language: str) -> None:
    for picture, wanted in {"M+a+N": True, "M+a+?": True, "m+a+n": False}.items():
        sample: Facts = {"about": {"who": "Li Wei", "picture": picture, "reach": "Zhao Min"}}
        facts = {"total": 9, "most": 25, "scores": [], "open": [], **_facts(sample, language)}
        text = _show("scoring/audit_more", facts, language).text
        assert ("Zhao Min" in text) == wanted, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_all_of_the_playbook_briefly(language: str) -> None:
    statements = [
        {
            **{part: getattr(benefit, part).in_(language) for part in ("feature", "advantage", "benefit", "evidence")},
            "serves": [PLAYBOOK.sides[key].name.in_(language) for key in benefit.serves],
        }
        for product in PLAYBOOK.products
        for benefit in product.benefits
    ]
    longest = sorted(statements, key=lambda each: len(str(each)))[-3:]
    listeners = [
        Listener("Li Wei", role, style, phase, frozenset(("saves_cost", "failures"))).facts(PLAYBOOK, language)
        for role, style, phase in itertools.product(PLAYBOOK.roles, PLAYBOOK.styles, PLAYBOOK.phases)
    ]
    wordiest = max(listeners, key=lambda each: len(str(each)))
    shown: list[tuple[str, Facts]] = []
    for kind, entry in PLAYBOOK.objections.items():
        answers = [
            {"words": answer.in_(language), "aloud": answer.aloud, "used": 9, "worked": 8} for answer in entry.answers
        ]
        facts = {
            "kind": kind,
            "behind": entry.behind.in_(language),
            "ask_back": entry.question.in_(language),
            "answers": sorted(answers, key=lambda each: -len(str(each["words"]))),
            "avoid": entry.avoid.in_(language),
            "next": entry.next.in_(language),
            "product": "X200",
            "assumed": True,
            "benefit": longest[-1],
            "listener": wordiest,
        }
        shown += [("coaching/objection", facts), ("coaching/objection_more", facts)]
    for role, style in itertools.product(PLAYBOOK.roles.values(), PLAYBOOK.styles.values()):
        person = {
            "role": role.name.in_(language),
            "cares": role.cares.in_(language),
            "style": style.name.in_(language),
            "sell": style.sell.in_(language),
        }
        shown.append(("people/described", {**_facts(SAMPLES["people/described"][0], language), **person}))
    for listener in listeners:
        pitch = {"product": "X200", "what": "a pump", "statements": longest[1:], "all": longest, "listener": listener}
        shown += [("coaching/pitch", pitch), ("coaching/pitch_more", pitch)]
    ways = [
        {part: getattr(way, part).in_(language) for part in ("name", "method", "strength", "weakness")}
        for way in PLAYBOOK.prospecting.ways.values()
    ]
    counted = {
        "first": 1,
        "total": len(ways),
        "product": None,
        "tried": False,
        "team": False,
        "calls": 5,
        "contacts": 1,
    }
    shown += [
        (name, {"ways": [*ways, *ways][start : start + 3], **counted})
        for name in ("prospecting/ways", "prospecting/details")
        for start in range(len(ways))
    ]
    for name, facts in shown:
        rendered = _show(name, facts, language)
        _check(rendered.text, rendered)
        assert len(rendered.text) < LONGEST, rendered.text


# --- other people's text


def _with(facts: Any, hostile: str, key: str = "") -> Any:
    """The facts with every text that somebody else has written replaced."""
    if isinstance(facts, dict):
        return {name: _with(value, hostile, name) for name, value in facts.items()}
    if isinstance(facts, list):
        return [_with(value, hostile, key) for value in facts]
    return hostile if isinstance(facts, str) and key in NAMED else facts


@pytest.mark.parametrize("kind", HOSTILE)
def test_it_escapes_what_people_are_called(kind: str) -> None:
    hostile, shown = HOSTILE[kind], 0
    for name, facts, language in _every_sample():
        rendered = _show(name, _with(facts, hostile), language)
        where = f"{name} in {language}: {rendered.html}"
        _check(where, rendered)
        assert "<script>" not in rendered.html, where
        assert "49" not in rendered.text or kind != "template", where
        assert rendered.html.count("<b>") <= _show(name, facts, language).html.count("<b>"), where
        # Marks that turn the direction of writing are left out; the words stay.
        shown += hostile.strip().translate(dict.fromkeys(map(ord, "\u202e\u202c\u202d\u2066\u2069"))) in rendered.text
    assert shown > 50


@pytest.mark.parametrize("kind", HOSTILE)
def test_it_shows_a_name_on_a_button_as_it_is(kind: str) -> None:
    button = Button("name", "resume", {}, {"name": HOSTILE[kind]})
    for language in LANGUAGES:
        assert render(Reply("people/which", {"name": "x", "count": 2}, (button,)), language, NOW.date()).labels == (
            HOSTILE[kind],
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_quotes_a_long_message_in_part(language: str) -> None:
    told = "met a buyer\n\n" * 200
    card = _facts(SAMPLES["contacts/card"][0], language)
    card["said"] = [{"field": "money", "value": "yes", "words": told, "when": "2026-03-02"}] * 10
    undone = {"words": told, "changes": [], "more": 0}
    for name, facts in (("contacts/card", card), ("conversation/undone", undone)):
        text = _show(name, facts, language).text
        assert len(text) < 2_000
        assert "buyer met a buyer" in text


# --- words and buttons


@pytest.mark.parametrize("name", ["buttons", "fields", "words", "intents", "chart", "export", "console", "telegram"])
def test_it_has_the_same_words_in_both_languages(name: str) -> None:
    english, chinese = _entries(name, "en"), _entries(name, "zh")
    assert list(english) == list(chinese)
    for key, value in [*english.items(), *chinese.items()]:
        assert isinstance(value, str), key
        assert value, key
        assert sorted(re.findall(r"{\w+}|{{.*?}}", value)) == sorted(re.findall(r"{\w+}|{{.*?}}", english[key])), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_has_a_word_for_every_value_of_the_contract(language: str) -> None:
    known = _entries("words", language)
    assert {"yes", "no", *ROLES, *STYLES, *PERIODS} <= set(known)
    assert set(MAN) <= set(_entries("fields", language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_calls_roles_and_styles_as_the_playbook_does(language: str) -> None:
    known = _entries("words", language)
    names = {name: role.name for name, role in PLAYBOOK.roles.items()}
    names |= {name: style.name for name, style in PLAYBOOK.styles.items()}
    assert {name: known[name] for name in names} == {name: text.in_(language) for name, text in names.items()}


def test_it_has_a_label_for_every_button_and_a_button_for_every_label() -> None:
    sources = [path.read_text("utf-8") for path in SOURCES]
    labels = set(_entries("buttons", "en"))
    assert {name for source in sources for name in re.findall(r"\bButton\(\s*\"(\w+)\"", source)} <= labels
    assert all(any(f'"{label}"' in source for source in sources) for label in labels)


# --- how it is written


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "when", ["2026-03-02T14:00", "2026-03-10T10:00", "2026-12-31T23:30", "2027-02-28", "2028-02-29"]
)
def test_it_writes_times_as_it_reads_them(when: str, language: str) -> None:
    text = _show("followups/set", {"task": None, "who": None, "when": when, "zone": "Asia/Shanghai"}, language).text
    read = read_when(text, NOW)
    assert read is not None, text
    assert read.date == date.fromisoformat(when[:10])
    assert read.time == (time.fromisoformat(when[11:]) if "T" in when else None)
    button = Button("day", "remind_on", {}, {"when": when})
    label = render(Reply("followups/which_day", {"task": ""}, (button,)), language, NOW.date()).labels[0]
    again = read_when(label, NOW)
    assert again is not None, label
    assert again.date == read.date


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("value", [480, 48000, 48000.5, 1234567.89, 300000000])
def test_it_writes_amounts_as_it_reads_them(value: float, language: str) -> None:
    for currency in WRITTEN_CURRENCIES:
        item = {"field": "amount", "value": {"value": value, "currency": currency}}
        sample: Facts = {
            "about": {"who": "Li Wei", "picture": "M+A+N"},
            "noted": [item],
            "new": True,
            "said_of": "Li Wei",
        }
        text = _show("contacts/noted", _facts(sample, language), language).text
        read = read_amount(text)
        assert read is not None, text
        assert (read.value, read.currency) == (Decimal(str(value)), currency), text


def test_it_counts_one_thing_in_the_singular() -> None:
    for name, facts, language in _every_sample():
        text = _show(name, facts, language).text
        assert not re.search(
            r"\b1 (?:deals|follow-ups|customers|ways)\b|\b(?:[02-9]|\d\d) (?:deal|customer)\b", text
        ), text


def test_it_writes_chinese_with_chinese_punctuation_and_without_gaps() -> None:
    han = "[\u4e00-\u9fff]"
    for name, facts, language in _every_sample():
        text = _show(name, facts, language).text
        if language == "en":
            assert not re.search(f"{han}|[，；：！？（）]", text.replace("中文也可以。", "")), text
        else:
            # Gaps are before a time, before a currency, around commands, after the number of a line.
            meant = r"周. \d\d:\d\d| (?:美|欧)?元| ?/\w+ ?|^\d+\. "
            text = re.sub(meant, "", text, flags=re.MULTILINE)
            assert not re.search(f"{han}[,;:!?()]|[,;:!?()]{han}|[，。；：！？]{{2}}", text), text
            assert not re.search(f"{han} \\w|\\w {han}", text), text
