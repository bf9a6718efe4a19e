"""It forgets a person or a company with every word that names them, and nobody else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from storage.files import Files, SentFile
from storage.history import stop_recording, undo_last
from storage.models import Base, Company, Member, Objection, Opportunity, Person
from storage.unit_of_work import UnitOfWork
from tests.storage import house
from tests.storage.house import NOW, Records

NAMES = (
    "Li Wei",
    "100% Pure_Name",
    "O'Brien",
    'Robert "Bob" Lee',
    "Back\\slash",
    "J. R. (Jim)",
    "王建国",
    "王总",
    "欧阳 Xiao",
    "Élodie Ça",
    "ЖЕНЯ",
    "Ağca İpek",
    "김민수",
)


def _speak_of(work: UnitOfWork, speaker: Member, name: str, firm: Company | None = None) -> tuple[Person, Opportunity]:
    """A customer of this name, with the name in every place where a turn can leave it."""
    chat = work.team.conversation("telegram", speaker.name, speaker)
    said = house.turn_of(work, speaker, f"met {name.upper()} and\n{name}, 见了{name}3点再谈")
    said.payload = {"text": f"about\n{name}", "pressed": None}
    said.understood = {"person": name, "words": {"need": [name.lower()]}}
    somebody = house.person(work, speaker, name, firm, also_known_as=[f"{name} the elder"], phone="+49 1", role="user")
    deal = house.opportunity(work, speaker, contact_id=somebody.id, company_id=firm.id if firm else None)
    house.fact(work, deal, said, person_id=somebody.id, field="name", value=name, words=f"this is {name}")
    work.customers(speaker).add(
        Objection(opportunity_id=deal.id, message_id=said.id, kind="price", words=f"“{name}!”", said_at=NOW)
    )
    house.reminder(work, chat, NOW, opportunity_id=deal.id, person_id=somebody.id, text=f"Call {name}.")
    house.reminder(work, chat, NOW, text=f"lunch with{chr(10)}{name}")
    chat.focus_id = deal.id
    work.outbox.put(chat.id, {"text": f"Noted:\n{name}\t{name}", "facts": {"who": name}}, NOW, said.id)
    work.outbox.put(chat.id, {"html": f"<b>{name}</b>", "buttons": [{"facts": {"name": name}}]}, NOW)
    house.transaction(work, speaker, said, person_id=somebody.id, product=f"for {name}", reference=f"{name} {said.id}")
    house.assessment(work, speaker, said, opportunity_id=deal.id, answers={"budget": f"{name} knows"})
    house.reward(work, somebody, deal)
    house.attachment(work, deal, said, name=f"{name}.pdf", words=f"from {name}")
    later = house.turn_of(work, speaker, "he moved")
    deal.stage, somebody.style = "proposal", "red"
    chat.question = {"about": "name", "said": {"person": name}}
    work.session.flush()
    stop_recording(work.session)
    house.message(work, speaker, "ok", understood={"referrer": name})
    house.message(work, speaker, "", payload={"button": name})
    assert later.id
    return somebody, deal


def _mention(work: UnitOfWork, speaker: Member, name: str) -> Opportunity:
    """Another customer, of whom something was said that names this person."""
    said = house.message(work, speaker, f"{name} sent us Dan")
    deal = house.opportunity(work, speaker, source=f"through {name}")
    house.fact(work, deal, said, field="decision_maker", value=name, words="his boss")
    house.fact(work, deal, said, field="money", value="yes", words=f"{name} pays")
    house.transaction(work, speaker, said, opportunity_id=deal.id, product="pump", reference=f"{name}/{said.id}")
    house.assessment(work, speaker, said, opportunity_id=deal.id, answers={"budget": 3, "note": f"{name} said so"})
    return deal


def _is_in(name: str, dump: str) -> bool:
    return name in dump or name.lower() in dump.lower()


@pytest.mark.parametrize("name", NAMES)
def test_it_leaves_the_name_of_a_forgotten_person_in_no_table(records: Records, name: str) -> None:
    with records.work() as work:
        somebody, _ = _speak_of(work, records.alice, name)
        deal = _mention(work, records.alice, name)
        _mention(work, records.mona, name)
        work.commit()
    assert _is_in(name, records.dump())
    with records.work() as work:
        customers = work.customers(records.alice)
        found = customers.person(somebody.id)
        assert found is not None
        work.forgetting(records.alice).person(found)
        work.commit()
    assert not _is_in(name, records.dump())
    with records.work() as work:
        kept = work.session.get_one(Opportunity, deal.id)
        assert kept.source is None
        facts = work.customers(records.alice).facts(kept.id)
        assert [(each.field, each.value, each.words) for each in facts] == [("money", "yes", "")]
    assert {(row["product"], row["reference"]) for row in records.rows("transactions")} == {("pump", None)}
    assert [row["answers"] for row in records.rows("assessments")] == [{"budget": 3}] * 2
    assert records.rows("rewards") == records.rows("attachments") == []


@pytest.mark.parametrize("name", ["Acme", "星海科技", "A&B %_ 'Co'", 'The "Best" GmbH'])
def test_it_leaves_the_name_of_a_forgotten_company_and_its_people_in_no_table(records: Records, name: str) -> None:
    with records.work() as work:
        firm = house.company(work, records.alice, name)
        _speak_of(work, records.alice, "Li Wei", firm)
        deal = house.opportunity(work, records.alice, company_id=firm.id)
        house.turn_of(work, records.alice, f"{name} wants it")
        house.transaction(work, records.alice, house.turn_of(work, records.alice), company_id=firm.id)
        firm.name = name.upper()
        work.session.flush()
        firm.name = name
        deal.need = True
        work.session.flush()
        house.reminder(work, work.team.conversation("telegram", "Alice", records.alice), NOW, text=f"visit {name}")
        work.commit()
    with records.work() as work:
        customers = work.customers(records.alice)
        found = customers.company(firm.id)
        assert found is not None
        work.forgetting(records.alice).company(found)
        work.commit()
    dump = records.dump()
    assert not _is_in(name, dump)
    assert not _is_in("Li Wei", dump)
    assert records.rows("opportunities") == records.rows("persons") == records.rows("companies") == []
    assert records.rows("transactions") == records.rows("attachments") == records.rows("assessments") == []


def test_it_forgets_by_every_name_that_a_person_had(records: Records) -> None:
    with records.work() as work:
        somebody = house.person(work, records.alice, "Li Wei", also_known_as=["Wei-wei", "李先生"])
        house.message(work, records.alice, "wei-wei wants two")
        house.message(work, records.alice, "见了李先生ok")
        house.message(work, records.alice, "nobody came")
        work.forgetting(records.alice).person(somebody)
        work.commit()
    assert [row["text"] for row in records.rows("messages")] == ["", "", "nobody came"]


# --- files


@pytest.fixture
def files(records: Records, tmp_path: Path) -> Files:
    """The folder in which these records keep files."""
    kept = Files(tmp_path, "received")
    records.sessions.configure(info={"files": kept})
    return kept


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("name", ["Li Wei", "王建国"])
def test_it_deletes_the_files_that_name_a_forgotten_person(
    records: Records, files: Files, name: str, encoding: str
) -> None:
    with records.work() as work:
        somebody, deal = _speak_of(work, records.alice, name, house.company(work, records.alice, "Acme"))
        said = house.message(work, records.alice, "the plan")
        kept = [house.attachment(work, deal, said, name=each) for each in ("a.csv", "b.csv", "c.pdf", f"{name}.pdf")]
        brought = house.attachment(work, deal, house.message(work, records.alice, f"{name} gave me this"), name="d.pdf")
        waiting = [house.message(work, records.bob, payload={"file": {"name": each}}) for each in "ab"]
        _on_disk(files, kept[0].path, f"customer\n{name}".encode(encoding))
        _on_disk(files, kept[1].path, f"customer\n{name}x-ray".encode(encoding))
        for row in (*kept[2:], brought):
            row.media_type = "application/pdf"
            _on_disk(files, row.path, b"%PDF-1.7")
        for message, content in zip(waiting, (f"to {name}", "to nobody"), strict=True):
            _on_disk(files, files.path_for(message.channel, message.external_id), content.encode(encoding))
        work.commit()
    _forget(records, somebody)
    still_there = {kept[2].path, files.path_for(waiting[1].channel, waiting[1].external_id)}
    if name.isascii():
        still_there.add(kept[1].path)
    assert {row["path"] for row in records.rows("attachments")} == still_there & {each.path for each in kept}
    assert set(files.all()) == still_there


def test_it_deletes_every_file_of_a_forgotten_company(records: Records, files: Files) -> None:
    with records.work() as work:
        firm = house.company(work, records.alice, "Acme")
        deal = house.opportunity(work, records.alice, company_id=firm.id)
        other = house.opportunity(work, records.alice, company_id=house.company(work, records.alice, "Globex").id)
        for about in (deal, other):
            row = house.attachment(work, about, house.message(work, records.alice, "here"))
            _on_disk(files, row.path, b"\x89PNG")
        work.commit()
    with records.work() as work:
        work.forgetting(records.alice).company(work.session.get_one(Company, firm.id))
        work.commit()
    (left,) = records.rows("attachments")
    assert left["opportunity_id"] == other.id
    assert files.all() == [left["path"]]


def _on_disk(files: Files, path: str, content: bytes) -> None:
    files.keep(SentFile("x", "x"), path, content)


# --- nobody else


@pytest.mark.parametrize(
    ("forgotten", "said"),
    [
        ("Al", "sales are up, alas; the total is 5; Aldi and Hal call"),
        ("Al", "Alé came"),
        ("José", "Joséphine came"),
        ("Li", "Lili likes it"),
        ("Иван", "Ивановна пришла"),
        ("a_b", "axb came"),
        ("100%", "1000 pieces"),
        ("O'Brien", "O Brien, OBrien"),
    ],
)
def test_it_leaves_words_alone_that_only_contain_the_letters(records: Records, forgotten: str, said: str) -> None:
    with records.work() as work:
        somebody = house.person(work, records.alice, forgotten)
        deal = house.opportunity(work, records.alice, source=said)
        message = house.message(work, records.alice, said, payload={"text": said})
        house.fact(work, deal, message, value=said, words=said)
        chat = work.team.conversation("telegram", "alice", records.alice)
        work.outbox.put(chat.id, {"text": said}, NOW)
        house.reminder(work, chat, NOW, text=said)
        work.commit()
    before = _without_persons(records)
    _forget(records, somebody)
    assert _without_persons(records) == before


@pytest.mark.parametrize(
    ("forgotten", "other"),
    [("李伟", "李伟明"), ("Li", "Li Wei"), ("Wei", "Li Wei"), ("Li Wei", "Li Wei Trading"), ("星海", "星海科技")],
)
def test_it_leaves_alone_who_has_a_longer_name(records: Records, forgotten: str, other: str) -> None:
    with records.work() as work:
        somebody = house.person(work, records.alice, forgotten)
        house.person(work, records.alice, other)
        chat = work.team.conversation("telegram", "alice", records.alice)
        house.message(work, records.alice, f"met {other} today")
        house.message(work, records.alice, f"met {other} and {forgotten}, too")
        house.reminder(work, chat, NOW, text=f"call {other}")
        work.commit()
    _forget(records, somebody)
    assert [row["text"] for row in records.rows("messages")] == [f"met {other} today", ""]
    assert [row["text"] for row in records.rows("reminders")] == [f"call {other}"]
    assert [row["name"] for row in records.rows("persons")] == [other]


@pytest.mark.parametrize("name", ["Li Wei", "王建国"])
def test_it_touches_nothing_of_another_team(records: Records, name: str) -> None:
    with records.work() as work:
        _speak_of(work, records.charlie, name)
        _mention(work, records.charlie, name)
        work.commit()
    before = _rows(records)
    with records.work() as work:
        somebody, _ = _speak_of(work, records.alice, name)
        work.commit()
    _forget(records, somebody)
    after = _rows(records)
    assert {table: [row for row in after[table] if row in rows] for table, rows in before.items()} == before


def test_it_touches_nothing_of_other_customers(records: Records) -> None:
    with records.work() as work:
        firm = house.company(work, records.alice, "Acme")
        _speak_of(work, records.alice, "Eve Adams", firm)
        _speak_of(work, records.bob, "赵敏")
        work.commit()
    before = _rows(records)
    with records.work() as work:
        somebody, _ = _speak_of(work, records.mona, "Li Wei")
        work.commit()
    _forget(records, somebody)
    after = _rows(records)
    assert {table: [row for row in after[table] if row in rows] for table, rows in before.items()} == before


def test_it_keeps_the_opportunity_of_a_company_without_the_person(records: Records) -> None:
    with records.work() as work:
        firm = house.company(work, records.alice, "Acme")
        somebody, deal = _speak_of(work, records.alice, "Li Wei", firm)
        work.commit()
    _forget(records, somebody)
    (row,) = records.rows("opportunities")
    assert (row["id"], row["company_id"], row["contact_id"]) == (deal.id, firm.id, None)


def test_it_makes_somebody_else_who_takes_part_the_contact(records: Records) -> None:
    with records.work() as work:
        somebody, deal = _speak_of(work, records.alice, "Li Wei")
        boss = house.person(work, records.alice, "Zhao Min", referrer_id=somebody.id)
        work.customers(records.alice).take_part(deal, boss)
        work.customers(records.alice).take_part(deal, somebody)
        work.commit()
    _forget(records, somebody)
    (row,) = records.rows("opportunities")
    assert (row["id"], row["contact_id"]) == (deal.id, boss.id)
    (kept,) = records.rows("persons")
    assert (kept["name"], kept["referrer_id"]) == ("Zhao Min", None)


def test_it_deletes_the_opportunity_of_nobody_else(records: Records) -> None:
    with records.work() as work:
        somebody, _ = _speak_of(work, records.alice, "Li Wei")
        work.commit()
    _forget(records, somebody)
    for table in (
        "opportunities",
        "persons",
        "facts",
        "objections",
        "reminders",
        "transactions",
        "assessments",
        "rewards",
        "attachments",
        "changes",
    ):
        assert records.rows(table) == [], table
    (chat,) = records.rows("conversations")
    assert (chat["focus_id"], chat["question"]) == (None, None)


def test_it_forgets_somebody_whose_name_nobody_knows(records: Records) -> None:
    with records.work() as work:
        somebody = house.person(work, records.alice, None)
        house.message(work, records.alice, "met a buyer")
        work.commit()
    _forget(records, somebody)
    assert records.rows("persons") == []
    assert records.rows("messages")[0]["text"] == "met a buyer"


def test_it_cannot_undo_what_was_forgotten(records: Records) -> None:
    with records.work() as work:
        firm = house.company(work, records.alice, "Acme")
        somebody, _ = _speak_of(work, records.alice, "Li Wei", firm)
        dan = house.person(work, records.alice, "Dan", firm, referrer_id=somebody.id)
        house.turn_of(work, records.alice, "he came through somebody else")
        dan.referrer_id = None
        dan.role = "finance"
        work.commit()
    _forget(records, somebody)
    with records.work() as work:
        while undo_last(work.session, records.alice.id, NOW) is not None:
            pass
        work.commit()
    assert not _is_in("Li Wei", records.dump())
    (kept,) = records.rows("persons")
    assert (kept["name"], kept["role"], kept["referrer_id"]) == ("Dan", None, None)


def test_it_forgets_every_person_of_a_large_company(records: Records) -> None:
    with records.work() as work:
        firm = house.company(work, records.alice, "Acme")
        work.session.add_all(
            Person(owner_id=records.alice.id, company_id=firm.id, name=None, name_key=None, created_at=NOW)
            for _ in range(103)
        )
        house.person(work, records.alice, "Zoe", firm)
        work.commit()
    with records.work() as work:
        work.forgetting(records.alice).company(work.session.get_one(Company, firm.id))
        work.commit()
    assert records.rows("persons") == []


def test_it_is_not_recorded_as_a_change(records: Records) -> None:
    with records.work() as work:
        somebody, _ = _speak_of(work, records.alice, "Li Wei", house.company(work, records.alice, "Acme"))
        work.commit()
        house.turn_of(work, records.alice, "forget her")
        work.forgetting(records.alice).person(somebody)
        work.commit()
    assert not [row for row in records.rows("changes") if row["table_name"] == "persons"]


def _forget(records: Records, somebody: Person) -> None:
    """By the manager of the owner's team, who may see everything there."""
    with records.work() as work:
        owner = work.team.member(somebody.owner_id)
        speaker = work.session.scalars(select(Member).where(Member.team_id == owner.team_id, Member.role == "manager"))
        work.forgetting(speaker.one()).person(work.session.get_one(Person, somebody.id))
        work.commit()


def _rows(records: Records) -> dict[str, list[dict[str, Any]]]:
    return {table.name: records.rows(table.name) for table in Base.metadata.sorted_tables}


def _without_persons(records: Records) -> dict[str, list[dict[str, Any]]]:
    return {table: rows for table, rows in _rows(records).items() if table != "persons"}
