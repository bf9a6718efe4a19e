"""What a turn reads and writes goes through here, and is gone unless it is committed."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from sqlalchemy.orm import Session, sessionmaker

from storage.files import NOWHERE, Files
from storage.models import Member
from storage.repositories import (
    Assessments,
    Attachments,
    Catalogue,
    CustomerFile,
    Customers,
    Deals,
    Forgetting,
    KeptFiles,
    Messages,
    Objections,
    Outbox,
    Referrals,
    Reminders,
    Team,
    Transactions,
)


class UnitOfWork:
    """A context manager; each `commit()` ends a transaction, and leaving it rolls back what was not committed."""

    session: Session

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def __enter__(self) -> Self:
        self.session = self._sessions()
        self.team = Team(self.session)
        self.messages = Messages(self.session)
        self.outbox = Outbox(self.session)
        self.reminders = Reminders(self.session)
        self.catalogue = Catalogue(self.session)
        self.kept_files = KeptFiles(self.session)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.session.close()

    def customers(self, speaker: Member) -> Customers:
        """The customers that `speaker` may see and change."""
        return Customers(self.session, speaker)

    def transactions(self, speaker: Member) -> Transactions:
        """What the customers that `speaker` may see have bought, paid and owe."""
        return Transactions(self.session, speaker)

    def assessments(self, speaker: Member) -> Assessments:
        """The scores of the customers that `speaker` may see."""
        return Assessments(self.session, speaker)

    def deals(self, speaker: Member) -> Deals:
        """What the deals that `speaker` may see have come to, and why."""
        return Deals(self.session, speaker)

    @property
    def files(self) -> Files:
        """The files that people sent."""
        found: Files = self.session.info.get("files", NOWHERE)
        return found

    def attachments(self, speaker: Member) -> Attachments:
        """The files of customers that `speaker` may see."""
        return Attachments(self.session, speaker)

    def forgetting(self, speaker: Member) -> Forgetting:
        """What deletes customers for good, with the words that name them."""
        return Forgetting(self.session, speaker)

    def customer_file(self, speaker: Member) -> CustomerFile:
        """What the cards and files of the customers whom `speaker` may see are made of."""
        return CustomerFile(self.session, speaker)

    def referrals(self, speaker: Member) -> Referrals:
        """Who introduced whom, among those whom `speaker` may see, and the thanks owed."""
        return Referrals(self.session, speaker)

    def objections(self, speaker: Member) -> Objections:
        """What the customers of `speaker` object, and what has worked on it for the team."""
        return Objections(self.session, speaker)

    def commit(self) -> None:
        """Makes everything done in this unit durable."""
        self.session.commit()
