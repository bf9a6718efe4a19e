"""How a message is cut into clauses."""

import pytest
from components.clauses import clause_spans, clauses, is_bare_answer


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("has budget, no authority", ["has budget", "no authority"]),
        ("budget approved but his boss decides", ["budget approved", "his boss decides"]),
        ("有钱,但说了不算", ["有钱", "说了不算"]),
        ("预算批了 老板还没点头", ["预算批了", "老板还没点头"]),
        ("人是好说话,就是没权", ["人是好说话", "没权"]),
        ("they have 1,200 units at 10:30 for 3.5k", ["they have 1,200 units at 10:30 for 3.5k"]),
        ("brandy and android", ["brandy", "android"]),
        ("可以了", ["可以了"]),
        ("👍", ["👍"]),
    ],
)
def test_it_cuts(text: str, parts: list[str]) -> None:
    """At punctuation and joining words, not within numbers and words."""
    assert clauses(text) == parts


@pytest.mark.parametrize("text", ["", "  ", "has budget", " 'has budget' ,  no say. ", "，。", "有钱 但没权"])
def test_each_clause_stands_in_the_text(text: str) -> None:
    """In order, without overlaps, and never none."""
    spans = clause_spans(text)
    assert [text[start:end] for start, end in spans] == clauses(text)
    assert spans == sorted(spans)
    assert spans
    assert all(start <= end <= len(text) for start, end in spans)


@pytest.mark.parametrize("clause", ["有的", "没有", "沒有啊", "no", "Yes!", "不是的"])
def test_a_yes_or_no_alone_is_a_bare_answer(clause: str) -> None:
    assert is_bare_answer(clause)


@pytest.mark.parametrize("clause", ["有的是钱", "no budget", "", "不贵"])
def test_what_says_more_is_none(clause: str) -> None:
    assert not is_bare_answer(clause)
