"""It records every change of a turn, and takes back the last turn of the one who asks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from storage.history import Undone, stop_recording, undo_last
from storage.models import (
    TRACKED,
    Assessment,
    Attachment,
    CatalogueProduct,
    Fact,
    Member,
    Objection,
    Opportunity,
    Participant,
    Person,
    Reward,
    Tracked,
    Transaction,
)
from storage.unit_of_work import UnitOfWork
from tests.storage import house
from tests.storage.house import NOW, Records

SHANGHAI = timezone(timedelta(hours=8))


def _undo(records: Records, member: Member) -> Undone | None:
    with records.work() as work:
        undone = undo_last(work.session, member.id, NOW)
        work.commit()
        return undone


def _deal(records: Records, **columns: Any) -> int:
    """An opportunity of Alice that was there before."""
    with records.work() as work:
        deal = house.opportunity(work, records.alice, **columns)
        work.commit()
        return deal.id


def _change(records: Records, member: Member, deal_id: int, text: str = "changed", **columns: Any) -> int:
    """A turn of this member that changes an opportunity; returns its message."""
    with records.work() as work:
        said = house.turn_of(work, member, text)
        deal = work.session.get_one(Opportunity, deal_id)
        for column, value in columns.items():
            setattr(deal, column, value)
        work.commit()
        return said.id


VALUES = (
    ("stage", "lead", "won"),
    ("money", None, True),
    ("money", True, None),
    ("money", True, False),
    ("quantity", 1.5, None),
    ("amount_minor", None, 9_007_199_254_740_993),
    ("source", "展会 'A' %_\\\"", "web\nshop"),
    ("expected_close", date(2024, 2, 29), date(2026, 12, 31)),
    ("expected_close", None, date(2024, 2, 29)),
    ("expected_close", date(2024, 2, 29), None),
    ("closed_at", None, NOW),
    ("closed_at", NOW + timedelta(microseconds=1), None),
    ("stage_since", NOW, datetime(2026, 3, 3, 1, 2, 3, 456789, tzinfo=SHANGHAI)),
    ("stage_since", datetime(2026, 3, 3, 1, 2, 3, 456789, tzinfo=SHANGHAI), NOW),
)


@pytest.mark.parametrize(("column", "before", "after"), VALUES)
def test_it_takes_a_changed_value_back(records: Records, column: str, before: Any, after: Any) -> None:
    deal_id = _deal(records, **{column: before})
    said = _change(records, records.alice, deal_id, "a change", **{column: after})
    assert records.rows("opportunities")[0][column] == after
    undone = _undo(records, records.alice)
    assert undone is not None
    assert (undone.message_id, undone.words) == (said, "a change")
    assert [set(change.after or {}) for change in undone.changes] == [{column}]
    assert records.rows("opportunities")[0][column] == before


@pytest.mark.parametrize(("before", "after"), [([], ["老王"]), (["a", "b"], ["b"]), (["O'Brien"], [])])
def test_it_takes_a_changed_list_back(records: Records, before: list[str], after: list[str]) -> None:
    with records.work() as work:
        dan = house.person(work, records.alice, "Dan", also_known_as=before)
        house.turn_of(work, records.alice)
        dan.also_known_as = after
        work.commit()
    assert records.rows("persons")[0]["also_known_as"] == after
    _undo(records, records.alice)
    assert records.rows("persons")[0]["also_known_as"] == before


def test_it_takes_back_what_was_written_in_one_statement(records: Records) -> None:
    deal_id = _deal(records)
    with records.work() as work:
        said = house.turn_of(work, records.alice, "budget and need")
        shared = {"opportunity_id": deal_id, "person_id": None, "message_id": said.id, "member_id": records.alice.id}
        at = datetime(2026, 3, 3, 1, 2, 3, 456789, tzinfo=SHANGHAI)
        facts = (
            {**shared, "field": field, "value": "yes", "words": "有", "said_at": at} for field in ("money", "need")
        )
        work.customers(records.alice).add_said(Fact, *facts)
        work.customers(records.alice).add_said(Objection)
        work.commit()
    written = records.rows("facts")
    assert sorted(fact["field"] for fact in written) == ["money", "need"]
    noted = {change["row_id"]: change["after"] for change in records.rows("changes")}
    assert noted == {fact["id"]: {**fact, "said_at": at.astimezone(UTC).isoformat()} for fact in written}
    undone = _undo(records, records.alice)
    assert undone is not None
    assert len(undone.changes) == 2
    assert records.rows("facts") == []


def _one_of_each(records: Records, work: UnitOfWork) -> list[Tracked]:
    """A row of every tracked table; `said` is the message of the turn."""
    said = house.turn_of(work, records.alice, "everything")
    conversation = work.team.conversation("telegram", "alice", records.alice)
    firm = house.company(work, records.alice, "Acme")
    zhao = house.person(work, records.alice, "Zhao Min", firm, also_known_as=["赵敏"], reached_at=NOW)
    dan = house.person(work, records.alice, "Dan", firm, referrer_id=zhao.id)
    deal = house.opportunity(work, records.alice, contact_id=dan.id, company_id=firm.id, expected_close=NOW.date())
    work.customers(records.alice).take_part(deal, zhao)
    said_fact = house.fact(work, deal, said, person_id=dan.id)
    held = Objection(opportunity_id=deal.id, message_id=said.id, kind="price", words="dear", said_at=NOW)
    work.customers(records.alice).add(held)
    later = house.reminder(work, conversation, NOW, opportunity_id=deal.id, person_id=dan.id, message_id=said.id)
    taking_part = work.session.query(Participant).one()
    customer = {"company_id": firm.id, "opportunity_id": deal.id, "message_id": said.id}
    bought = Transaction(
        **customer,
        team_id=records.alice.team_id,
        kind="purchase",
        happened_on=NOW.date(),
        amount_minor=100,
        currency="EUR",
        created_at=NOW,
    )
    scored = Assessment(**customer, member_id=records.alice.id, kind="audit", answers={"need": 3}, begun_at=NOW)
    owed = Reward(referrer_id=zhao.id, opportunity_id=deal.id, due_since=NOW)
    sent = Attachment(
        opportunity_id=deal.id,
        message_id=said.id,
        member_id=records.alice.id,
        name="plan.pdf",
        path="1/plan.pdf",
        media_type="application/pdf",
        size=3,
        words="",
        sent_at=NOW,
    )
    sold = CatalogueProduct(team_id=records.alice.team_id, position=0, name="X200", entry={"name": "X200"})
    more: list[Tracked] = [bought, scored, owed, sent, sold]
    for row in more:
        work.customers(records.alice).add(row)
    return [firm, zhao, dan, deal, taking_part, said_fact, held, later, *more]


def _tracked_rows(records: Records) -> dict[str, list[dict[str, Any]]]:
    return {table: records.rows(table) for table in TRACKED}


def test_it_takes_back_every_kind_of_row_that_was_made(records: Records) -> None:
    with records.work() as work:
        _one_of_each(records, work)
        work.commit()
    assert all(_tracked_rows(records).values())
    undone = _undo(records, records.alice)
    assert undone is not None
    assert {change.table_name for change in undone.changes} == set(TRACKED)
    assert not any(_tracked_rows(records).values())


@pytest.mark.parametrize("at_once", [True, False], ids=["in one flush", "one by one"])
def test_it_brings_back_every_kind_of_row_that_was_deleted(records: Records, at_once: bool) -> None:
    with records.work() as work:
        rows = _one_of_each(records, work)
        stop_recording(work.session)
        work.commit()
        before = _tracked_rows(records)
        house.turn_of(work, records.alice, "away with it")
        for row in reversed(rows):
            work.session.delete(row)
            if not at_once:
                work.session.flush()
        work.commit()
    assert not any(_tracked_rows(records).values())
    _undo(records, records.alice)
    assert _tracked_rows(records) == before


def test_it_takes_back_a_row_that_was_made_and_changed_in_the_same_turn(records: Records) -> None:
    with records.work() as work:
        house.turn_of(work, records.alice)
        deal = house.opportunity(work, records.alice)
        for stage in ("contacted", "qualified"):
            deal.stage = stage
            work.customers(records.alice).flush()
        work.commit()
    _undo(records, records.alice)
    assert records.rows("opportunities") == []


def test_it_takes_several_changes_of_a_value_back_to_the_first(records: Records) -> None:
    deal_id = _deal(records, stage="lead")
    with records.work() as work:
        house.turn_of(work, records.alice)
        deal = work.session.get_one(Opportunity, deal_id)
        for stage in ("contacted", "qualified", "won"):
            deal.stage = stage
            work.session.flush()
        work.commit()
    _undo(records, records.alice)
    assert records.rows("opportunities")[0]["stage"] == "lead"


def test_it_takes_a_reference_back_that_was_set_by_its_row(records: Records) -> None:
    with records.work() as work:
        zhao, dan = house.person(work, records.alice, "Zhao Min"), house.person(work, records.alice, "Dan")
        house.turn_of(work, records.alice)
        dan.referrer = zhao
        work.commit()
    assert records.rows("persons")[1]["referrer_id"] == zhao.id
    _undo(records, records.alice)
    assert records.rows("persons")[1]["referrer_id"] is None


def test_it_remembers_a_value_that_was_not_loaded_when_it_changed(records: Records) -> None:
    deal_id = _deal(records, stage="qualified", source="fair")
    with records.work() as work:
        house.turn_of(work, records.alice)
        deal = work.session.get_one(Opportunity, deal_id)
        work.session.expire(deal)
        deal.stage = "won"
        work.commit()
    _undo(records, records.alice)
    assert records.rows("opportunities")[0]["stage"] == "qualified"


def test_it_records_nothing_of_a_row_that_stays_as_it_was(records: Records) -> None:
    deal_id = _deal(records, stage="lead")
    _change(records, records.alice, deal_id, stage="lead")
    assert records.rows("changes") == []


def test_it_records_nothing_outside_of_a_turn(records: Records) -> None:
    _deal(records)
    assert records.rows("changes") == []
    assert _undo(records, records.alice) is None


def test_it_records_nothing_of_rows_that_are_not_customers(records: Records) -> None:
    with records.work() as work:
        house.turn_of(work, records.alice)
        work.team.conversation("telegram", "alice", records.alice).language = "zh"
        work.commit()
    assert records.rows("changes") == []


def test_it_records_nothing_of_a_turn_that_failed(records: Records) -> None:
    with records.work() as work:
        house.turn_of(work, records.alice)
        house.opportunity(work, records.alice)
    assert records.rows("changes") == []


def test_it_takes_back_the_turn_before_when_asked_again(records: Records) -> None:
    deal_id = _deal(records, stage="lead")
    for stage in ("contacted", "qualified", "won"):
        _change(records, records.alice, deal_id, stage, stage=stage)
    undone = [_undo(records, records.alice) for _ in range(4)]
    assert [each.words if each else None for each in undone] == ["won", "qualified", "contacted", None]
    assert records.rows("opportunities")[0]["stage"] == "lead"


def test_it_passes_over_turns_that_changed_nothing(records: Records) -> None:
    deal_id = _deal(records, stage="lead")
    _change(records, records.alice, deal_id, "won", stage="won")
    with records.work() as work:
        house.turn_of(work, records.alice, "how is it going?")
        work.commit()
    undone = _undo(records, records.alice)
    assert undone is not None
    assert undone.words == "won"


def test_it_leaves_the_turn_of_another_speaker_alone(records: Records) -> None:
    hers, shared = _deal(records, stage="lead"), _deal(records, source="fair")
    _change(records, records.alice, hers, "alice", stage="won")
    _change(records, records.mona, shared, "mona", source="web")
    assert _undo(records, records.bob) is None
    undone = _undo(records, records.alice)
    assert undone is not None
    assert undone.words == "alice"
    assert [(row["stage"], row["source"]) for row in records.rows("opportunities")] == [("lead", None), ("lead", "web")]


def test_it_leaves_what_another_speaker_changed_on_the_same_row(records: Records) -> None:
    deal_id = _deal(records, stage="lead", source="fair")
    _change(records, records.alice, deal_id, stage="won")
    _change(records, records.mona, deal_id, source="web")
    _undo(records, records.alice)
    (row,) = records.rows("opportunities")
    assert (row["stage"], row["source"]) == ("lead", "web")


def test_it_does_not_record_the_undoing(records: Records) -> None:
    deal_id = _deal(records, stage="lead")
    _change(records, records.alice, deal_id, stage="won")
    with records.work() as work:
        house.turn_of(work, records.alice, "undo")
        undo_last(work.session, records.alice.id, NOW)
        work.commit()
    (change,) = records.rows("changes")
    assert change["undone_at"] == NOW
    assert _undo(records, records.alice) is None


def test_it_shows_the_row_as_it_was_in_the_same_unit_of_work(records: Records) -> None:
    deal_id = _deal(records, stage="lead")
    with records.work() as work:
        house.turn_of(work, records.alice)
        deal = work.session.get_one(Opportunity, deal_id)
        deal.stage = "won"
        work.session.flush()
        undo_last(work.session, records.alice.id, NOW)
        assert deal.stage == "lead"


@pytest.mark.parametrize("gone", [Opportunity, Person])
def test_it_passes_over_rows_that_were_deleted_since(records: Records, gone: type[Tracked]) -> None:
    with records.work() as work:
        dan = house.person(work, records.alice, "Dan")
        deal = house.opportunity(work, records.alice, contact_id=dan.id)
        house.turn_of(work, records.alice)
        dan.role, deal.stage = "finance", "won"
        work.commit()
    with records.work() as work:
        work.session.execute(delete(gone))
        work.commit()
    assert _undo(records, records.alice) is not None
    assert [row["role"] for row in records.rows("persons")] == ([] if gone is Person else [None])
    assert [row["stage"] for row in records.rows("opportunities")] == ([] if gone is Opportunity else ["lead"])


def test_it_does_not_refer_to_a_row_that_was_deleted_since(records: Records) -> None:
    with records.work() as work:
        dan, zhao = house.person(work, records.alice, "Dan"), house.person(work, records.alice, "Zhao Min")
        deal = house.opportunity(work, records.alice, contact_id=dan.id, stage="lead")
        house.turn_of(work, records.alice)
        deal.contact_id, deal.stage = zhao.id, "won"
        work.commit()
    with records.work() as work:
        work.session.execute(delete(Person).where(Person.id == dan.id))
        work.commit()
    _undo(records, records.alice)
    (row,) = records.rows("opportunities")
    assert (row["contact_id"], row["stage"]) == (zhao.id, "lead")


def test_it_does_not_bring_back_what_belonged_to_a_row_that_was_deleted_since(records: Records) -> None:
    with records.work() as work:
        said = house.turn_of(work, records.alice)
        stop_recording(work.session)
        deal, other = house.opportunity(work, records.alice), house.opportunity(work, records.alice)
        lost, kept = house.fact(work, deal, said), house.fact(work, other, said)
        house.turn_of(work, records.alice, "away with the facts")
        work.session.delete(lost)
        work.session.delete(kept)
        work.commit()
        work.session.execute(delete(Opportunity).where(Opportunity.id == deal.id))
        work.commit()
    _undo(records, records.alice)
    assert [row["id"] for row in records.rows("facts")] == [kept.id]


def test_it_undoes_for_one_of_two_who_ask_at_the_same_time(records: Records) -> None:
    deal_id = _deal(records, stage="lead")
    _change(records, records.alice, deal_id, stage="won")

    def undo(work: UnitOfWork) -> bool:
        # A conversation is locked for the length of a turn: that keeps two of one speaker apart.
        work.team.conversation("telegram", "alice", records.alice)
        return undo_last(work.session, records.alice.id, NOW) is not None

    with records.work() as work:
        work.team.conversation("telegram", "alice", records.alice)
        work.commit()
    assert sorted(records.at_once(undo, undo)) == [False, True]


# --- any edits

ZONES = st.sampled_from([UTC, SHANGHAI, timezone(-timedelta(hours=9, minutes=30))])
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1), timezones=ZONES)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
YES_NO_UNKNOWN = st.sampled_from([True, False, None])
EDITS = st.fixed_dictionaries(
    {},
    optional={
        "money": YES_NO_UNKNOWN,
        "authority": YES_NO_UNKNOWN,
        "need": YES_NO_UNKNOWN,
        "stage": st.sampled_from(["lead", "contacted", "won", "lost"]),
        "stage_since": MOMENTS,
        "touched_at": MOMENTS,
        "closed_at": st.none() | MOMENTS,
        "expected_close": st.none() | st.dates(date(1971, 1, 1), date(2099, 1, 1)),
        "source": st.none() | WORDS,
        "product": st.none() | WORDS,
        "quantity": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "amount_minor": st.none() | st.integers(-(2**63), 2**63 - 1),
        "currency": st.sampled_from(["EUR", "CNY", None]),
        "contact_id": st.sampled_from(["Dan", "Zhao Min", None]),
    },
)
TURNS = st.lists(st.lists(st.tuples(EDITS, st.booleans()), min_size=1, max_size=3), max_size=5)
"""Turns, each of several flushes: the columns to set, and whether what was loaded is forgotten before."""


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(turns=TURNS)
def test_it_takes_any_edits_back_to_the_beginning(
    records: Records, turns: list[list[tuple[dict[str, Any], bool]]]
) -> None:
    with records.work() as work:  # never committed: each example begins anew
        people = {name: house.person(work, records.alice, name).id for name in ("Dan", "Zhao Min")}
        deal = house.opportunity(work, records.alice, source="fair", expected_close=date(2026, 3, 31))
        states = [_state(work, deal)]
        for turn in turns:
            house.turn_of(work, records.alice)
            for edits, forget in turn:
                if forget:
                    work.session.expire_all()
                for column, value in edits.items():
                    setattr(deal, column, people.get(value) if column == "contact_id" else value)
                work.session.flush()
            states.append(_state(work, deal))
        while undo_last(work.session, records.alice.id, NOW) is not None:
            now = _state(work, deal)
            while states[-1] != now:  # turns that changed nothing in the end are no step of their own
                states.pop()
                assert states, "a state that never was"
        assert _state(work, deal) == states[0]
        assert len(work.session.query(Fact).all()) == 0


def _state(work: UnitOfWork, deal: Opportunity) -> dict[str, Any]:
    row = work.session.connection().execute(Opportunity.__table__.select().where(Opportunity.id == deal.id)).one()
    return dict(row._mapping)
