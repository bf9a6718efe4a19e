"""It saves everything of a unit of work, or nothing."""

from __future__ import annotations

import pytest

from tests.storage import house
from tests.storage.house import Records


def test_it_rolls_back_when_left_without_commit(records: Records) -> None:
    with records.work() as work:
        house.company(work, records.alice, "Acme")
    assert records.rows("companies") == []


def test_it_rolls_back_when_something_fails(records: Records) -> None:
    with pytest.raises(ZeroDivisionError), records.work() as work:  # noqa: PT012
        house.company(work, records.alice, "Acme")
        raise ZeroDivisionError
    assert records.rows("companies") == []


def test_it_keeps_what_was_committed_when_the_rest_fails(records: Records) -> None:
    with pytest.raises(ZeroDivisionError), records.work() as work:  # noqa: PT012
        house.company(work, records.alice, "Acme")
        work.commit()
        house.company(work, records.alice, "Zenith")
        raise ZeroDivisionError
    assert [row["name"] for row in records.rows("companies")] == ["Acme"]


def test_it_shows_others_nothing_before_the_commit(records: Records) -> None:
    with records.work() as work:
        house.company(work, records.alice, "Acme")
        # SQLite lets nobody else begin meanwhile; a second connection would wait.
        if records.engine.dialect.name == "postgresql":
            assert records.rows("companies") == []
        work.commit()
    assert len(records.rows("companies")) == 1


def test_it_can_be_read_after_the_commit(records: Records) -> None:
    with records.work() as work:
        row = house.company(work, records.alice, "Acme")
        work.commit()
    assert row.name == "Acme"
