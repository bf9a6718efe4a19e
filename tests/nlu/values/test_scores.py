"""It reads a score where the whole message is one."""

import pytest

from nlu.values.scores import read_score

SCORES = {
    "0": 0,
    "5": 5,
    "4.": 4,
    " 3 ": 3,
    "four": 4,
    "Zero": 0,
    "a 4": 4,
    "4/5": 4,
    "4 out of 5": 4,
    "I'd say 3": 3,
    "say two": 2,
    "3 points": 3,
    "give it a 2": 2,
    "四分": 4,
    "4分": 4,
    "４分。": 4,
    "打四分": 4,
    "我觉得3分吧": 3,
    "两分": 2,
    "零分": 0,
    "满分": 5,
    "full marks": 5,
}
NO_SCORES = [
    "",
    "6",
    "10",
    "-1",
    "4.5",
    "3-4",
    "四十",
    "4 pumps",
    "four of them came",
    "4点",
    "四月",
    "no",
    "5k",
    "不知道",
    "3个",
]


@pytest.mark.parametrize(("text", "score"), SCORES.items())
def test_it_reads_a_score(text: str, score: int) -> None:
    assert read_score(text) == score


@pytest.mark.parametrize("text", NO_SCORES)
def test_it_reads_none_from_anything_else(text: str) -> None:
    assert read_score(text) is None
