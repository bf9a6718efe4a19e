"""Reads Telegram's HTML as its server does: the plain text and the entities in it, or why it is refused."""

from __future__ import annotations

import html
import re
from typing import Any

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "a": "text_link",
}
_NAMED = ("lt", "gt", "amp", "quot")
_PART = re.compile(r"<(/?)([a-zA-Z0-9-]*)([^<>]*)>|&(#\d+|#x[0-9a-fA-F]+|\w+);|(.)", re.DOTALL)
_HREF = re.compile(r"""\s+href\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+))""")


class CannotParse(Exception):
    """What Telegram answers to markup that it cannot read."""


def units(text: str) -> int:
    """Length in UTF-16 code units, in which entities are measured."""
    return len(text.encode("utf-16-le")) // 2


def read_html(markup: str) -> tuple[str, list[dict[str, Any]], list[str]]:
    """Plain text, entities, and complaints: what the documentation forbids although the server lets it pass."""
    text, entities, complaints = "", [], []
    opened: list[tuple[str, int, str]] = []
    for part in _PART.finditer(markup):
        closing, tag, rest, entity, char = part.groups()
        at = len(markup[: part.start()].encode())
        if char == "<":
            raise CannotParse(f'Unsupported start tag "" at byte offset {at}')
        if char is not None:
            if char in "&>":
                complaints.append(f"a bare {char} in {markup!r}")
            text += char
        elif entity is not None:
            if entity in _NAMED or entity.startswith("#"):
                text += html.unescape(part.group())
            else:
                complaints.append(f"{part.group()} in {markup!r}")
                text += part.group()
        elif closing:
            if not opened:
                raise CannotParse(f"Unexpected end tag at byte offset {at}")
            name, begin, attributes = opened.pop()
            if tag.lower() not in (name, ""):
                raise CannotParse(f'Unmatched end tag at byte offset {at}, expected "</{name}>", found "</{tag}>"')
            if units(text) > begin:
                entities.append(_entity(name, begin, units(text) - begin, attributes))
        else:
            if tag.lower() not in TAGS:
                raise CannotParse(f'Unsupported start tag "{tag.lower()}" at byte offset {at}')
            opened.append((tag.lower(), units(text), rest))
    if opened:
        raise CannotParse(f'Can\'t find end tag corresponding to start tag "{opened[-1][0]}"')
    return *_trimmed(text, entities), complaints


def _entity(name: str, offset: int, length: int, attributes: str) -> dict[str, Any]:
    entity: dict[str, Any] = {"type": TAGS[name], "offset": offset, "length": length}
    if name == "a" and (href := _HREF.search(attributes)):
        entity["url"] = next(group for group in href.groups() if group is not None)
    return entity


def _trimmed(text: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Telegram cuts white space at both ends, and the entities with it."""
    before, kept = units(text) - units(text.lstrip()), text.strip()
    fitting = []
    for entity in entities:
        begin = max(entity["offset"] - before, 0)
        end = min(entity["offset"] + entity["length"] - before, units(kept))
        if end > begin:
            fitting.append({**entity, "offset": begin, "length": end - begin})
    return kept, sorted(fitting, key=lambda entity: (entity["offset"], -entity["length"]))
