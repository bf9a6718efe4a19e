"""Cuts long HTML messages into pieces that Telegram takes, without breaking a tag. Pure text, no network."""

from __future__ import annotations

import re

CLOSING = 64
"""Room in each piece for the closing of tags: nine of the longest."""

_ATOM = re.compile(r"<[^>]*>|&(?:#\d+|#x[0-9a-fA-F]+|\w+);|.", re.DOTALL)
_TAG = re.compile(r"<(/?)([a-z-]+)[^>]*>")


def length(text: str) -> int:
    """The length as Telegram counts it: in UTF-16 code units, of which an emoji has two."""
    return len(text.encode("utf-16-le")) // 2


def split_html(markup: str, limit: int) -> list[str]:
    """Pieces of at most `limit`, cut at line ends, else at spaces; open tags are closed and opened again."""
    pieces: list[str] = []
    while length(markup) > limit:
        cut = _cut(markup, limit - CLOSING)
        head, rest = markup[:cut].rstrip(), markup[cut:].lstrip()
        opened = _open_tags(head)
        pieces.append(head + _closing(opened))
        markup = "".join(opened) + rest
    return [*pieces, markup]


def _cut(markup: str, room: int) -> int:
    """Where to cut: after the last line end within `room`, else after the last space, else before the next character."""
    begin = _after_tags(markup)
    used, end, line, space = 0, 0, 0, 0
    for atom in _ATOM.finditer(markup):
        used += length(atom.group())
        if used > room:
            break
        end = atom.end()
        if end > begin:
            line = end if atom.group() == "\n" else line
            space = end if atom.group() == " " else space
    return line or space or end


def _after_tags(markup: str) -> int:
    """The end of the tags with which `markup` begins: there is nothing to send before it."""
    leading = re.match(r"(?:<[^>]*>|\s)*", markup)
    return leading.end() if leading else 0


def _open_tags(markup: str) -> list[str]:
    """The tags that are open at the end of `markup`, as they were written."""
    opened: list[tuple[str, str]] = []
    for tag in _TAG.finditer(markup):
        if not tag.group(1):
            opened.append((tag.group(2), tag.group()))
        elif opened and opened[-1][0] == tag.group(2):
            opened.pop()
    return [written for _, written in opened]


def _closing(opened: list[str]) -> str:
    names = [match.group(2) for written in reversed(opened) if (match := _TAG.match(written))]
    return "".join(f"</{name}>" for name in names)
