"""What every file of the playbook is made of: entries, and texts in both languages."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Entry(BaseModel):
    """Something in a file of the playbook: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Text(Entry):
    """A text in both languages."""

    en: Words
    zh: Words

    def in_(self, language: str) -> str:
        """The text in this language."""
        return self.zh if language == "zh" else self.en

    def opening(self, language: str) -> str:
        """Its first sentence, in Chinese up to the first semicolon: for where there is room for one line."""
        return re.split(r"(?<=[.!?])\s|[；。]", self.in_(language), maxsplit=1)[0]
