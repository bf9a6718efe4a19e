"""Which language carries a sentence that may mix two."""

from __future__ import annotations

import re

_HAN = re.compile(r"[㐀-䶿一-鿿]")
_LATIN = re.compile(r"[^\W\d_㐀-䶿一-鿿]+")
_QUESTION = re.compile(r"[?？吗呢]\s*$|^\s*(?:what|who|whose|which|how|when|where|why)\b", re.IGNORECASE)


def is_question(text: str) -> bool:
    """Whether a text asks: by its mark, by 吗 or 呢 at its end, or by an English question word at its beginning."""
    return bool(_QUESTION.search(text))


def language_of(text: str, default: str = "en") -> str:
    """`zh` where there are at least as many Han characters as Latin words, else `en`; `default` with neither.

    A Han character is about half a word, but Chinese sentences carry English words far more often than the
    reverse, so an even count speaks for Chinese.
    """
    han, latin = len(_HAN.findall(text)), len(_LATIN.findall(text))
    if not han and not latin:
        return default
    return "zh" if han and han >= latin else "en"
