"""Forgetting somebody: rows, words in every stored text, and files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, cast, delete, func, or_, select, update

from storage.files import NOWHERE, Files
from storage.history import stop_recording
from storage.models import (
    Assessment,
    Attachment,
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
    Reward,
    Transaction,
)
from storage.repositories.attachments import KeptFiles
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
                message_ids |= self._forget_opportunities([opportunity.id])
            else:
                opportunity.contact_id = others[0].id if others else None
        self._session.flush()
        self._forget_changes_of("persons", [person.id])
        self._forget_changes_with(Transaction, Transaction.person_id == person.id)
        self._forget_changes_with(Assessment, Assessment.person_id == person.id)
        self._forget_changes_with(Reward, Reward.referrer_id == person.id)
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
        message_ids = self._forget_opportunities(opportunities)
        self._forget_changes_of("companies", [company.id])
        self._forget_changes_with(Transaction, Transaction.company_id == company.id)
        self._forget_changes_with(Assessment, Assessment.company_id == company.id)
        name = company.name
        self._session.execute(delete(Company).where(Company.id == company.id))
        self._forget_words([name], message_ids)
        self._session.expire_all()

    def _people_of(self, company: Company) -> Sequence[Person]:
        return self._session.scalars(
            select(Person).where(Person.company_id == company.id, self._mine(Person.owner_id)).limit(100)
        ).all()

    def _forget_opportunities(self, opportunity_ids: Sequence[int]) -> set[int]:
        """Deletes opportunities with what hangs on them; returns the messages in which something was said of them."""
        said: set[int] = set()
        for model in (Fact, Attachment):
            query = select(model.message_id).where(model.opportunity_id.in_(opportunity_ids))
            said.update(self._session.scalars(query))
        for table in (Assessment, Reward):
            self._forget_changes_with(table, table.opportunity_id.in_(opportunity_ids))
        self._forget_attachments(Attachment.opportunity_id.in_(opportunity_ids))
        self._forget_changes_of("opportunities", opportunity_ids)
        self._session.execute(delete(Opportunity).where(Opportunity.id.in_(opportunity_ids)))
        return said

    def _forget_changes_of(self, table_name: str, row_ids: Sequence[int]) -> None:
        self._session.execute(delete(Change).where(Change.table_name == table_name, Change.row_id.in_(row_ids)))

    def _forget_changes_with(self, model: type[Transaction | Assessment | Reward], those: ColumnElement[bool]) -> None:
        """Of rows that fall with the one that they belong to."""
        self._forget_changes_of(str(model.__tablename__), self._session.scalars(select(model.id).where(those)).all())

    @property
    def _files(self) -> Files:
        found: Files = self._session.info.get("files", NOWHERE)
        return found

    def _forget_attachments(self, those: ColumnElement[bool]) -> None:
        """Deletes rows and files. The files go first: should the commit fail, deleting can be said once more."""
        rows = self._session.execute(select(Attachment.id, Attachment.path).where(those)).all()
        self._files.remove(path for _, path in rows)
        self._forget_changes_of("attachments", [id_ for id_, _ in rows])
        self._session.execute(delete(Attachment).where(Attachment.id.in_([id_ for id_, _ in rows])))

    def _forget_files(self, names: Sequence[str], others: Sequence[str], message_ids: set[int], team: Any) -> None:
        """Deletes the files that came with these messages, and texts in which one of `names` stands."""
        mine = Attachment.member_id.in_(team)
        texts = self._session.execute(
            select(Attachment.id, Attachment.path).where(mine, Attachment.media_type.startswith("text/"))
        ).all()
        naming = {id_ for id_, path in texts if self._says(path, names, others)}
        self._forget_attachments(and_(mine, or_(Attachment.id.in_(naming), Attachment.message_id.in_(message_ids))))
        # Others wait for a customer to belong to, or to be imported.
        brought = select(Message.channel, Message.external_id).where(Message.id.in_(message_ids))
        self._files.remove(self._files.path_for(*message) for message in self._session.execute(brought))
        ours = self._files.all()
        waiting = set(ours) - KeptFiles(self._session).among(ours)
        self._files.remove(path for path in waiting if self._says(path, names, others))

    def _says(self, path: str, names: Sequence[str], others: Sequence[str]) -> bool:
        content = self._files.read(path) or b""
        encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8", "gb18030")
        return any(_names(content.decode(each, "ignore"), name, others) for each in encodings for name in names)

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
        called = naming(Attachment.name, Attachment.member_id.in_(team))
        called |= naming(Attachment.words, Attachment.member_id.in_(team))
        self._forget_attachments(Attachment.id.in_(called))
        self._forget_files(names, others, message_ids, team)
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
        ours = Transaction.team_id == self.speaker.team_id
        for column in (Transaction.product, Transaction.reference):
            traded = naming(column, ours)
            self._session.execute(update(Transaction).where(Transaction.id.in_(traded)).values({column: None}))
        scored = naming(Assessment.answers, Assessment.member_id.in_(team))
        for row in self._session.scalars(select(Assessment).where(Assessment.id.in_(scored))):
            row.answers = {
                key: value
                for key, value in row.answers.items()
                if not any(_names(_words_in({key: value}), name, others) for name in names)
            }
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
        rows = self._session.execute(select(column.class_.id, column).where(where, _may_name(column, name)))
        return {id_ for id_, value in rows if _names(_words_in(value), name, others)}


_LETTER = r"[^\W_\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"
"""A letter or digit of a script that puts spaces between words: 李伟3点来 names 李伟."""


def _names(text: str, name: str, others: Sequence[str]) -> bool:
    """Whether the text names somebody, not counting where a longer name of somebody else stands."""
    folded = _folded(text)
    for other in others:
        folded = folded.replace(other, " ")
    return bool(_as_word(_folded(name)).search(folded))


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
