"""Cuts a message into clauses, each of which says one thing."""

import re
from itertools import pairwise

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
"""Han characters, as a range in a regular expression."""
_AROUND = " \t'\"“”‘’,，."
_BORDER = re.compile(
    rf"""
    [;；。！!?？…\n\r()（）|]+
    | (?<!\d)[,，、:：](?!\d) | (?<=\d)[,，、:：](?!\d) | (?<!\d)[,，、:：](?=\d)   # not the comma of 1,200
    | \.(?=\s|$|[{HAN}]) | \.{{2,}}
    | \s[-–—/]+\s | [–—]+
    | (?<=[{HAN}])\s+(?=[{HAN}])                                     # a space stands for a comma in Chinese
    | [\U0001F1E6-\U0001FAFF\u2600-\u27BF]+
    | \b(?:and|but|yet|though|tho|although|however|plus|while|whereas|because|cuz|bc)\b
    | 但是 | 但 | 不过 | 只是 | 就是 | 可是 | 可惜 | 而且 | 并且 | 然后 | 因为 | 所以 | 虽然 | 另外
    | 可(?=他|她|我|没|不是|是|人家|老板|公司|对方|预算|钱)
    """,
    re.VERBOSE | re.IGNORECASE,
)


_BARE_ANSWER = re.compile(
    r"\W*(?:有[的啊]?|[没沒]有?[的啊]?|是[的啊]?|[对對][的啊]?|不是[的啊]?|不|yes|yep|yeah|no|nope)\W*", re.IGNORECASE
)


def clause_spans(text: str) -> list[tuple[int, int]]:
    """Where the clauses of a message stand, in their order, without the words that join them; at least one."""
    borders = [(0, 0), *(border.span() for border in _BORDER.finditer(text)), (len(text), len(text))]
    between = ((end, start) for (_, end), (start, _) in pairwise(borders))
    spans = [_stripped(text, start, end) for start, end in between]
    return [(start, end) for start, end in spans if any(c.isalnum() for c in text[start:end])] or [(0, len(text))]


def clauses(text: str) -> list[str]:
    """The clauses of a message."""
    return [text[start:end] for start, end in clause_spans(text)]


def is_bare_answer(clause: str) -> bool:
    """Whether a clause is a yes or no and nothing else: what it answers is for the question to say."""
    return _BARE_ANSWER.fullmatch(clause) is not None


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    start += len(part) - len(part.lstrip(_AROUND))
    return start, max(start, start + len(part.strip(_AROUND)))
