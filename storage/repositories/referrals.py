"""Who introduced whom, and the thanks that are owed for it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from storage.models import Opportunity, Person, Reward
from storage.repositories.visibility import SeenBy


class Referrals(SeenBy):
    """Introductions among the people whom one speaker may see."""

    def introducer_of(self, person: Person) -> Person | None:
        """Who introduced this person; None where nobody did, or nobody whom the speaker may see."""
        if person.referrer_id is None:
            return None
        return self._session.scalar(select(Person).where(Person.id == person.referrer_id, self._mine(Person.owner_id)))

    def introduced_by(self, person_ids: Sequence[int], limit: int) -> Sequence[Person]:
        """Whom these people introduced, in the order in which they came."""
        query = select(Person).where(Person.referrer_id.in_(person_ids), self._mine(Person.owner_id))
        return self._session.scalars(query.order_by(Person.id).limit(limit)).all()

    def introducers(self, limit: int) -> list[tuple[Person, int]]:
        """Those who introduced most, with how many."""
        introduced = aliased(Person)
        count = func.count(introduced.id)
        query = (
            select(Person, count)
            .join(introduced, introduced.referrer_id == Person.id)
            .where(self._mine(Person.owner_id), self._mine(introduced.owner_id))
            .group_by(Person.id)
            .order_by(count.desc(), Person.id)
        )
        return [(person, int(number)) for person, number in self._session.execute(query.limit(limit))]

    def who_bought(self, person_ids: Sequence[int]) -> set[int]:
        """Those of these people who are the contact of a deal that was won."""
        query = select(Opportunity.contact_id).where(
            Opportunity.contact_id.in_(person_ids), Opportunity.stage == "won", self._mine(Opportunity.owner_id)
        )
        return {id_ for id_ in self._session.scalars(query) if id_ is not None}

    # --- thanks

    def reward(self, reward_id: int) -> Reward | None:
        """A reward for a deal that the speaker may see."""
        query = select(Reward).join(Opportunity, Opportunity.id == Reward.opportunity_id)
        return self._session.scalar(query.where(Reward.id == reward_id, self._mine(Opportunity.owner_id)))

    def reward_for(self, opportunity_id: int) -> Reward | None:
        """The reward that a deal has made due, given or not."""
        return self._session.scalar(select(Reward).where(Reward.opportunity_id == opportunity_id))

    def rewards_due(self, limit: int) -> list[tuple[Reward, Person, Opportunity]]:
        """Rewards not given yet for deals that are won, the oldest first, with who is to get them."""
        query = (
            select(Reward, Person, Opportunity)
            .join(Person, Person.id == Reward.referrer_id)
            .join(Opportunity, Opportunity.id == Reward.opportunity_id)
            .where(Reward.given_at.is_(None), Opportunity.stage == "won", self._mine(Opportunity.owner_id))
            .where(self._mine(Person.owner_id))
            .order_by(Reward.due_since, Reward.id)
        )
        return [(reward, person, won) for reward, person, won in self._session.execute(query.limit(limit))]
