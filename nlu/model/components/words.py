"""Where a text is cut, how common a word is, and how a Chinese text falls into words: the last two mark names.

A rare word is likelier a name than a common one, and a segmenter knows many surnames, places and firms. Both come
from libraries that carry their data.
"""

import re
from collections.abc import Sequence

import rjieba
from wordfreq import zipf_frequency

from components.clauses import HAN

_LETTER = rf"[^\W\d_{HAN}]"
_ALNUM = rf"[^\W_{HAN}]"

TOKEN = re.compile(
    rf"""
    [{HAN}]
    | (?<={_ALNUM})['’]s(?!{_ALNUM})                     # Acme's: the name ends before 's
    | \d+(?:[.,:]\d+)+{_ALNUM}*                           # 1,200  3.5k  10:30am
    | {_ALNUM}+
      (?: ['’](?!s(?!{_ALNUM})){_ALNUM}+                  # don't, O'Brien
        | (?<={_LETTER})[-&]{_ALNUM}+                     # HX-9, AT&T
        | -(?={_LETTER}){_ALNUM}+                         # 5-axis, but not 50-60
      )*
    | [\U0001F1E6-\U0001FAFF\u2600-\u27BF][\uFE0F\u200D\U0001F3FB-\U0001F3FF\u2640\u2642]*   # emoji with their modifiers
    | [^\s]
    """,
    re.VERBOSE,
)
"""The tokens of bilingual text: Latin words and numbers whole, each Han character alone."""

SEGMENTED = 400
"""Tokens of a message that are put together to words; no name stands behind so many."""


def commonness(word: str) -> str:
    """How common an English word is: the whole part of its Zipf frequency, from 0 (unknown) to 7 (the, and)."""
    return str(int(zipf_frequency(word.lower(), "en", wordlist="small")))


def word_classes(tokens: Sequence[str], is_han: Sequence[bool]) -> dict[int, str]:
    """For each Han token its place in its word (B, M, E or S) and the word's class: 王 in 王建国 is `Bnr`."""
    if not any(is_han):
        return {}
    # Other tokens stand as spaces: they end a word, and positions stay those of the tokens.
    text = "".join(token if han else " " for token, han in zip(tokens[:SEGMENTED], is_han))
    found: dict[int, str] = {}
    at = 0
    for word, kind in rjieba.tag(text):
        length = len(word)
        for i in range(length):
            if is_han[at + i]:
                place = "S" if length == 1 else "B" if i == 0 else "E" if i == length - 1 else "M"
                found[at + i] = place + kind
        at += length
    return found
