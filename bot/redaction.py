"""Keeps a secret out of the logs, wherever in a record it stands: message, arguments or exception text."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

HIDDEN = "[token]"
_SHORTEST = 8
"""A shorter part of a token would be found in innocent words."""


class Redaction(logging.Filter):
    """Replaces a token, its quoted form and the secret part after its colon in every record."""

    def __init__(self, token: str) -> None:
        super().__init__()
        forms = (token, quote(token, safe=""), token.rpartition(":")[2])
        self._forms = tuple(form for form in forms if form == token or len(form) >= _SHORTEST)
        self._formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets every record pass, without the token."""
        record.msg, record.args = self.clean(record.getMessage()), None
        if record.exc_info:
            record.exc_text = record.exc_text or self._formatter.formatException(record.exc_info)
            # A handler that formats the exception itself would bring the token back.
            record.exc_info = None
        record.exc_text = self.clean(record.exc_text) if record.exc_text else record.exc_text
        record.stack_info = self.clean(record.stack_info) if record.stack_info else record.stack_info
        return True

    def clean(self, text: str) -> str:
        """The text without the token."""
        for form in self._forms:
            text = text.replace(form, HIDDEN)
        return text


@contextmanager
def redacted(token: str) -> Iterator[None]:
    """Within this no log handler of the program writes the token."""
    hide = Redaction(token)
    handlers = [*logging.getLogger().handlers, *([logging.lastResort] if logging.lastResort else [])]
    for handler in handlers:
        handler.addFilter(hide)
    try:
        yield
    finally:
        for handler in handlers:
            handler.removeFilter(hide)
