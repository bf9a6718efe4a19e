"""Reads a score from 0 to 5, where one was asked for."""

import re

from nlu.values.folding import fold
from nlu.values.numerals import read_small

_SCORE = re.compile(
    r"(?:(?:i'd|i would|let's|id|lets) )?(?:say |give (?:it|them|him|her) |it's |its |about |maybe |around |score |a )*"
    r"(?:我(?:觉得|看)?)?(?:打|给|评|就|大概|大约|差不多|算)*"
    r"(?P<number>[0-5]|zero|one|two|three|four|five|[零一二两三四五])"
    r"(?: ?/ ?5| out of (?:5|five)| ?points?| ?pts?| ?分(?:吧)?)?",
    re.ASCII,
)
_FULL = re.compile(r"满分|full (?:marks|points)")


def read_score(text: str) -> int | None:
    """Returns the score that the whole message is ("4", "four", "a 4", "4/5", "四分"), or None."""
    folded = fold(text).strip(" .!。！~")
    if _FULL.fullmatch(folded):
        return 5
    match = _SCORE.fullmatch(folded)
    return read_small(match["number"]) if match else None
