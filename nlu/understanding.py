"""What a message means: the contract between the model, the handlers and the evaluation, as a frozen type."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

INTENTS = (
    "log_contact",
    "update_deal",
    "report_objection",
    "ask_pitch",
    "ask_advice",
    "show_customer",
    "find_customers",
    "set_reminder",
    "list_reminders",
    "finish_reminder",
    "query_pipeline",
    "show_pyramid",
    "rate_credit",
    "describe_person",
    "log_referral",
    "ask_prospecting",
    "qualify",
    "reassign",
    "undo",
    "forget",
    "export",
    "help",
    "greet",
    "affirm",
    "deny",
    "out_of_scope",
)
"""Everything that a message can be about."""

MAN = ("money", "authority", "need")
STAGES = ("lead", "contacted", "qualified", "proposal", "negotiation", "won", "lost")
OBJECTIONS = (
    "price",
    "budget",
    "need",
    "authority",
    "timing",
    "competitor",
    "trust",
    "product",
    "service",
    "stall",
)
ROLES = ("decision_maker", "recommender", "influencer", "supporter", "finance", "user", "technical", "purchasing")
STYLES = ("yellow", "red", "blue", "green")
ACTIONS = ("done", "snooze", "cancel")
PERIODS = (
    "today",
    "this_week",
    "last_week",
    "this_month",
    "last_month",
    "this_quarter",
    "last_quarter",
    "this_year",
    "last_year",
)
TOPICS = (
    "people",
    "information",
    "file",
    "referrals",
    "lifetime",
    "movers",
    "profit",
    "distributor",
    "keep",
    "reasons",
    "results",
)
"""What a question is about beside the intent's main matter.

`show_customer`: who is who at a customer (`people`), which of the five pieces of information are known and what to ask
(`information`), orders, debts, payments, returns and documents (`file`), who introduced whom (`referrals`).
`show_pyramid`: lifetime value (`lifetime`), who has moved between tiers (`movers`), profit by tier (`profit`).
`qualify`: a reseller (`distributor`). `ask_advice`: one who has bought, goes quiet or may leave (`keep`).
`query_pipeline`: why deals are won and lost (`reasons`). `report_objection`: which answers have worked (`results`).
"""
ENTITIES = ("person", "company", "referrer", "product", "source", "rep", "quantity", "amount")
"""What the model marks in a text. Quantities and amounts are read by rules; their spans only help the model."""

LABELS: dict[str, tuple[str, ...]] = {
    "money": ("yes", "no"),
    "authority": ("yes", "no"),
    "need": ("yes", "no"),
    "stage": STAGES,
    "objection": OBJECTIONS,
    "role": ROLES,
    "style": STYLES,
    "action": ACTIONS,
    "period": PERIODS,
    "topic": TOPICS,
}
"""What a whole message can be labelled with, and the values."""


@dataclass(frozen=True)
class Money:
    """An amount as spoken: `value` in major units (euros, not cents), `currency` as ISO 4217 code where named."""

    value: Decimal
    currency: str | None


@dataclass(frozen=True)
class Contact:
    """Phone (E.164), e-mail and WeChat name of a message, where it has them."""

    phone: str | None = None
    email: str | None = None
    wechat: str | None = None


@dataclass(frozen=True)
class Understanding:
    """One message, understood. A field is None where the message says nothing of it.

    `when` is a local ISO date, or date and time where an hour is given; `part` names the part of the day
    (`morning` …) where only that is given; `past` tells that the time named is over.
    `mention` tells how the customer is referred to: `new` (a buyer, somebody not named before), `naming`
    (his name is …), `pronoun` (he, they), or None. `related` is the person introduced through another one: Zhao
    Min in "his boss Zhao Min decides", where `person` is Zhao Min, too, unless somebody else is named first.
    `met` tells that the message says that somebody was met, called or written to. `task` is what is to be done,
    for a reminder; `purpose` what a time is for: `reminder`, `close` or `meeting`.
    """

    text: str
    language: str
    intent: str
    confidence: float
    money: str | None = None
    authority: str | None = None
    need: str | None = None
    person: str | None = None
    company: str | None = None
    referrer: str | None = None
    product: str | None = None
    source: str | None = None
    quantity: float | None = None
    amount: Money | None = None
    when: str | None = None
    rep: str | None = None
    period: str | None = None
    stage: str | None = None
    objection: str | None = None
    role: str | None = None
    style: str | None = None
    action: str | None = None
    topic: str | None = None
    part: str | None = None
    past: bool = False
    alternatives: tuple[str, ...] = ()
    mention: str | None = None
    related: str | None = None
    met: bool = False
    task: str = ""
    purpose: str = "meeting"
    contact: Contact = field(default_factory=Contact)
    also: tuple[str, ...] = ()
    """The next likeliest intents, for asking back."""
    words: dict[str, str] = field(default_factory=dict)
    """For each MAN fact, the clause that states it."""

    def to_json(self) -> dict[str, Any]:
        """The contract's object: plain values in the contract's order, then what Manny adds."""
        plain = {**vars(self), "contact": asdict(self.contact), "words": dict(self.words)}
        plain["confidence"] = round(self.confidence, 4)
        plain["amount"] = (
            None if self.amount is None else {"value": _number(self.amount.value), "currency": self.amount.currency}
        )
        plain["quantity"] = None if self.quantity is None else _number(Decimal(str(self.quantity)))
        return plain

    @classmethod
    def from_json(cls, plain: dict[str, Any]) -> Understanding:
        """The reverse of `to_json`, for what was kept in a row."""
        amount = plain.get("amount")
        return cls(
            **{
                **plain,
                "amount": Money(Decimal(str(amount["value"])), amount["currency"]) if amount else None,
                "alternatives": tuple(plain.get("alternatives", ())),
                "also": tuple(plain.get("also", ())),
                "contact": Contact(**plain.get("contact", {})),
            }
        )

    @property
    def about_related(self) -> bool:
        """Whether the only person named is one introduced through the customer meant ("his boss Zhao Min")."""
        return self.related is not None and self.related == self.person

    def states_man(self) -> bool:
        """Whether the message says anything of money, authority or need."""
        return any(value is not None for value in (self.money, self.authority, self.need))

    def states_facts(self) -> bool:
        """Whether the message says anything of a customer that is worth a record."""
        said = (
            self.money,
            self.authority,
            self.need,
            self.source,
            self.product,
            self.quantity,
            self.amount,
            self.stage,
        )
        return any(value is not None for value in said)


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
