"""How often words were seen as part of a name, and how often as none.

An unknown word between known ones is most likely a name. A model that is trained on its own words never
meets an unknown one, so in training each message is looked up as if it were not in the lexicon.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from components.hints import is_han

Tags = Sequence[str | None]
Hints = dict[str, str]

STEPS = (0, 1, 2, 3, 6, 20)
"""Counts are told apart by these steps only: between 30 and 40 there is no difference."""


def units(tokens: Sequence[str]) -> list[str | None]:
    """What is counted at each token: a word, or a Han character with the next one; None for marks."""
    following = [*tokens[1:], ""]
    return [
        (token + after if is_han(after) else None) if is_han(token) else token.lower() if token[0].isalnum() else None
        for token, after in zip(tokens, following)
    ]


def _occurrences(tokens: Sequence[str], tags: Tags) -> Iterable[tuple[str, str | None]]:
    """Each unit with the kind of name it belongs to; pairs that cross a name's border are left out."""
    for i, unit in enumerate(units(tokens)):
        if unit is not None and (not is_han(tokens[i]) or (tags[i] is None) == (tags[i + 1] is None)):
            yield unit, tags[i]


def _step(count: int) -> str:
    return str(max(step for step in STEPS if step <= count))


@dataclass
class Lexicon:
    """The counts, and what they say about the words of a message."""

    plain: Counter[str] = field(default_factory=Counter)
    named: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, tokens: Sequence[str], tags: Tags) -> None:
        """Counts a message, whose tags say what kind of name each token belongs to."""
        for unit, tag in _occurrences(tokens, tags):
            if tag is None:
                self.plain[unit] += 1
            else:
                self.named[unit][tag] += 1

    def hints(self, tokens: Sequence[str], own_tags: Tags | None = None) -> list[Hints]:
        """What is known of each token; with `own_tags` as if this very message had not been counted."""
        own = Lexicon()
        if own_tags is not None:
            own.add(tokens, own_tags)
        return [{} if unit is None else self._hint(unit, own) for unit in units(tokens)]

    def _hint(self, unit: str, own: "Lexicon") -> Hints:
        kinds = self.named.get(unit, Counter()) - own.named.get(unit, Counter())
        plain, named = _step(self.plain[unit] - own.plain[unit]), _step(sum(kinds.values()))
        hint = {"plain": plain, "named": named, "seen": f"{plain}/{named}"}
        if kinds:
            hint["kind"] = max(sorted(kinds), key=kinds.__getitem__)
        return hint

    def save(self, path: Path) -> None:
        """Writes the counts as JSON."""
        path.write_text(json.dumps({"plain": self.plain, "named": self.named}, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Lexicon":
        """Reads what `save` wrote."""
        data = json.loads(path.read_text(encoding="utf-8"))
        named = defaultdict(Counter, {unit: Counter(kinds) for unit, kinds in data["named"].items()})
        return cls(Counter(data["plain"]), named)
