"""It takes a company's own method, and names every mistake in it by file and entry."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions import playbook
from actions.playbook import FOLDER, PlaybookError
from actions.playbook.texts import Text
from actions.rules.man import VERDICTS, Man
from nlu.understanding import MAN

PICTURES = [Man(*facts) for facts in itertools.product((True, False, None), repeat=3)]
Entries = Any


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the playbook, for a company to edit."""
    return shutil.copytree(FOLDER, tmp_path / "playbook", ignore=shutil.ignore_patterns("*.py", "__pycache__"))


def _edit(folder: Path, name: str, change: Callable[[Entries], Any]) -> None:
    path = folder / f"{name}.yml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(entries)
    path.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")


def _drop(*keys: Any) -> Callable[[Entries], Any]:
    def change(entries: Entries) -> None:
        for key in keys[:-1]:
            entries = entries[key]
        del entries[keys[-1]]

    return change


def _set(value: Any, *keys: Any) -> Callable[[Entries], Any]:
    def change(entries: Entries) -> None:
        for key in keys[:-1]:
            entries = entries[key]
        entries[keys[-1]] = value

    return change


def test_it_takes_an_edited_playbook(folder: Path) -> None:
    _edit(folder, "classes", _set("a hot one", "M+A+N", "verdict", "en"))
    assert playbook.load(folder).classes["M+A+N"].verdict.in_("en") == "a hot one"


PARTS = ("feature", "advantage", "benefit", "evidence")
TEXT = {"en": "Do it.", "zh": "去做。"}

MISTAKES = [
    ("imports", _drop("products", "serves"), "imports.yml: products: serves is missing"),
    ("imports", _set(["gift", "礼品"], "kinds", "gift"), "imports.yml: kinds: gift is unknown"),
    ("imports", _set(["profit", "毛利"], "transactions", "spent"), "imports.yml: transactions: profit stands for"),
    ("imports", _set(["day"], "transactions", "date"), "imports.yml: transactions: date needs a word in each language"),
    ("imports", _set([False, "编号"], "transactions", "reference"), "imports.yml: transactions: reference: 0: Input"),
    ("classes", _drop("M+A+n"), "classes.yml: M+A+n is missing"),
    ("classes", _set({}, "X+A+N"), "classes.yml: X+A+N: verdict: Field required"),
    ("classes", _drop("M+a+N", "verdict", "zh"), "classes.yml: M+a+N: verdict: zh: Field required"),
    ("classes", _set(" ", "m+A+N", "do", "en"), "classes.yml: m+A+N: do: en: String should have at least 1 character"),
    (
        "classes",
        _set(7, "m+A+N", "actions", 0, "en"),
        "classes.yml: m+A+N: actions: 0: en: Input should be a valid string",
    ),
    ("classes", _set("?", "m+A+N", "todo"), "classes.yml: m+A+N: todo: Extra inputs are not permitted"),
    (
        "classes",
        _set([TEXT], "m+A+N", "actions"),
        "classes.yml: m+A+N: actions: 1 fit where the decider is known, not 2 or 3",
    ),
    ("classes", _set([TEXT] * 4, "m+A+N", "actions"), "classes.yml: m+A+N: actions: 4 fit"),
    (
        "classes",
        _set([TEXT, TEXT, {**TEXT, "en": "Call {boss}.", "decider": "known"}], "M+a+N", "actions"),
        "classes.yml: M+a+N: actions: 2: en: {boss} is unknown, only {decider} is filled in",
    ),
    (
        "classes",
        _set([TEXT, {**TEXT, "zh": "找{decider}。"}], "M+a+N", "actions"),
        "classes.yml: M+a+N: actions: 1: zh: {decider} needs `decider: known`",
    ),
    ("classes", _drop("M+A+N", "up"), "classes.yml: M+A+N: up is missing"),
    ("classes", _drop("m+a+N", "level"), "classes.yml: m+a+N: level is missing"),
    ("classes", _drop("m+a+n", "down"), "classes.yml: m+a+n: down is missing"),
    ("questions", _drop("need"), "questions.yml: need is missing"),
    ("questions", _set([TEXT], "budget"), "questions.yml: budget is unknown"),
    (
        "questions",
        _set("X", "money", 0, "knowing"),
        "questions.yml: money: 0: knowing: X is no letter of a MAN picture",
    ),
    ("questions", _set("N", "money", -1, "knowing"), "questions.yml: money: the last wording must fit always"),
    ("questions", _set([], "authority"), "questions.yml: authority: the last wording must fit always"),
    ("cadence", _drop("M+A+N"), "cadence.yml: M+A+N is missing"),
    ("cadence", _set("soon", "quote"), "cadence.yml: quote: Input should be a valid integer"),
    ("styles", _drop("blue"), "styles.yml: blue is missing"),
    ("stages", _drop("won"), "stages.yml: won is missing"),
    ("stages", _set(["need", "luck"], "won", "needs"), "stages.yml: won: needs: luck is none of contact, money"),
    ("stages", _set([[]], "won", "needs"), "stages.yml: won: needs: nothing is none of contact, money"),
    ("leaving", _drop("price"), "leaving.yml: price is missing"),
    ("leaving", _drop("price", "come_back_days"), "leaving.yml: price: come_back_days: Field required"),
    ("relationship", _drop("stages", "partner"), "relationship.yml: stages: partner is missing"),
    ("relationship", _set({}, "phases", "crush"), "relationship.yml: phases: crush: name: Field required"),
    ("relationship", _set(3, "limits", "years"), "relationship.yml: limits: years: Unexpected keyword argument"),
    ("relationship", _set("soon", "limits", "silent_days"), "relationship.yml: limits: silent_days: Input should be a"),
    ("prospecting", _drop("ways", "shows", "weakness"), "prospecting.yml: ways: shows: weakness: Field required"),
    (
        "prospecting",
        _set({"toys": TEXT}, "ways", "shows", "suits"),
        "prospecting.yml: ways: shows: suits: toys is none of the kinds",
    ),
    ("roles", _set({"name": TEXT, "cares": TEXT}, "boss"), "roles.yml: boss is unknown"),
    ("objections", _drop("price", "avoid"), "objections.yml: price: avoid: Field required"),
    ("products", _drop(0, "name"), "products.yml: 0: name: Field required"),
    ("products", _set([], 0, "benefits"), "products.yml: 0: benefits: Tuple should have at least 1 item"),
    ("products", _set({}, 0, "benefits", 2, "feature"), "products.yml: 0: benefits: 2: feature: is missing in both"),
    ("products", _drop(0, "benefits", 0, "evidence"), "products.yml: 0: benefits: 0: evidence: Field required"),
    ("products", _set([], 0, "benefits", 0, "serves"), "products.yml: 0: benefits: 0: serves: Tuple should have"),
    (
        "products",
        _set(["reliable", "magic"], 0, "benefits", 0, "serves"),
        "products.yml: 0: benefits: 0: serves: 1: magic is none of reliable, fast_response",
    ),
    (
        "products",
        _set(["boss"], 0, "benefits", 0, "roles"),
        "products.yml: 0: benefits: 0: roles: 0: boss is none of decision_maker",
    ),
    (
        "products",
        _set(["end"], 0, "benefits", 0, "phases"),
        "products.yml: 0: benefits: 0: phases: 0: end is none of need, solution, risk",
    ),
    ("products", _set(["x-200"], 1, "aliases"), "products.yml: x-200 is the name of two products"),
    ("products", _set([], slice(None)), "products.yml: Tuple should have at least 1 item"),
    ("sides", _drop("proven"), "sides.yml: proven is missing"),
    ("phases", _set({"name": TEXT, "weighs": TEXT, "stages": []}, "after"), "phases.yml: after is unknown"),
    ("phases", _set(["won"], "risk", "stages"), "phases.yml: negotiation is in 0 phases, not in one"),
    ("phases", _set(["lead"], "risk", "stages"), "phases.yml: lead is in 2 phases, not in one"),
]


@pytest.mark.parametrize(("name", "change", "said"), MISTAKES, ids=[said for _, _, said in MISTAKES])
def test_it_names_a_mistake_by_file_and_entry(
    folder: Path, name: str, change: Callable[[Entries], Any], said: str
) -> None:
    _edit(folder, name, change)
    with pytest.raises(PlaybookError) as error:
        playbook.load(folder)
    assert any(line.startswith(said) for line in str(error.value).splitlines()), error.value


@pytest.mark.parametrize("left", ["en", "zh"])
def test_it_takes_a_catalogue_in_one_language_and_answers_both_with_it(folder: Path, left: str) -> None:
    def halve(products: Entries) -> None:
        for product in products:
            product["what"] = {left: product["what"][left]}
            for benefit in product["benefits"]:
                benefit.update({part: {left: benefit[part][left]} for part in PARTS})

    _edit(folder, "products", halve)
    benefit, shipped = (loaded.products[0].benefits[0] for loaded in (playbook.load(folder), playbook.load()))
    for part in PARTS:
        said = {language: getattr(benefit, part).in_(language) for language in ("en", "zh")}
        assert said["en"] == said["zh"] == getattr(shipped, part).in_(left)


def test_it_names_all_mistakes_at_once(folder: Path) -> None:
    _edit(folder, "stages", _drop("won"))
    _edit(folder, "cadence", _drop("quote"))
    with pytest.raises(PlaybookError) as error:
        playbook.load(folder)
    assert sorted(str(error.value).splitlines()) == ["cadence.yml: quote is missing", "stages.yml: won is missing"]


def test_it_names_a_file_that_is_no_yaml_with_the_line(folder: Path) -> None:
    (folder / "classes.yml").write_text("M+A+N:\n  verdict: {en: yes\nM+a+N: x\n", encoding="utf-8")
    with pytest.raises(PlaybookError, match=r"^classes\.yml: line 3: "):
        playbook.load(folder)


def test_it_names_a_file_that_is_missing_or_empty_or_none_of_its_own(folder: Path) -> None:
    (folder / "questions.yml").unlink()
    (folder / "stages.yml").write_text("", encoding="utf-8")
    (folder / "jokes.yml").write_text("- knock knock", encoding="utf-8")
    with pytest.raises(PlaybookError) as error:
        playbook.load(folder)
    named = {line.split(":")[0] for line in str(error.value).splitlines()}
    assert named == {"questions.yml", "stages.yml", "jokes.yml"}


# --- what the shipped one says


@pytest.mark.parametrize("class_", VERDICTS)
def test_it_sends_the_rep_to_the_decider_by_name_wherever_somebody_else_decides(class_: str) -> None:
    entry = playbook.load().classes[class_]
    for language in ("en", "zh"):
        known = [action.for_("Zhao Min", language) for action in entry.actions if action.fits("Zhao Min")]
        unknown = [action.for_(None, language) for action in entry.actions if action.fits(None)]
        assert any("Zhao Min" in action for action in known) == ("a" in class_ and class_ != "m+a+n")
        assert not any("Zhao Min" in action or "{" in action for action in unknown)


def test_it_has_a_question_of_its_own_for_what_is_known() -> None:
    shipped = playbook.load()
    for fact in MAN:
        asked = {shipped.question(fact, man).in_("en"): man.picture for man in PICTURES if man.next_question == fact}
        assert 2 <= len(asked) <= 3, asked
        assert set(asked) == {question.en for question in shipped.questions[fact]}


@pytest.mark.parametrize(
    ("picture", "fact", "wording"),
    [
        ((None, None, None), "need", 2),
        ((True, None, None), "need", 0),
        ((True, True, None), "need", 0),
        ((None, True, None), "need", 1),
        ((False, False, None), "need", 2),
        ((None, True, True), "money", 0),
        ((None, None, True), "money", 1),
        ((None, True, False), "money", 2),
        ((True, None, True), "authority", 0),
        ((False, None, True), "authority", 1),
        ((True, None, False), "authority", 2),
    ],
)
def test_it_chooses_a_question_by_what_is_known(
    picture: tuple[bool | None, bool | None, bool | None], fact: str, wording: int
) -> None:
    shipped, man = playbook.load(), Man(*picture)
    assert man.next_question == fact
    assert shipped.question(fact, man) is shipped.questions[fact][wording]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_puts_a_style_in_one_line(language: str) -> None:
    lines = {name: style.sell.opening(language) for name, style in playbook.load().styles.items()}
    assert len(set(lines.values())) == 4
    for line in lines.values():
        assert 5 < len(line) <= 60
        assert "；" not in line
    assert Text(en="Be brief", zh="简短").opening(language) in ("Be brief", "简短")
