"""It brings any database to the schema of the models."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select
from sqlalchemy.exc import ArgumentError, IntegrityError, StatementError

from storage.database import make_engine, upgrade
from storage.models import TRACKED, Base, Person, Tracked
from tests.storage import house
from tests.storage.house import NOW, Records


def test_it_makes_the_schema_of_the_models_from_nothing(empty_url: str) -> None:
    upgrade(empty_url)
    engine = make_engine(empty_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_it_upgrades_an_up_to_date_database_without_harm(records: Records) -> None:
    before = records.dump()
    upgrade(records.url)
    upgrade(records.url)
    assert records.dump() == before


def test_it_makes_the_folder_of_a_new_file(tmp_path: object) -> None:
    url = f"sqlite:///{tmp_path}/deeper/still/manny.db"
    upgrade(url)
    engine = make_engine(url)
    assert "opportunities" in inspect(engine).get_table_names()
    engine.dispose()


def test_it_refuses_an_address_that_is_none() -> None:
    with pytest.raises(ArgumentError):
        make_engine("somewhere")


def test_it_tracks_every_table_that_undo_can_restore() -> None:
    assert set(TRACKED) == {
        "companies",
        "persons",
        "opportunities",
        "participants",
        "facts",
        "objections",
        "reminders",
        "transactions",
        "assessments",
        "rewards",
        "attachments",
        "products",
    }
    assert all(issubclass(model, Tracked) for model in TRACKED.values())


def test_it_refuses_a_reference_to_nothing(records: Records) -> None:
    with records.work() as work, pytest.raises(IntegrityError):
        house.person(work, records.alice, "Dan", company_id=4711)


def test_it_never_gives_the_id_of_a_deleted_row_again(records: Records) -> None:
    with records.work() as work:
        first = house.person(work, records.alice, "Dan").id
        work.commit()
    with records.work() as work:
        work.session.delete(work.session.get_one(Person, first))
        work.commit()
    with records.work() as work:
        assert house.person(work, records.alice, "Eve").id > first


@pytest.mark.parametrize("column", ["stage_since", "touched_at", "closed_at"])
def test_it_refuses_a_datetime_without_a_zone(records: Records, column: str) -> None:
    with records.work() as work, pytest.raises(StatementError, match="naive datetime"):
        house.opportunity(work, records.alice, **{column: datetime(2026, 3, 2, 9)})


def test_it_refuses_a_datetime_without_a_zone_in_a_query(records: Records) -> None:
    with records.work() as work, pytest.raises(StatementError, match="naive datetime"):
        work.reminders.due(datetime(2026, 3, 2, 9))


@pytest.mark.parametrize("hours", [-11, 0, 1, 8, 13])
def test_it_gives_every_moment_back_in_utc(records: Records, hours: int) -> None:
    local = datetime(2026, 3, 29, 1, 30, 15, 123456, tzinfo=timezone(timedelta(hours=hours)))
    with records.work() as work:
        house.person(work, records.alice, "Dan", reached_at=local)
        work.commit()
    with records.work() as work:
        read = work.session.scalars(select(Person)).one().reached_at
    assert read == local
    assert read is not None
    assert read.tzinfo is UTC


def test_it_keeps_dates_numbers_and_texts_as_they_are(records: Records) -> None:
    values = {
        "expected_close": date(2026, 2, 28),
        "amount_minor": 9_007_199_254_740_993,
        "quantity": 0.1,
        "source": "展会 ‘24 %_'\"\\ Ü",
        "money": False,
        "need": None,
    }
    with records.work() as work:
        row = house.opportunity(work, records.alice, **values)
        work.commit()
    (stored,) = records.rows("opportunities")
    assert {column: stored[column] for column in values} == values
    assert row.created_at == NOW
