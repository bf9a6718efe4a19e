"""One transaction: what a turn reads and writes goes through here, and is gone unless it is committed."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from sqlalchemy.orm import Session, sessionmaker

from storage.models import Member
from storage.repositories import (
    Catalogue,
    Customers,
    Forgetting,
    Messages,
    Outbox,
    Referrals,
    Reminders,
    Team,
    Transactions,
)


class UnitOfWork:
    """A context manager around one transaction; leaving it without `commit()` rolls back."""

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

    def forgetting(self, speaker: Member) -> Forgetting:
        """What deletes customers for good, with the words that name them."""
        return Forgetting(self.session, speaker)

    def referrals(self, speaker: Member) -> Referrals:
        """Who introduced whom, among those whom `speaker` may see, and the thanks owed."""
        return Referrals(self.session, speaker)

    def commit(self) -> None:
        """Makes everything done in this unit durable."""
        self.session.commit()
