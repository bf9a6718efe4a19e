"""Cutting long messages: nothing is lost, every piece fits, and every piece is whole HTML."""

from __future__ import annotations

import html

from hypothesis import given
from hypothesis import strategies as st

from bot.markup import length, split_html
from bot.replies import plain
from tests.fake_telegram.markup import read_html

words = st.text(st.sampled_from("ab <&客户😀\n"), min_size=1, max_size=60).map(html.escape)
markup = st.recursive(
    words,
    lambda inner: st.tuples(st.sampled_from(("b", "i", "code")), st.lists(inner, min_size=1, max_size=4)).map(
        lambda made: f"<{made[0]}>{''.join(made[1])}</{made[0]}>"
    ),
    max_leaves=12,
)


@given(markup)
def test_pieces_are_short_and_whole_and_lose_nothing(text: str) -> None:
    pieces = split_html(text, 160)
    assert all(length(piece) <= 160 for piece in pieces)
    read = [read_html(piece) for piece in pieces]
    assert [complaint for _, _, complaints in read for complaint in complaints] == []
    assert "".join("".join(plain(piece) for piece in pieces).split()) == "".join(plain(text).split())


def test_cuts_at_a_line_end_if_there_is_one() -> None:
    assert split_html("one\n" + "x" * 100 + " y", 104) == ["one", "x" * 100 + " y"]


def test_opens_tags_again() -> None:
    first, second = split_html("<b>" + "a" * 150 + "\n" + "b" * 100 + "</b>", 240)
    assert first == "<b>" + "a" * 150 + "</b>"
    assert second == "<b>" + "b" * 100 + "</b>"


def test_leaves_a_short_message_alone() -> None:
    assert split_html("<b>hello</b>", 4096) == ["<b>hello</b>"]
