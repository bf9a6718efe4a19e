"""The linter of the language data finds each kind of fault, and nothing in sound data."""

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest

from nlu.check import CLAUSES, LANGUAGES, LARGE, LEAST, MUST_CARRY, WORD, Least
from nlu.check import check as check_with
from nlu.server import MODEL_DIR
from nlu.understanding import INTENTS

LABEL = {"report_objection": "price", "finish_reminder": "done"}
ANY = Least(messages=0, large=0, balance=1000, clauses=0, silent=0, held_out=0)
"""No fault for too little data: a test asks for more of one kind."""


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


def check(root: Path, least: Least = ANY) -> list[str]:
    return check_with(root, least)


def folder(root: Path, language: str) -> Path:
    path = root / "nlu" / "model" / "data" / language
    path.mkdir(parents=True, exist_ok=True)
    return path


def write(root: Path, language: str, intent: str, blocks: str) -> None:
    (folder(root, language) / f"{intent}.yml").write_text(f'version: "3.1"\nnlu:\n{blocks}', encoding="utf-8")


def put(root: Path, path: str, content: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(content, encoding="utf-8")


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
    assert re.match(r"nlu/model/data/zh/undo\.yml(:\d)?: cannot be read: ", fault)


def test_it_finds_a_block_of_another_intent(root: Path) -> None:
    write(root, "en", "undo", "- intent: greet\n  examples: |\n    - take that back\n")
    (fault,) = check(root)
    assert fault == "nlu/model/data/en/undo.yml:3: a block of intent 'greet' stands in the file of 'undo'"


def test_it_finds_an_example_without_dash(root: Path) -> None:
    write(root, "en", "undo", "- intent: undo\n  examples: |\n    take that back\n")
    (fault,) = check(root)
    assert fault.startswith("nlu/model/data/en/undo.yml:5: an example does not start with a dash")


def test_it_finds_a_block_without_examples(root: Path) -> None:
    write(root, "en", "undo", "- intent: undo\n  examples: |\n    - take that back\n- intent: undo\n  examples: []\n")
    assert check(root) == ["nlu/model/data/en/undo.yml:6: a block has no text under `examples`"]


def test_it_finds_duplicates_within_an_intent_whatever_their_case_and_marks(root: Path) -> None:
    (fault,) = undo(root, "Forget [Acme](company) please", "forget acme, please!")
    assert fault == "nlu/model/data/en/undo.yml:6: stands in nlu/model/data/en/undo.yml:5 too: forget acme, please!"


def test_it_finds_duplicates_across_intents_and_languages(root: Path) -> None:
    stands = "stands in nlu/model/data/en/greet.yml:5 too: greet message"
    assert undo(root, "greet message") == [f"nlu/model/data/en/undo.yml:5: {stands}"]
    undo(root, "take that back")
    assert undo(root, "greet message", language="zh") == [f"nlu/model/data/zh/undo.yml:5: {stands}"]


def test_it_finds_duplicates_among_clauses(root: Path) -> None:
    put(
        root,
        "nlu/model/data/en/clauses.yml",
        "clauses:\n- examples: |\n    - so what\n\n    - any news\n    - So what?\n",
    )
    assert check(root) == [
        "nlu/model/data/en/clauses.yml:4: an example does not start with a dash and a space: ''",
        "nlu/model/data/en/clauses.yml:6: stands in nlu/model/data/en/clauses.yml:3 too: So what?",
    ]


@pytest.mark.parametrize(
    ("metadata", "fault"), [("mood: good", "no label of the contract"), ("stage: begun", "cannot be 'begun'")]
)
def test_it_finds_labels_outside_the_contract(root: Path, metadata: str, fault: str) -> None:
    assert fault in undo(root, "take that back", metadata=metadata)[0]


def test_it_finds_a_yes_that_yaml_read_as_true(root: Path) -> None:
    assert "money cannot be True" in undo(root, "take that back", metadata="money: yes")[0]


def test_it_finds_entities_outside_the_contract(root: Path) -> None:
    assert "no entity of the contract is called 'city'" in undo(root, "drop [Paris](city)")[0]


@pytest.mark.parametrize(
    "span", ["Acme,", " Acme", "Acme ", "'Acme", "(Acme", "星海。", "《星海", "-Acme", "Acme/", "*Acme"]
)
def test_it_finds_spans_with_ragged_edges(root: Path, span: str) -> None:
    assert "begins or ends with" in undo(root, f"drop [{span}](company) now")[0]


@pytest.mark.parametrize("span", ["Acme Inc.", "C++", "$50k", "5万+"])
def test_it_leaves_marks_that_belong_to_a_name(root: Path, span: str) -> None:
    assert undo(root, f"drop [{span}](company) now") == []


@pytest.mark.parametrize(
    "marked",
    [
        "[Dr. Kim](person)is out",
        "no[Maria](person) here",
        "[Maria](person)s deal",
        "drop [O](person)'Brien",
        "drop [HX](product)-9",
        "drop [200](quantity)pcs",
        "drop [1](quantity),200",
        "预算[3](amount)0万",
        "[Ann](person)[Bo](person)",
    ],
)
def test_it_finds_spans_cut_within_a_word(root: Path, marked: str) -> None:
    assert any("begins or ends within a word" in fault for fault in undo(root, marked))


@pytest.mark.parametrize(
    "marked",
    [
        "drop [Maria](person)'s deal",
        "drop [Maria](person)’s deal",
        "约了[王总](person)明天谈",
        "找[Kevin](person)谈[ABB](company)的[30万](amount)",
        "drop [50](quantity)-60 units",
        "drop ([Acme](company))",
        "[Acme](company), [Bo](person)/[Cy](person)",
    ],
)
def test_it_leaves_spans_that_end_with_a_word(root: Path, marked: str) -> None:
    assert undo(root, marked, language="zh") == []


def test_it_has_the_words_of_the_model_s_tokenizer() -> None:
    files = [MODEL_DIR / "components" / name for name in ("clauses.py", "words.py")]
    source = ast.parse("".join(file.read_text(encoding="utf-8") for file in files))
    wanted = ("HAN", "_LETTER", "_ALNUM", "TOKEN")
    lines = [ast.unparse(each) for each in source.body if isinstance(each, ast.Assign)]
    tokenizer: dict[str, re.Pattern[str]] = {}
    exec("\n".join(line for line in lines if line.startswith(wanted)), {"re": re}, tokenizer)
    text = "Acme's O'Brien don't 1,200.5k 10:30am HX-9 AT&T 5-axis 50-60 -x 预算30万a下3 Ünal's' x_y 3.5. ５Ｇ’s C++ 〇2 '5s"
    words = {word.span() for word in WORD.finditer(text)}
    tokens = {token.span() for token in tokenizer["TOKEN"].finditer(text)}
    assert {text[start:end] for start, end in words - tokens} <= {"s"}
    assert all(start not in range(first + 1, last) for first, last in words for start, _ in tokens)


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
    line = 1 + content.startswith("turns")
    assert fault == f"nlu/model/data/en/undo.yml:5: stands in {path}:{line} too: take back what i just said"


def test_it_finds_clauses_that_stand_in_the_tests(root: Path) -> None:
    put(root, "tests/sentences/en/undo.yml", "- text: what has money en to do with it\n  expect: {}\n")
    put(root, "nlu/model/data/en/clauses.yml", "clauses:\n- examples: |\n    - What has money EN to do with it?\n")
    (fault,) = check(root)
    assert fault.startswith("nlu/model/data/en/clauses.yml:3: stands in tests/sentences/en/undo.yml:1 too: ")


def test_it_finds_held_out_messages_that_stand_in_dialogues_or_twice(root: Path) -> None:
    message = "- text: take back what I just said\n  expect: {}\n"
    put(root, "tests/sentences/en/undo.yml", message)
    put(root, "tests/unseen/en/undo.yml", f"- text: the price was wrong\n  expect: {{}}\n{message}")
    put(root, "tests/dialogues/zh/01.yml", "turns:\n- said: The price was wrong!\n")
    assert check(root) == [
        "tests/unseen/en/undo.yml:1: stands in tests/dialogues/zh/01.yml:2 too: the price was wrong",
        "tests/unseen/en/undo.yml:3: stands in tests/sentences/en/undo.yml:1 too: take back what I just said",
    ]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("- text: x\n  expect: {mood: good}\n", ":1: no label of the contract is called 'mood': x"),
        ("- text: x\n  expect: {need: yes}\n", ":1: label need cannot be True: x"),
        ("- text: x\n", ":1: a message has no text under `text` or no fields under `expect`"),
        ("turns: []\n", ": cannot be read: there is no list of messages"),
    ],
)
def test_it_finds_faults_in_held_out_messages(root: Path, content: str, fault: str) -> None:
    put(root, "tests/unseen/zh/undo.yml", content)
    assert check(root) == [f"tests/unseen/zh/undo.yml{fault}"]


def test_it_finds_a_held_out_file_that_is_no_intent(root: Path) -> None:
    put(root, "tests/sentences/en/dance.yml", "- text: let us dance\n  expect: {}\n")
    (fault,) = check(root)
    assert "no intent of the contract is called 'dance'" in fault


def test_it_finds_intents_with_too_few_messages(root: Path) -> None:
    faults = check(root, replace(ANY, messages=1, large=2))
    assert faults == sorted(
        f"nlu/model/data/{language}/{intent}.yml: 1 messages, at least 2 are needed"
        for language in LANGUAGES
        for intent in LARGE
    )
    undo(root, "one of them", "two of them")
    assert len(check(root, replace(ANY, messages=2, large=1))) == len(LANGUAGES) * (len(INTENTS) - len(LARGE)) - 1


def test_it_finds_an_intent_that_one_language_has_more_of(root: Path) -> None:
    undo(root, "first message", "second message", "third message")
    undo(root, "第一条", "第二条", language="zh")
    assert check(root, replace(ANY, balance=1.5)) == []
    undo(root, "first message", "second message", "third message", "fourth message")
    assert check(root, replace(ANY, balance=1.5)) == [
        "nlu/model/data/en/undo.yml: 4 messages, more than 1.5 times the 2 in zh"
    ]


def test_it_finds_facts_with_too_few_clauses(root: Path) -> None:
    wanting = [
        f"nlu/model/data/{language}/clauses.yml: {count} clauses state {fact} {value}, at least 1 are needed"
        for language in LANGUAGES
        for fact in ("money", "authority", "need")
        for value in ("yes", "no")
        if (count := int(fact == "money" and value == "yes")) < 1
    ]
    assert check(root, replace(ANY, clauses=1)) == sorted(wanting)


def test_it_finds_too_few_clauses_that_say_nothing(root: Path) -> None:
    block = "clauses:\n- examples: |\n    - who pays there {}\n    - any news {}\n"
    for language in LANGUAGES:
        put(root, f"nlu/model/data/{language}/clauses.yml", block.format(language, language))
    assert check(root, replace(ANY, silent=4)) == []
    (fault,) = check(root, replace(ANY, silent=5))
    assert fault.endswith("clauses.yml: 4 clauses in all languages state nothing, at least 5 are needed")


def test_it_finds_too_few_held_out_messages(root: Path) -> None:
    put(root, "tests/sentences/en/undo.yml", "- text: oh, not that one\n  expect: {}\n")
    put(root, "tests/unseen/en/undo.yml", "- text: the other one, I meant\n  expect: {}\n")
    faults = check(root, replace(ANY, held_out=2))
    assert len(faults) == len(LANGUAGES) * len(INTENTS) - 1
    assert "tests/sentences/zh/undo.yml: 0 held-out messages, at least 2 are needed" in faults
    assert not any("en/undo" in fault for fault in faults)


def test_it_asks_for_enough_data_unless_told_otherwise(root: Path) -> None:
    assert Least(messages=120, large=300, balance=1.5, clauses=400, silent=3000, held_out=25) == LEAST
    assert "nlu/model/data/en/undo.yml: 1 messages, at least 120 are needed" in check_with(root)


def test_it_lets_a_word_stand_in_the_tests_that_has_no_other_form(root: Path) -> None:
    (root / "tests/sentences/en").mkdir(parents=True)
    (root / "tests/sentences/en/undo.yml").write_text("- text: undo\n  expect: {}\n", encoding="utf-8")
    assert undo(root, "undo") == []


def test_it_reports_every_fault_at_once_in_the_order_of_files_and_lines(root: Path) -> None:
    undo(root, "drop [Paris](city)", "drop [x,](company)", "drop it]", "greet message", "[Ann](person)s deal it is")
    write(root, "en", "forget", "- intent: forget\n  metadata: {mood: good}\n  examples: |\n    no dash\n    - off\n")
    put(root, "nlu/model/data/zh/greet.yml", "nlu: [\n}")
    (folder(root, "zh") / "help.yml").unlink()
    put(root, "tests/sentences/en/undo.yml", "- text: Anns deal it is\n  expect: {money: yes}\n")
    faults = check(root, replace(ANY, silent=1))
    places = [fault.split(": ")[0].removeprefix("nlu/model/data/") for fault in faults]
    assert places == [
        "en/clauses.yml",
        "en/forget.yml:6",
        "en/forget.yml:7",
        "en/undo.yml:5",
        "en/undo.yml:6",
        "en/undo.yml:7",
        "en/undo.yml:8",
        "en/undo.yml:9",
        "en/undo.yml:9",
        "zh/greet.yml:2",
        "zh/help.yml",
        "tests/sentences/en/undo.yml:1",
    ]


def test_it_finds_nothing_in_the_real_data() -> None:
    assert check_with(Path(__file__).resolve().parents[2]) == []
