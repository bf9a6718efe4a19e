"""The linter of the training data finds each kind of fault, and nothing in sound data."""

from pathlib import Path

import pytest

from nlu.check import CLAUSES, LANGUAGES, MUST_CARRY, check
from nlu.understanding import INTENTS

LABEL = {"report_objection": "price", "finish_reminder": "done"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project whose training data is sound: one message for each intent and language."""
    for language in LANGUAGES:
        for intent in INTENTS:
            head = f"  metadata: {{{MUST_CARRY[intent]}: {LABEL[intent]}}}\n" if intent in MUST_CARRY else ""
            said = intent.replace("_", " ") if language == "en" else f"中文 {intent}"
            write(tmp_path, language, intent, f"- intent: {intent}\n{head}  examples: |\n    - {said} message\n")
        (folder(tmp_path, language) / f"{CLAUSES}.yml").write_text(
            f'clauses:\n- money: "yes"\n  examples: |\n    - has money {language}\n', encoding="utf-8"
        )
    return tmp_path


def folder(root: Path, language: str) -> Path:
    path = root / "nlu" / "model" / "data" / language
    path.mkdir(parents=True, exist_ok=True)
    return path


def write(root: Path, language: str, intent: str, blocks: str) -> None:
    (folder(root, language) / f"{intent}.yml").write_text(f'version: "3.1"\nnlu:\n{blocks}', encoding="utf-8")


def undo(root: Path, *examples: str, language: str = "en", metadata: str = "") -> list[str]:
    """The faults after the examples of `undo` were replaced."""
    head = f"  metadata: {{{metadata}}}\n" if metadata else ""
    lines = "".join(f"    - {example}\n" for example in examples)
    write(root, language, "undo", f"- intent: undo\n{head}  examples: |\n{lines}")
    return check(root)


def test_it_finds_nothing_in_sound_data(root: Path) -> None:
    assert check(root) == []


@pytest.mark.parametrize("text", ["nlu: [", "- a list", "nlu: []\n  x: 1", "other: 1"])
def test_it_finds_files_that_cannot_be_read(root: Path, text: str) -> None:
    (folder(root, "zh") / "undo.yml").write_text(text, encoding="utf-8")
    (fault,) = check(root)
    assert fault.startswith("nlu/model/data/zh/undo.yml: cannot be read: ")


def test_it_finds_a_block_of_another_intent(root: Path) -> None:
    write(root, "en", "undo", "- intent: greet\n  examples: |\n    - take that back\n")
    (fault,) = check(root)
    assert "intent 'greet' stands in the file of 'undo'" in fault


def test_it_finds_an_example_without_dash(root: Path) -> None:
    write(root, "en", "undo", "- intent: undo\n  examples: |\n    take that back\n")
    (fault,) = check(root)
    assert "does not start with a dash" in fault


def test_it_finds_duplicates_within_an_intent_whatever_their_case_and_marks(root: Path) -> None:
    (fault,) = undo(root, "Forget [Acme](company) please", "forget acme, please!")
    assert fault == "nlu/model/data/en/undo.yml: stands in nlu/model/data/en/undo.yml too: forget acme, please!"


def test_it_finds_duplicates_across_intents_and_languages(root: Path) -> None:
    assert any("stands in nlu/model/data/en/greet.yml too" in fault for fault in undo(root, "greet message"))
    assert any(
        "zh/undo.yml: stands in nlu/model/data/en/" in fault for fault in undo(root, "greet message", language="zh")
    )


@pytest.mark.parametrize(
    ("metadata", "fault"), [("mood: good", "no label of the contract"), ("stage: begun", "cannot be 'begun'")]
)
def test_it_finds_labels_outside_the_contract(root: Path, metadata: str, fault: str) -> None:
    assert fault in undo(root, "take that back", metadata=metadata)[0]


def test_it_finds_a_yes_that_yaml_read_as_true(root: Path) -> None:
    assert "money cannot be True" in undo(root, "take that back", metadata="money: yes")[0]


def test_it_finds_entities_outside_the_contract(root: Path) -> None:
    assert "no entity of the contract is called 'city'" in undo(root, "drop [Paris](city)")[0]


@pytest.mark.parametrize("span", ["Acme,", " Acme", "Acme ", "'Acme", "(Acme", "星海。"])
def test_it_finds_spans_with_ragged_edges(root: Path, span: str) -> None:
    assert "begins or ends with" in undo(root, f"drop [{span}](company) now")[0]


@pytest.mark.parametrize("span", ["Acme Inc.", "C++", "$50k", "5万+"])
def test_it_leaves_marks_that_belong_to_a_name(root: Path, span: str) -> None:
    assert undo(root, f"drop [{span}](company) now") == []


def test_it_finds_brackets_without_a_span(root: Path) -> None:
    assert "a bracket belongs to no span" in undo(root, "drop [Acme] now")[0]


@pytest.mark.parametrize("intent", INTENTS)
def test_it_finds_an_intent_without_a_file(root: Path, intent: str) -> None:
    (folder(root, "zh") / f"{intent}.yml").unlink()
    assert check(root) == [f"nlu/model/data/zh/{intent}.yml: is missing"]


def test_it_finds_a_file_that_is_no_intent(root: Path) -> None:
    write(root, "en", "dance", "- intent: dance\n  examples: |\n    - let us dance\n")
    assert "no intent of the contract is called 'dance'" in check(root)[0]


@pytest.mark.parametrize("intent", MUST_CARRY)
def test_it_finds_a_missing_label(root: Path, intent: str) -> None:
    write(root, "en", intent, f"- intent: {intent}\n  examples: |\n    - something was said\n")
    assert f"label {MUST_CARRY[intent]} is missing" in check(root)[0]


def test_it_finds_messages_in_the_wrong_language(root: Path) -> None:
    assert "an English message" in undo(root, "they are the ones with the money", language="zh")[0]
    (folder(root, "zh") / "undo.yml").write_text(
        'version: "3.1"\nnlu:\n- intent: undo\n  examples: |\n    - 算了\n', encoding="utf-8"
    )
    assert "a Chinese message" in undo(root, "刚才记错了")[0]


@pytest.mark.parametrize(("language", "said"), [("zh", "undo"), ("zh", "export pipeline"), ("en", "show 王总")])
def test_it_leaves_mixed_messages_alone(root: Path, language: str, said: str) -> None:
    assert undo(root, said, language=language) == []


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("tests/sentences/en/undo.yml", "- text: Take back what I just said!\n  expect: {}\n"),
        ("tests/dialogues/en/01.yml", "turns:\n- said: take back what I just said\n"),
    ],
)
def test_it_finds_messages_that_stand_in_the_tests(root: Path, path: str, content: str) -> None:
    (root / path).parent.mkdir(parents=True)
    (root / path).write_text(content, encoding="utf-8")
    (fault,) = undo(root, "take back what i just said")
    assert fault.startswith(f"nlu/model/data/en/undo.yml: stands in {path} too: ")


def test_it_lets_a_word_stand_in_the_tests_that_has_no_other_form(root: Path) -> None:
    (root / "tests/sentences/en").mkdir(parents=True)
    (root / "tests/sentences/en/undo.yml").write_text("- text: undo\n  expect: {}\n", encoding="utf-8")
    assert undo(root, "undo") == []


def test_it_reports_every_fault_at_once(root: Path) -> None:
    assert len(undo(root, "drop [Paris](city)", "drop [x,](company)", "drop it]")) == 3


def test_it_finds_nothing_in_the_real_data() -> None:
    assert check(Path(__file__).resolve().parents[2]) == []
