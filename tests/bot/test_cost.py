"""What a message costs: few transactions and statements, and no more of them when thousands of customers are known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import event

from benchmarks.records import fill
from bot import settings, wiring
from bot.console import CHANNEL, Console, sign_in
from nlu.client import NluClient
from nlu.understanding import Understanding


class Heard:
    """A model that has understood what each message means before it is asked."""

    def begin(self, text: str) -> Callable[[datetime], Understanding]:
        meant = {
            "met": "log_contact",
            "show": "show_customer",
            "todo": "list_reminders",
            "who": "find_customers",
            "vips": "show_pyramid",
        }
        intent, _, person = text.partition(" ")
        said = Understanding(
            text, "en", meant[intent], 0.9, person=person or None, money="yes" if intent == "met" else None
        )
        return lambda now: said

    def close(self) -> None:
        """Nothing to give back."""


def _statements(folder: Path, said: str, customers: int) -> list[str]:
    loaded = settings.load(database={"url": f"sqlite:///{folder}/{customers}.db"})
    manny = wiring.build(loaded, cast(NluClient, Heard()), files=folder)
    account = sign_in(manny, "Ann", "rep", "en", "UTC")
    if customers:
        fill(manny.sessions, account, CHANNEL, customers)
    console = Console(manny, account)
    run: list[str] = []
    event.listen(manny.engine, "before_cursor_execute", lambda *given: run.append(given[2]))
    answer = console.say(said)
    manny.close()
    assert len(answer.replies) == 1
    assert answer.replies[0].template != "conversation/sorry"
    return run


@pytest.mark.parametrize("said", ["met Ottokar Wendelin", "show Ottokar", "todo", "who", "vips"])
def test_it_takes_three_transactions_and_as_many_statements_with_thousands_of_customers(
    tmp_path: Path, said: str
) -> None:
    few, many = _statements(tmp_path, said, 0), _statements(tmp_path, said, 5_000)
    # Received; answered; shown.
    assert [each for each in many if each.startswith("BEGIN")] == ["BEGIN IMMEDIATE"] * 3
    # A page shows ten customers, each with its next reminder.
    assert len(many) <= (len(few) if " " in said else len(few) + 12)
    assert len(many) <= 30
