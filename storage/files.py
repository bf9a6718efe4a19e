"""Files that people sent: on disk, under names of our own. What a file is, is told by its content."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from time import time
from typing import Any, Self

SIZE_AT_MOST = 20_000_000
"""Bytes of a file that is kept; Telegram gives bots no larger ones."""
WAITS_FOR = timedelta(days=7)
"""How long a file stays that belongs to no customer yet: it waits to be given to one, or to be imported."""


@dataclass(frozen=True)
class SentFile:
    """A file that came with a message.

    `name` is what its sender called it (empty: nothing), shown and never a path; `reference` is by what the channel
    gives it out, `size` in bytes, where the channel names it. Files sent together share an `album`. Once kept it has
    a `path` under the folder of files and a `media_type`; else `trouble` says why: `too_large`, `empty`, `not_there`
    (no such file) or `not_given` (the channel did not hand it out).
    """

    name: str
    reference: str
    size: int | None = None
    album: str | None = None
    path: str | None = None
    media_type: str | None = None
    trouble: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a row."""
        return asdict(self)

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Self:
        """The reverse of `to_json`."""
        return cls(**plain)


class Files:
    """The files of one database. `folder` may hold those of others, too: ours are in its subfolder `own`."""

    def __init__(self, folder: Path, own: str) -> None:
        self._folder = folder
        self._own = own

    def path_for(self, channel: str, external_id: str) -> str:
        """Where the file of a message lies, under the folder of files: the same again when it is fetched again."""
        name = hashlib.sha256(f"{channel}\n{external_id}".encode()).hexdigest()[:40]
        return f"{self._own}/{name}"

    def on_disk(self, path: str) -> Path:
        """The file itself. Raises ValueError for a path that leads out of the folder."""
        found = (self._folder / path).resolve()
        if not found.is_relative_to(self._folder.resolve()):
            raise ValueError(f"{path!r} is not in the folder of files")
        return found

    def keep(self, sent: SentFile, path: str, content: bytes) -> SentFile:
        """Writes a file, whole or not at all; says what it is, or what is wrong with it."""
        if not content:
            return replace(sent, trouble="empty")
        if len(content) > SIZE_AT_MOST:
            return replace(sent, trouble="too_large")
        target = self.on_disk(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        partly = target.with_name(f"{target.name}.part")
        partly.write_bytes(content)
        os.replace(partly, target)
        return replace(sent, path=path, size=len(content), media_type=media_type(content[:HEAD]))

    def kept(self, sent: SentFile, path: str) -> SentFile | None:
        """A file that was kept before; None where it is gone."""
        try:
            with self.on_disk(path).open("rb") as file:
                head, size = file.read(HEAD), os.fstat(file.fileno()).st_size
        except OSError:
            return None
        return replace(sent, path=path, size=size, media_type=media_type(head))

    def read(self, path: str) -> bytes | None:
        """The content; None where the file is gone."""
        try:
            return self.on_disk(path).read_bytes()
        except OSError:
            return None

    def remove(self, paths: Iterable[str]) -> None:
        """Deletes files; one that is gone already is no error."""
        for path in paths:
            with suppress(FileNotFoundError, NotADirectoryError):
                self.on_disk(path).unlink()

    def all(self) -> list[str]:
        """The paths of our files, half-written ones too."""
        own = self._folder / self._own
        return [f"{self._own}/{file.name}" for file in sorted(own.iterdir())] if own.is_dir() else []

    def is_old(self, path: str) -> bool:
        """Whether a file has been here for WAITS_FOR."""
        try:
            return time() - self.on_disk(path).stat().st_mtime > WAITS_FOR.total_seconds()
        except FileNotFoundError:
            return False


NOWHERE = Files(Path(os.devnull), "none")
"""The files of a session that has none."""


# --- what a file is

_BEGINNINGS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"Rar!", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"{\\rtf", "application/rtf"),
)
_OFFICE = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
HEAD = 8_192
"""Bytes from a file's beginning that tell what it is."""


def media_type(head: bytes) -> str:
    """What a file is, by its first HEAD bytes; `application/octet-stream` for what is not known."""
    for beginning, found in _BEGINNINGS:
        if head.startswith(beginning):
            return found
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12], "application/octet-stream")
    if head[4:8] == b"ftyp":
        return {b"M4A ": "audio/mp4", b"heic": "image/heic"}.get(head[8:12], "video/mp4")
    if head[:4] == b"PK\x03\x04":
        return next((found for part, found in _OFFICE if part in head), "application/zip")
    return "text/plain" if _is_text(head) else "application/octet-stream"


def _is_text(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    # A cut through a character is no reason to take a text for something else.
    for encoding in ("utf-8", "gb18030"):
        for end in (len(head), len(head) - 1, len(head) - 2, len(head) - 3):
            with suppress(UnicodeDecodeError):
                return not any(char < " " and char not in "\t\r\n\f" for char in head[: max(end, 0)].decode(encoding))
    return False
