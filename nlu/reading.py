"""What is read in a message without the model: dates, amounts, quantities, contacts. Needs no answer of the model's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from nlu.understanding import Contact, Money
from nlu.values.amounts import read_amount
from nlu.values.contacts import read_emails, read_phones, read_wechat
from nlu.values.language import language_of
from nlu.values.mentions import was_met
from nlu.values.periods import last_day, read_period
from nlu.values.quantities import read_quantity
from nlu.values.tasks import purpose_of, read_task
from nlu.values.times import When, read_when

NO_REGION = "ZZ"
"""What `phonenumbers` calls no region: only numbers with a country code are read."""


@dataclass(frozen=True)
class Values:
    """The values in a message, whatever it is about. `until` is the last day of its period, where that still runs."""

    language: str
    when: When | None
    period: str | None
    until: date | None
    amount: Money | None
    quantity: float | None
    contact: Contact
    met: bool
    task: str
    purpose: str


def read_values(clean: str, now: datetime, region: str | None) -> Values:
    """The values in a readable text, for somebody whose local time is `now`; `region` is the ISO country that phone
    numbers without a prefix belong to."""
    amount, quantity, when, period = read_amount(clean), read_quantity(clean), read_when(clean, now), read_period(clean)
    phones, emails = read_phones(clean, region or NO_REGION), read_emails(clean)
    return Values(
        language=language_of(clean),
        when=when,
        period=period,
        until=last_day(period, now) if period else None,
        amount=Money(amount.value, amount.currency) if amount else None,
        quantity=float(quantity.value) if quantity else None,
        contact=Contact(
            phone=phones[0] if phones else None, email=emails[0] if emails else None, wechat=read_wechat(clean)
        ),
        met=was_met(clean),
        task=read_task(clean, when.span if when else None),
        purpose=purpose_of(clean, when.span if when else None),
    )
