"""What a handler gets (Turn) and gives back (Reply, Button). Handlers return facts, never sentences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from actions.playbook import Playbook
from nlu.understanding import Understanding
from storage.files import SentFile
from storage.models import Conversation, Member, Message
from storage.repositories import Customers
from storage.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Button:
    """A button: `label` names an entry of `templates/<lang>/buttons.yml`, `facts` fill it in.

    `press` names what happens (a function registered with `@presses`), `arguments` are its plain values.
    `answer` is `affirm` or `deny` where yes or no in words means the same as pressing it.
    """

    label: str
    press: str
    arguments: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    answer: str | None = None


@dataclass(frozen=True)
class Table:
    """Rows that go out as a spreadsheet: `columns` and `name` are keys of `templates/<lang>/export.yml`."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Funnel:
    """The pipeline as a picture: (stage, count, amount in minor units) from the widest to the narrowest."""

    stages: tuple[tuple[str, int, int], ...]
    currency: str


@dataclass(frozen=True)
class Chain:
    """Who introduced whom: (name, company, place of the introducer in the list, state), introducers first.

    The state is `asked`, `bought` or `known`. Name and company are None where nobody has said them, the place is None
    where nobody introduced them.
    """

    people: tuple[tuple[str | None, str | None, int | None, str], ...]


@dataclass(frozen=True)
class Tiers:
    """The customer pyramid: (tier's name, customers, sales, profit if known) in minor units, the highest tier first."""

    tiers: tuple[tuple[str, int, int, int | None], ...]
    currency: str


Chart = Funnel | Chain | Tiers
"""Everything that can be drawn (bot/charts.py)."""


@dataclass(frozen=True)
class Reply:
    """A template's name (`contacts/noted`) with its facts, buttons, and what is attached as a picture or a file."""

    template: str
    facts: dict[str, Any] = field(default_factory=dict)
    buttons: tuple[Button, ...] = ()
    chart: Chart | None = None
    table: Table | None = None

    def with_facts(self, **facts: Any) -> Reply:
        """The same reply with more facts."""
        return replace(self, facts={**self.facts, **facts})

    def with_more(self, template: str, *further: Button) -> Reply:
        """The same reply with a [more] button behind its others: it shows `template` with these facts and buttons.

        `further` are buttons that only the details have.
        """
        others = [vars(button) for button in (*self.buttons, *further)]
        more = Button("more", "show_more", {"template": template, "facts": self.facts, "buttons": others})
        return replace(self, buttons=(*self.buttons, more))


class Hours(Protocol):
    """Which hour a part of the day stands for."""

    def hour_of(self, part: str | None) -> int:
        """The hour (0 to 23) of `morning`, `noon`, `afternoon`, `evening` or `day_end`; of a plain day for None."""


@dataclass(frozen=True)
class Turn:
    """One message on its way through a handler.

    `now` is aware and in the speaker's zone. `chosen` holds what a button has settled (ids), `rerun` handles
    a changed understanding in the same turn. `file` is what was sent with the message.
    """

    said: Understanding
    speaker: Member
    conversation: Conversation
    message: Message
    work: UnitOfWork
    customers: Customers
    playbook: Playbook
    now: datetime
    currency: str
    day: Hours
    chosen: dict[str, int] = field(default_factory=dict)
    rerun: Callable[[Turn], Reply] | None = None
    file: SentFile | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The speaker's time zone."""
        return ZoneInfo(self.speaker.timezone)

    def again(self, said: Understanding, **chosen: int) -> Reply:
        """Handles `said` as if it had been this turn's message, with what is settled by now."""
        assert self.rerun is not None
        return self.rerun(replace(self, said=said, chosen={**self.chosen, **chosen}))
