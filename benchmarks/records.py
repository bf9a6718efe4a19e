"""Customers with a history, as many as a busy team has after years: what a message costs must not depend on them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session, sessionmaker

from actions.rules.names import key
from storage.models import Base, Company, Fact, Message, Opportunity, Outgoing, Person, Reminder, Transaction
from storage.unit_of_work import UnitOfWork

FIRST = ("Anna", "Bob", "Carla", "Dmitri", "Elena", "Farid", "Grace", "Hugo", "Ines", "Jonas", "Katya", "Liam", "Mira")
LAST = ("Weber", "Rossi", "Silva", "Novak", "Khan", "Meyer", "Lopez", "Costa", "Lund", "Petrov", "Sato", "Kim", "Haas")
SURNAMES, GIVEN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜敏静磊军洋勇杰涛明超霞平刚桂英华文辉"
FACTS_EACH = 3
PURCHASES_EACH = 3


def fill(sessions: sessionmaker[Session], account: str, channel: str, customers: int) -> None:
    """Puts `customers` companies on record, each with a person, an opportunity, facts, messages, purchases, a reminder."""
    with UnitOfWork(sessions) as work:
        member = work.team.by_account(channel, account)
        assert member is not None
        conversation = work.team.conversation(channel, account, member)
        rows: dict[type[Base], list[dict[str, Any]]] = {
            model: [] for model in (Company, Person, Opportunity, Message, Fact, Outgoing, Reminder, Transaction)
        }
        for number, (person, company) in enumerate(_names(customers), 1):
            for model, row in _customer(number, person, company, member.id, conversation.id, channel):
                rows[model].append(row)
            rows[Transaction] += _purchases(number, member.team_id)
        for model, each in rows.items():
            work.session.execute(insert(model), each)
        work.commit()


def _names(count: int) -> Iterator[tuple[str, str]]:
    """Names of people and companies, in both scripts by turns."""
    chance = random.Random(1)
    for number in range(count):
        if number % 2:
            yield f"{chance.choice(FIRST)} {chance.choice(LAST)}", f"{chance.choice(LAST)} Works {number}"
        else:
            name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=2))
            yield name, "".join(chance.choices(GIVEN, k=3)) + f"{number}科技有限公司"


def _customer(
    number: int, person: str, company: str, owner: int, conversation: int, channel: str
) -> Iterator[tuple[type[Base], dict[str, Any]]]:
    now = datetime.now(UTC)
    owned = {"id": number, "owner_id": owner, "created_at": now}
    yield Company, {**owned, "name": company, "name_key": key(company)}
    yield Person, {**owned, "company_id": number, "name": person, "name_key": key(person), "also_known_as": []}
    state = {"money": number % 2 == 0, "need": number % 3 == 0, "stage": ("lead", "contacted", "won")[number % 3]}
    times = {
        "stage_since": now,
        "closed_at": now if state["stage"] == "won" else None,
        "touched_at": now - timedelta(hours=number),
    }
    yield Opportunity, {**owned, **state, **times, "company_id": number, "contact_id": number}
    for said in range(number * FACTS_EACH, (number + 1) * FACTS_EACH):
        words = f"{person} has budget"
        spoken = {"id": said, "member_id": owner}
        heard = {"channel": channel, "external_id": f"before-{said}", "conversation_id": conversation, "text": words}
        yield Message, {**spoken, **heard, "received_at": now, "payload": {}, "status": "answered"}
        about = {"opportunity_id": number, "person_id": number, "message_id": said}
        yield Fact, {**spoken, **about, "field": "money", "value": "yes", "words": words, "said_at": now}
        reply = {"conversation_id": conversation, "message_id": said, "created_at": now, "sent_at": now}
        yield Outgoing, {**reply, "payload": {"text": words, "buttons": []}}
    reminder = {"member_id": owner, "conversation_id": conversation, "opportunity_id": number, "created_at": now}
    due = now + timedelta(days=1, minutes=number)
    yield Reminder, {**reminder, "text": "call back", "due_at": due, "status": "waiting", "language": "en"}


def _purchases(number: int, team: int) -> list[dict[str, Any]]:
    """What a customer bought, half a year apart; a few buy much, most buy little."""
    now = datetime.now(UTC)
    bought = {"team_id": team, "company_id": number, "kind": "purchase", "currency": "USD", "created_at": now}
    amount = 10_000_000 // number
    return [
        {
            **bought,
            "happened_on": (now - timedelta(days=180 * each)).date(),
            "amount_minor": amount,
            "profit_minor": amount // 5,
        }
        for each in range(PURCHASES_EACH)
    ]
