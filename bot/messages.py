"""What comes in and goes out, whatever the channel: frozen, and free of Telegram, terminals and databases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from nlu.client import storable
from storage.files import SentFile

FILE_NAME_AT_MOST = 120
"""Characters of a file's name that are kept."""


@dataclass(frozen=True)
class Incoming:
    """One thing that somebody did: wrote `text`, sent a `file` with it, or pressed button `button` of reply `pressed`.

    `external_id` is unique within the channel: the same one is never handled twice. `account` is the sender's
    id on the channel, `chat_id` where the answer goes. The text is kept as databases and JSON can hold it.
    """

    channel: str
    external_id: str
    account: str
    chat_id: str
    text: str = ""
    pressed: int | None = None
    button: int | None = None
    file: SentFile | None = None

    def __post_init__(self) -> None:
        """Takes out of texts what no database holds: every door comes by here."""
        object.__setattr__(self, "text", storable(self.text))
        if self.file is not None:
            name = " ".join(storable(self.file.name).split())[:FILE_NAME_AT_MOST]
            object.__setattr__(self, "file", replace(self.file, name=name))

    def to_json(self) -> dict[str, Any]:
        """What the inbox keeps beside the text."""
        plain = {"account": self.account, "chat_id": self.chat_id, "pressed": self.pressed, "button": self.button}
        return plain if self.file is None else {**plain, "file": self.file.to_json()}

    @classmethod
    def from_inbox(cls, channel: str, external_id: str, text: str, kept: dict[str, Any]) -> Incoming:
        """The reverse of `to_json`, for a message that was stored and not answered."""
        file = SentFile.from_json(kept["file"]) if kept.get("file") else None
        return cls(channel=channel, external_id=external_id, text=text, **{**kept, "file": file})


@dataclass(frozen=True)
class Outgoing:
    """A reply ready to be sent. `html` has Telegram's few tags, `text` none; `id` names its row in the outbox."""

    id: int
    chat_id: str
    template: str
    facts: dict[str, Any]
    html: str
    text: str
    buttons: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Answer:
    """All that a turn gave back: the replies, and what was understood (None for a button, or with no model).

    `next_reminder` is when the speaker's next reminder falls due: the turn may have set it.
    """

    replies: tuple[Outgoing, ...]
    understood: dict[str, Any] | None = None
    known: bool = True
    next_reminder: datetime | None = None
