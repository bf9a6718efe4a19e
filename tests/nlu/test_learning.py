"""Corrections become training data through `manny nlu learn`: what is approved, once, and nothing that spoils the data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from bot.cli import main
from nlu import learning
from nlu.check import LANGUAGES, MUST_CARRY, Least, check
from nlu.learning import marked
from nlu.understanding import INTENTS, Understanding
from storage.database import make_engine, session_factory, upgrade
from storage.unit_of_work import UnitOfWork

HOWEVER_LITTLE = Least(messages=0, large=0, balance=float("inf"), clauses=0, silent=0, held_out=0)
HELD_OUT = "please take back what i just told you"
LABEL = {"report_objection": "price", "finish_reminder": "done"}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own, with one message for each intent and language, and one that is held out."""
    for language in LANGUAGES:
        data = tmp_path / "nlu" / "model" / "data" / language
        data.mkdir(parents=True)
        for intent in INTENTS:
            head = f"  metadata: {{{MUST_CARRY[intent]}: {LABEL[intent]}}}\n" if intent in MUST_CARRY else ""
            said = f"{intent.replace('_', ' ')} message" if language == "en" else f"中文 {intent}"
            text = f'version: "3.1"\nnlu:\n- intent: {intent}\n{head}  examples: |\n    - {said}\n'
            (data / f"{intent}.yml").write_text(text, encoding="utf-8")
        clauses = f'clauses:\n- money: "yes"\n  examples: |\n    - has money {language}\n'
        (data / "clauses.yml").write_text(clauses, encoding="utf-8")
        sentences = tmp_path / "tests" / "sentences" / language
        sentences.mkdir(parents=True)
        for intent in INTENTS:
            (sentences / f"{intent}.yml").write_text("[]\n", encoding="utf-8")
    (tmp_path / "tests" / "sentences" / "en" / "undo.yml").write_text(f"- text: {HELD_OUT}\n  expect: {{}}\n")
    monkeypatch.setattr(learning, "DATA", tmp_path / "nlu" / "model" / "data")
    monkeypatch.setattr("bot.settings.ROOT", tmp_path)
    (tmp_path / "config.yml").write_text("language: en\n", encoding="utf-8")
    assert check(tmp_path, HOWEVER_LITTLE) == []
    return tmp_path


class Learner:
    """`manny nlu learn` on a database of its own, into which a test puts what somebody corrected."""

    def __init__(self, url: str, engine: Engine) -> None:
        self._url = url
        self._sessions = session_factory(engine)

    def corrects(self, text: str, intent: str, language: str = "en", **said: Any) -> None:
        """Somebody said what their message meant."""
        understood = Understanding(text=text, language=language, intent=intent, confidence=1.0, **said)
        with UnitOfWork(self._sessions) as work:
            now = datetime.now(UTC)
            ann = work.team.by_name("Ann") or work.team.add("Ann", "rep", "en", "UTC", now)
            work.messages.keep_correction(marked(understood), language, intent, ann.id, now)
            work.commit()

    def learn(self, *options: str) -> Result:
        return CliRunner().invoke(main, ["nlu", "learn", *options, "--database", self._url])


@pytest.fixture
def learner(root: Path) -> Iterator[Learner]:
    url = f"sqlite:///{root}/manny.db"
    upgrade(url)
    engine = make_engine(url)
    yield Learner(url, engine)
    engine.dispose()


def blocks(root: Path, language: str, intent: str) -> list[dict[str, Any]]:
    """The blocks of an intent's file behind its first one."""
    content = yaml.safe_load((root / "nlu" / "model" / "data" / language / f"{intent}.yml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = content["nlu"][1:]
    return found


def test_it_shows_what_was_corrected_and_adds_nothing_by_itself(learner: Learner, root: Path) -> None:
    learner.corrects("met Li Wei of Acme", "log_contact", person="Li Wei", company="Acme")
    learner.corrects("刚才那条不算数了吧", "undo", "zh")
    shown = learner.learn()
    assert shown.exit_code == 0
    assert shown.output.splitlines() == [
        "1\tlog_contact\tmet [Li Wei](person) of [Acme](company)",
        "2\tundo\t刚才那条不算数了吧",
    ]
    assert blocks(root, "en", "log_contact") == blocks(root, "zh", "undo") == []


def test_it_adds_the_approved_and_forgets_the_dropped(learner: Learner, root: Path) -> None:
    learner.corrects("met Li Wei of Acme", "log_contact", person="Li Wei", company="Acme")
    learner.corrects("bin that last bit", "undo")
    learner.corrects("hand Acme to Ann", "reassign", company="Acme", rep="Ann")
    told = learner.learn("--approve", "1", "--drop", "2").output
    assert "added to nlu/model/data/en/log_contact.yml" in told
    assert "2\tdropped" in told
    assert "3\treassign\thand [Acme](company) to [Ann](rep)" in told
    assert blocks(root, "en", "log_contact") == [
        {"intent": "log_contact", "examples": "- met [Li Wei](person) of [Acme](company)\n"}
    ]
    assert blocks(root, "en", "undo") == blocks(root, "en", "reassign") == []
    assert learner.learn().output.splitlines() == ["3\treassign\thand [Acme](company) to [Ann](rep)"]
    assert check(root, HOWEVER_LITTLE) == []


def test_it_adds_nothing_twice(learner: Learner, root: Path) -> None:
    for _ in range(2):
        learner.corrects("bin that last bit", "undo")
    learner.corrects("Bin that: last bit!", "undo")
    assert learner.learn("--approve", "1", "--approve", "2").exit_code == 0
    assert len(blocks(root, "en", "undo")) == 1
    refused = learner.learn("--approve", "3")
    assert refused.exit_code != 0
    assert "stands in nlu/model/data/en/undo.yml" in refused.output
    assert len(blocks(root, "en", "undo")) == 1


def test_it_keeps_the_labels(learner: Learner, root: Path) -> None:
    learner.corrects("far too dear says Li", "report_objection", person="Li", objection="price", money="no")
    learner.corrects("把周三那个推掉吧", "finish_reminder", "zh", action="cancel")
    assert learner.learn("--approve", "1", "--approve", "2").exit_code == 0
    assert blocks(root, "en", "report_objection") == [
        {
            "intent": "report_objection",
            "metadata": {"money": "no", "objection": "price"},
            "examples": "- far too dear says [Li](person)\n",
        }
    ]
    assert blocks(root, "zh", "finish_reminder")[0]["metadata"] == {"action": "cancel"}
    assert check(root, HOWEVER_LITTLE) == []


@pytest.mark.parametrize(
    ("text", "intent", "language", "reason"),
    [
        (f"{HELD_OUT.capitalize()}!", "undo", "en", "tests/sentences/en/undo.yml"),
        ("undo  message", "greet", "en", "nlu/model/data/en/"),
        ("they are not so sure about it", "report_objection", "en", "label objection is missing"),
        ("they are the ones with the money", "log_contact", "zh", "English message in a Chinese file"),
        ("guten Tag", "greet", "de", "there is no file for 'greet' in 'de'"),
    ],
)
def test_it_refuses_with_a_reason_and_leaves_the_data_as_it_was(
    learner: Learner, root: Path, text: str, intent: str, language: str, reason: str
) -> None:
    before = files(root)
    learner.corrects(text, intent, language)
    refused = learner.learn("--approve", "1")
    assert refused.exit_code == 1
    assert isinstance(refused.exception, SystemExit)
    assert reason in refused.output
    assert files(root) == before
    assert learner.learn().output.startswith("1\t")


def files(root: Path) -> dict[str, str]:
    return {str(path): path.read_text(encoding="utf-8") for path in (root / "nlu").rglob("*.yml")}


@pytest.mark.parametrize(
    "text",
    [
        "call [Li](person) at [[Acme]]",
        "two\nlines\r\nor\u2028three",
        "- a list: {a: b} # no comment | > ' \"",
        "yes: &x *x !!python/name:os.system %TAG",
        "nul\0 and \x1b[0m and \ufffe and \ud800 end",
        "- intent: undo\n  examples: |\n    - forged",
        "met ${HOME} at {{7*7}}\tobjection: forged",
        "👨‍👩‍👧 " + "é" * 3_000,
    ],
)
def test_no_message_breaks_the_file(learner: Learner, root: Path, text: str) -> None:
    learner.corrects(text, "log_contact", person="Li", company="Acme")
    assert learner.learn("--approve", "1").exit_code == 0
    (block,) = blocks(root, "en", "log_contact")
    assert set(block) == {"intent", "examples"}
    assert block["examples"].count("\n") == 1
    assert check(root, HOWEVER_LITTLE) == []


def test_a_file_without_a_last_line_end_stays_sound(learner: Learner, root: Path) -> None:
    path = root / "nlu" / "model" / "data" / "en" / "undo.yml"
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n"), encoding="utf-8")
    learner.corrects("bin that last bit", "undo")
    assert learner.learn("--approve", "1").exit_code == 0
    assert len(blocks(root, "en", "undo")) == 1


@pytest.mark.parametrize(
    ("said", "as_marked"),
    [
        (
            {"text": "also met Al of Al Futtaim", "person": "Al", "company": "Al Futtaim"},
            "also met [Al](person) of [Al Futtaim](company)",
        ),
        ({"text": "Li Wei is the person", "person": "Li Wei", "product": "person"}, "[Li Wei](person) is the [person](product)"),
        ({"text": "王总说了算", "person": "王总"}, "[王总](person)说了算"),
        ({"text": "show my deals", "rep": "me"}, "show my deals"),
        ({"text": "met  C++ (GmbH) ", "company": "C++ (GmbH)"}, "met [C++ (GmbH)](company)"),
        ({"text": "he is gone", "person": "Gone Girl"}, "he is gone"),
    ],
)  # fmt: skip
def test_names_are_marked_where_they_stand_as_words(said: dict[str, str], as_marked: str) -> None:
    assert marked(Understanding(language="en", intent="log_contact", confidence=1.0, **said)) == as_marked  # type: ignore[arg-type]
