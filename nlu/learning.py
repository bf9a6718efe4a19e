"""What people corrected becomes training data: a message with its names marked, put into its intent's file."""

from __future__ import annotations

import re
from pathlib import Path

from nlu.understanding import Understanding

DATA = Path(__file__).parent / "model" / "data"
_NAMES = ("company", "person", "referrer", "product", "source")


def marked(said: Understanding) -> str:
    """The message as training data marks it: `met [Li Wei](person)`. Brackets of its own are left out."""
    text = re.sub(r"\s+", " ", re.sub(r"[\[\]]", "", said.text)).strip()
    for kind in _NAMES:
        name = getattr(said, kind)
        if name and name in text:
            # A name that stands inside another one's mark is left alone.
            before, _, after = text.partition(name)
            if before.count("[") == before.count("]"):
                text = f"{before}[{name}]({kind}){after}"
    return text


def add_example(language: str, intent: str, example: str, data: Path = DATA) -> Path:
    """Puts an example behind the others of its intent; returns the file.

    Raises FileNotFoundError for a language or an intent that has no file.
    """
    path = data / language / f"{intent}.yml"
    if not path.exists():
        raise FileNotFoundError(path)
    block = f"- intent: {intent}\n  examples: |\n    - {example}\n"
    with path.open("a", encoding="utf-8") as file:
        file.write(block)
    return path
