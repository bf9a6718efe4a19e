"""Forgetting somebody: rows, and words in every stored text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, cast, delete, func, or_, select, update

from storage.history import stop_recording
from storage.models import (
    Change,
    Company,
    Conversation,
    Correction,
    Fact,
    Member,
    Message,
    Objection,
    Opportunity,
    Outgoing,
    Person,
    Reminder,
)
from storage.repositories.visibility import SeenBy


class Forgetting(SeenBy):
    """Deletes people and companies with every word that names them, as far as one speaker may see them."""

    def person(self, person: Person) -> None:
        """Deletes a person and every word that names them. Nothing of it can be undone."""
        stop_recording(self._session)
        names = [name for name in (person.name, *person.also_known_as) if name]
        spoken = select(Fact.message_id).where(Fact.person_id == person.id)
        message_ids = set(self._session.scalars(spoken))
        for opportunity in self._session.scalars(select(Opportunity).where(Opportunity.contact_id == person.id)):
            others = [other for other in opportunity.people if other.id != person.id]
            if opportunity.company_id is None and not others:
                said = select(Fact.message_id).where(Fact.opportunity_id == opportunity.id)
                message_ids.update(self._session.scalars(said))
                self._forget_changes_of("opportunities", opportunity.id)
                self._session.execute(delete(Opportunity).where(Opportunity.id == opportunity.id))
            else:
                opportunity.contact_id = others[0].id if others else None
        self._session.flush()
        self._forget_changes_of("persons", person.id)
        self._session.execute(delete(Person).where(Person.id == person.id))
        self._forget_words(names, message_ids)
        self._session.expire_all()

    def company(self, company: Company) -> None:
        """Deletes a company with its people, its opportunities and every word that names them."""
        stop_recording(self._session)
        while people := self._people_of(company):
            for person in people:
                self.person(person)
        opportunities = list(self._session.scalars(select(Opportunity.id).where(Opportunity.company_id == company.id)))
        said = select(Fact.message_id).where(Fact.opportunity_id.in_(opportunities))
        message_ids = set(self._session.scalars(said))
        for opportunity_id in opportunities:
            self._forget_changes_of("opportunities", opportunity_id)
        self._session.execute(delete(Opportunity).where(Opportunity.id.in_(opportunities)))
        self._forget_changes_of("companies", company.id)
        name = company.name
        self._session.execute(delete(Company).where(Company.id == company.id))
        self._forget_words([name], message_ids)
        self._session.expire_all()

    def _people_of(self, company: Company) -> Sequence[Person]:
        return self._session.scalars(
            select(Person).where(Person.company_id == company.id, self._mine(Person.owner_id)).limit(100)
        ).all()

    def _forget_changes_of(self, table_name: str, row_id: int) -> None:
        self._session.execute(delete(Change).where(Change.table_name == table_name, Change.row_id == row_id))

    def _forget_words(self, names: Sequence[str], message_ids: set[int]) -> None:
        """Empties every stored text of the team that names one of `names`, or belongs to these messages."""
        team = select(Member.id).where(Member.team_id == self.speaker.team_id)
        conversations = select(Conversation.id).where(Conversation.member_id.in_(team))
        messages = select(Message.id).where(Message.member_id.in_(team))
        others = self._longer_names(names, team)

        def naming(column: Any, where: ColumnElement[bool]) -> set[int]:
            return {id_ for name in names for id_ in self._naming(column, name, others, where)}

        for said in (Message.text, Message.payload, Message.understood):
            message_ids = message_ids | naming(said, Message.member_id.in_(team))
        self._session.execute(
            update(Message).where(Message.id.in_(message_ids)).values(text="", payload={}, understood=None)
        )
        changed = naming(Change.before, Change.member_id.in_(team)) | naming(Change.after, Change.member_id.in_(team))
        self._session.execute(delete(Change).where(or_(Change.message_id.in_(message_ids), Change.id.in_(changed))))
        replies = naming(Outgoing.payload, Outgoing.conversation_id.in_(conversations))
        answers = or_(Outgoing.id.in_(replies), Outgoing.message_id.in_(message_ids))
        # What was not sent yet has nothing left to say.
        sent = func.coalesce(Outgoing.sent_at, Outgoing.created_at)
        self._session.execute(update(Outgoing).where(answers).values(payload={}, sent_at=sent))
        corrected = naming(Correction.text, Correction.member_id.in_(team))
        self._session.execute(delete(Correction).where(Correction.id.in_(corrected)))
        valued = naming(Fact.value, Fact.member_id.in_(team))
        self._session.execute(delete(Fact).where(Fact.id.in_(valued)))
        quoted = naming(Fact.words, Fact.member_id.in_(team))
        spoken = or_(Fact.id.in_(quoted), Fact.message_id.in_(message_ids))
        self._session.execute(update(Fact).where(spoken).values(words=""))
        held = naming(Objection.words, Objection.message_id.in_(messages))
        objected = or_(Objection.id.in_(held), Objection.message_id.in_(message_ids))
        self._session.execute(update(Objection).where(objected).values(words=""))
        brought = naming(Opportunity.source, Opportunity.owner_id.in_(team))
        self._session.execute(update(Opportunity).where(Opportunity.id.in_(brought)).values(source=None))
        reminders = naming(Reminder.text, Reminder.member_id.in_(team))
        self._session.execute(delete(Reminder).where(Reminder.id.in_(reminders)))
        asked = naming(Conversation.question, Conversation.member_id.in_(team))
        self._session.execute(update(Conversation).where(Conversation.id.in_(asked)).values(question=None))

    def _longer_names(self, names: Sequence[str], team: Any) -> list[str]:
        """Names still on record that contain one of `names`, longest first: 李伟明 is somebody else than 李伟."""
        found: set[str] = set()
        for name in names:
            for column, owner in ((Person.name, Person.owner_id), (Company.name, Company.owner_id)):
                rows = self._session.scalars(select(column).where(owner.in_(team), _may_name(column, name)))
                found |= {_folded(row) for row in rows if row and _folded(name) in _folded(row)}
        return sorted(found - {_folded(name) for name in names}, key=len, reverse=True)

    def _naming(self, column: Any, name: str, others: Sequence[str], where: ColumnElement[bool]) -> set[int]:
        """Rows whose text names somebody as a word of its own ("Al" is not named in "sales")."""
        word = _as_word(_folded(name))
        rows = self._session.execute(select(column.class_.id, column).where(where, _may_name(column, name)))
        found: set[int] = set()
        for id_, value in rows:
            text = _folded(_words_in(value))
            for other in others:
                text = text.replace(other, " ")
            if word.search(text):
                found.add(id_)
        return found


_LETTER = r"[^\W_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"
"""A letter or digit of a script that puts spaces between words: 李伟3点来 names 李伟."""


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).lower()


def _as_word(name: str) -> re.Pattern[str]:
    before = rf"(?<!{_LETTER})" if re.match(_LETTER, name) else ""
    after = rf"(?!{_LETTER})" if re.search(rf"{_LETTER}$", name) else ""
    return re.compile(before + re.escape(name) + after)


def _may_name(column: Any, name: str) -> ColumnElement[bool]:
    """Narrows down what is to be read. Databases differ in the case of é, and JSON escapes quotes: % stands for such."""
    sure = (char if _is_plain(char) else "%" for char in _folded(name))
    return func.lower(cast(column, Text)).like(f"%{''.join(sure)}%")


def _is_plain(char: str) -> bool:
    return char == " " or (char.isalnum() and (char.isascii() or unicodedata.normalize("NFD", char.upper()) == char))


def _words_in(value: Any) -> str:
    """Every text in a value of a JSON column, one a line; a text itself as it is."""
    if isinstance(value, dict):
        return "\n".join(_words_in(each) for pair in value.items() for each in pair)
    if isinstance(value, list):
        return "\n".join(_words_in(each) for each in value)
    return value if isinstance(value, str) else ""
