"""Cuts a message into clauses, each of which says one thing."""

import re

from components.tokenizer import HAN

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


def clauses(text: str) -> list[str]:
    """The clauses of a message in their order, without the words that join them."""
    parts = [part.strip(" \t'\"“”‘’,，.") for part in _BORDER.split(text)]
    return [part for part in parts if any(c.isalnum() for c in part)] or [text.strip()]
