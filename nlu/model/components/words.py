"""How common a word is, and how a Chinese text falls into words: outside knowledge that marks names.

A rare word is likelier a name than a common one, and a segmenter knows many surnames, places and firms. Both come
from libraries that carry their data.
"""

from collections.abc import Sequence

import rjieba
from wordfreq import zipf_frequency

SEGMENTED = 400
"""Tokens of a message that are put together to words: without punctuation, thousands take seconds."""


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
