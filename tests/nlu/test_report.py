"""The report on understanding counts by the contract's rules, writes all its files, and keeps the docs' table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.charts import draw_confusion
from bot.cli import main
from nlu.report import (
    BEGIN,
    END,
    NOW,
    SUMMARY_HEAD,
    Answer,
    Labelled,
    ReportError,
    Tally,
    ask,
    compare,
    normal,
    read_set,
    score,
    summary,
    update_docs,
    write_report,
)
from nlu.server import ROOT
from nlu.understanding import Understanding
from tests.bot.stub_nlu import StubNlu

NOTHING: dict[str, Any] = {}
DOCS = ROOT / "docs" / "understanding.md"

Case = tuple[str, dict[str, Any], str, dict[str, Any], tuple[int, int, int], tuple[int, int, int], bool]

# Intent and fields expected; intent and fields that came; found, made up and missed among the MAN facts and among the
# other fields; whether the whole frame is right.
CASES: list[Case] = [
    ("log_contact", {"money": "yes"}, "log_contact", {"money": "yes"}, (1, 0, 0), (0, 0, 0), True),
    ("log_contact", {"money": "yes"}, "log_contact", {"money": "no"}, (0, 1, 1), (0, 0, 0), False),
    ("log_contact", {"money": "yes"}, "log_contact", NOTHING, (0, 0, 1), (0, 0, 0), False),
    ("log_contact", NOTHING, "log_contact", {"need": "no"}, (0, 1, 0), (0, 0, 0), False),
    ("find_customers", {"money": "yes"}, "find_customers", {"money": "yes", "need": "no"}, (1, 0, 0), (0, 0, 0), True),
    ("report_objection", NOTHING, "report_objection", {"authority": "no"}, (0, 0, 0), (0, 0, 0), True),
    ("greet", NOTHING, "help", NOTHING, (0, 0, 0), (0, 0, 0), False),
    ("log_contact", {"person": "Weber"}, "log_contact", {"person": "Mr. weber's"}, (0, 0, 0), (1, 0, 0), True),
    ("log_contact", {"person": "Dr  Li Wei"}, "log_contact", {"person": "Li Wei"}, (0, 0, 0), (1, 0, 0), True),
    ("log_contact", {"company": "ＡＢＢ"}, "log_contact", {"company": "abb。"}, (0, 0, 0), (1, 0, 0), True),
    ("log_contact", {"company": "The Loft"}, "log_contact", {"company": "Lofts"}, (0, 0, 0), (0, 1, 1), False),
    ("log_referral", {"referrer": "Mr Chan"}, "log_referral", {"referrer": "Chan"}, (0, 0, 0), (0, 1, 1), False),
    ("log_contact", NOTHING, "log_contact", {"product": "pumps", "when": "2026-03-05"}, (0, 0, 0), (0, 0, 0), True),
    ("log_contact", {"when": None}, "log_contact", {"when": "2026-03-05"}, (0, 0, 0), (0, 1, 0), False),
    (
        "set_reminder",
        {"when": "2026-03-05T10:00"},
        "set_reminder",
        {"when": "2026-03-05T10:00:00"},
        *((0, 0, 0), (1, 0, 0)),
        True,
    ),
    ("set_reminder", {"when": "2026-03-05"}, "set_reminder", {"when": "2026-03-05T10:00"}, (0, 0, 0), (0, 1, 1), False),
    ("log_contact", NOTHING, "log_contact", {"company": "Acme"}, (0, 0, 0), (0, 1, 0), False),
    ("log_contact", {"quantity": 200}, "log_contact", {"quantity": 200.001}, (0, 0, 0), (1, 0, 0), True),
    (
        "update_deal",
        {"amount": {"value": 50000, "currency": None}},
        "update_deal",
        {"amount": {"value": 5e4, "currency": None}},
        *((0, 0, 0), (1, 0, 0)),
        True,
    ),
    (
        "update_deal",
        {"amount": {"value": 50000, "currency": "USD"}},
        "update_deal",
        {"amount": {"value": 5e4, "currency": None}},
        *((0, 0, 0), (0, 1, 1)),
        False,
    ),
    ("update_deal", NOTHING, "update_deal", {"amount": {"value": None, "currency": "USD"}}, (0, 0, 0), (0, 0, 0), True),
    (
        "query_pipeline",
        {"rep": "me", "language": "en"},
        "query_pipeline",
        {"rep": "me", "language": "zh"},
        *((0, 0, 0), (1, 0, 0)),
        True,
    ),
    ("log_contact", {"money": "yes", "stage": "won"}, "update_deal", {"stage": "won"}, (0, 0, 1), (1, 0, 0), False),
]


def answer(
    intent: str = "undo",
    expect: dict[str, Any] = NOTHING,
    got: str = "undo",
    frame: dict[str, Any] = NOTHING,
    language: str = "en",
    confidence: float = 1.0,
    seconds: float = 0.01,
) -> Answer:
    message = Labelled(f"{language}/{intent} 1", language, "a message", intent, expect)
    return Answer(message, {"intent": got, "confidence": confidence, **frame}, seconds)


def tallied(tally: Tally) -> tuple[int, int, int]:
    return tally.found, tally.made_up, tally.missed


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} {case[1]} {case[3]}")
def test_it_counts_by_the_rules_of_the_contract(case: Case) -> None:
    intent, expect, got, frame, man, slots, right = case
    scores = score([answer(intent, expect, got, frame)])
    assert (tallied(scores.man), tallied(scores.slots), bool(scores.frames_right)) == (man, slots, right)
    assert scores.intents_right == (intent == got)


def test_it_gives_the_figures_of_all_cases_together() -> None:
    scores = score(answer(*case[:4]) for case in CASES)
    assert (scores.messages, scores.intents_right, scores.frames_right) == (23, 21, 12)
    assert [f"{share:.3f}" for share in (scores.man.precision, scores.man.recall, scores.man.f1)] == [
        "0.500",
        "0.400",
        "0.444",
    ]
    assert [f"{share:.3f}" for share in (scores.slots.precision, scores.slots.recall, scores.slots.f1)] == [
        "0.571",
        "0.667",
        "0.615",
    ]
    by_field = {
        name: f"{tally.f1:.2f} ({tally.expected})" for name, tally in scores.by_field.items() if tally != Tally()
    }
    assert by_field == {
        "amount": "0.50 (2)",
        "company": "0.40 (2)",
        "money": "0.50 (5)",
        "need": "0.00 (0)",
        "person": "1.00 (2)",
        "quantity": "1.00 (1)",
        "referrer": "0.00 (1)",
        "rep": "1.00 (1)",
        "stage": "1.00 (1)",
        "when": "0.40 (2)",
    }


def test_it_counts_an_intent_that_took_another_one_s_message() -> None:
    scores = score([answer("undo"), answer("undo", got="forget"), answer("forget", got="forget")])
    assert tallied(scores.by_intent["undo"]) == (1, 0, 1)
    assert tallied(scores.by_intent["forget"]) == (1, 1, 0)
    assert scores.confusion == {("undo", "undo"): 1, ("undo", "forget"): 1, ("forget", "forget"): 1}


def test_a_value_that_is_no_text_stays_as_it_is() -> None:
    assert normal("past", True) is True
    assert normal("amount", "much") is None


def test_an_intent_that_searches_for_facts_leaves_unlabelled_ones_out() -> None:
    message = Labelled("en/find_customers 1", "en", "who has budget?", "find_customers", {"money": "yes"})
    assert {"money", "authority", "need"} & compare(message, {}).keys() == {"money"}


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """A labelled set of three messages in two languages."""
    for path, content in {
        "en/undo.yml": '- text: undo that\n  expect: {}\n- text: "Acme: wrong"\n  expect: {company: Acme}\n',
        "zh/greet.yml": "- text: 你好\n  expect: {}\n",
    }.items():
        (tmp_path / "set" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "set" / path).write_text(content, encoding="utf-8")
    return tmp_path / "set"


def understand(text: str, now: datetime) -> Understanding:
    """A model that takes everything for `undo` and never names a company."""
    assert now == NOW
    return Understanding(text=text, language="en", intent="undo", confidence=0.75)


def test_it_reads_the_labelled_set_by_its_paths(labelled: Path) -> None:
    assert read_set(labelled) == [
        Labelled("en/undo 1", "en", "undo that", "undo", {}),
        Labelled("en/undo 2", "en", "Acme: wrong", "undo", {"company": "Acme"}),
        Labelled("zh/greet 1", "zh", "你好", "greet", {}),
    ]


@pytest.mark.parametrize("content", ["- text: hello\n", "nlu: 1\n", "[", "3\n"])
def test_it_names_a_file_that_holds_no_labelled_messages(labelled: Path, content: str) -> None:
    (labelled / "zh" / "undo.yml").write_text(content)
    with pytest.raises(ReportError, match=r"zh/undo\.yml"):
        read_set(labelled)


def test_it_refuses_a_folder_without_messages(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="there is no <language>"):
        read_set(tmp_path)


def test_it_asks_for_each_message_and_tells_how_far_it_is(labelled: Path) -> None:
    heard: list[float] = []
    answers = ask(read_set(labelled), understand, heard.append)
    assert [each.frame["intent"] for each in answers] == ["undo"] * 3
    assert heard == pytest.approx([1 / 3, 2 / 3, 1])
    assert all(each.seconds >= 0 for each in answers)


def rows(table: str) -> list[list[str]]:
    """The cells of a Markdown table, without the rule under its head."""
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.strip().splitlines()]
    assert all(re.fullmatch(r":?-+:?", cell) for cell in lines[1])
    return [lines[0], *lines[2:]]


def test_the_summary_has_a_line_for_each_language() -> None:
    answers = [answer(seconds=seconds / 1000) for seconds in range(1, 101)]
    answers += [
        answer("log_contact", {"need": "no", "person": "Li"}, "log_contact", {"need": "no"}, "zh", seconds=0.25)
    ]
    assert rows(summary(answers)) == [
        list(SUMMARY_HEAD),
        ["en", "100", "1.000", *["0.000"] * 6, "1.000", "50", "95"],
        ["zh", "1", "1.000", *["1.000"] * 3, *["0.000"] * 3, "0.000", "250", "250"],
    ]


def test_it_writes_tables_and_errors(tmp_path: Path) -> None:
    answers = [
        answer("undo", NOTHING, "undo", {"amount": {"value": 5, "currency": "EUR"}}, confidence=0.95),
        answer("undo", {"company": "Acme"}, "forget", NOTHING, confidence=0.72),
        answer("undo", NOTHING, "undo", NOTHING, confidence=0.5),
        answer(language="zh"),
    ]
    write_report(answers, "sentences", tmp_path / "out")
    report = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    english = report.split("## en")[1].split("## zh")[0]
    tables = [rows(part) for part in re.findall(r"(?:^\|.*\n?)+", english, re.MULTILINE)]
    assert tables == [
        [
            ["intent", "messages", "precision", "recall", "F1"],
            ["undo", "3", "1.000", "0.667", "0.800"],
            ["forget", "0", "0.000", "0.000", "0.000"],
        ],
        [
            ["field", "labelled", "precision", "recall", "F1"],
            ["company", "1", "0.000", "0.000", "0.000"],
            ["amount", "0", "0.000", "0.000", "0.000"],
        ],
        [
            ["confidence", "messages", "right", "share right"],
            ["≥ 0.9", "1", "1", "1.000"],
            ["≥ 0.8", "1", "1", "1.000"],
            ["≥ 0.7", "2", "1", "0.500"],
            ["≥ 0.5", "3", "2", "0.667"],
        ],
    ]
    assert summary(answers) in report
    assert (tmp_path / "out" / "errors.en.txt").read_text(encoding="utf-8").splitlines() == [
        "en/undo 1  a message",
        "    amount: expected nothing, got 5 EUR",
        "en/undo 1  a message",
        "    intent: expected undo, got forget (0.72)",
        "    company: expected Acme, got nothing",
    ]
    assert (tmp_path / "out" / "errors.zh.txt").read_text() == ""


def test_it_draws_which_intent_was_taken_for_which(tmp_path: Path) -> None:
    confusion = {("undo", "undo"): 3, ("undo", "forget"): 1, ("greet", "greet"): 2}
    draw_confusion(confusion, "en", tmp_path / "small.png")
    draw_confusion({**confusion, ("help", "help"): 1, ("deny", "deny"): 1}, "en", tmp_path / "large.png")
    heights = []
    for name in ("small", "large"):
        content = (tmp_path / f"{name}.png").read_bytes()
        assert content.startswith(b"\x89PNG\r\n\x1a\n")
        heights.append(int.from_bytes(content[20:24]))
    assert heights[0] < heights[1]


def test_the_page_has_a_table_of_the_right_shape() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert text.count(BEGIN) == text.count(END) == 1
    table = rows(text.split(BEGIN)[1].split(END)[0])
    assert table[0] == list(SUMMARY_HEAD)
    assert [row[0] for row in table[1:]] == ["en", "zh"]
    for _, messages, *shares, median, p95 in table[1:]:
        assert int(messages) > 0
        assert all(re.fullmatch(r"[01]\.\d{3}", share) and float(share) <= 1 for share in shares)
        assert len(shares) == len(SUMMARY_HEAD) - 4
        assert 0 < int(median) <= int(p95)


def test_it_rewrites_the_table_of_a_page_and_nothing_else(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    update_docs(page, [answer()])
    assert page.read_text() == f"before\n{BEGIN}\n{summary([answer()])}\n{END}\nafter\n"
    update_docs(page, [answer(), answer()])
    assert page.read_text() == f"before\n{BEGIN}\n{summary([answer(), answer()])}\n{END}\nafter\n"


@pytest.mark.parametrize("text", ["nothing", BEGIN, END, f"{END} {BEGIN}"])
def test_it_refuses_a_page_without_markers(tmp_path: Path, text: str) -> None:
    (tmp_path / "page.md").write_text(text)
    with pytest.raises(ReportError, match="no place for the report"):
        update_docs(tmp_path / "page.md", [answer()])
    assert (tmp_path / "page.md").read_text() == text


@pytest.fixture
def stub() -> Iterator[StubNlu]:
    with StubNlu() as served:
        yield served


def test_the_command_asks_the_model_and_writes_everything(
    labelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stub: StubNlu
) -> None:
    monkeypatch.setenv("MANNY_NLU_URL", stub.url)
    result = CliRunner().invoke(main, ["nlu", "report", "--set", str(labelled), "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert [row[:3] for row in rows(re.findall(r"(?:^\|.*\n)+", result.output, re.MULTILINE)[0])[1:]] == [
        ["en", "2", "0.500"],
        ["zh", "1", "1.000"],
    ]
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {"report.md"} | {
        f"{kind}.{language}.{end}"
        for kind, end in (("errors", "txt"), ("confusion", "png"))
        for language in ("en", "zh")
    }


@pytest.mark.parametrize("more", [["--docs"], []])
def test_the_command_refuses_what_it_cannot_report_on(tmp_path: Path, more: list[str]) -> None:
    result = CliRunner().invoke(main, ["nlu", "report", "--set", str(tmp_path), *more])
    assert result.exit_code != 0
    assert ("--docs is for" if more else "holds no labelled messages") in result.output
