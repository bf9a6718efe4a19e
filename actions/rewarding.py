"""Thanks for introductions: due when the one who was introduced buys, given at once or put off (domain, section 12)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from actions.recording import add_reminder, local, people_of
from actions.registry import presses
from actions.resolving import display_name
from actions.turn import Button, Reply, Turn
from storage.models import Opportunity, Person, Reward


def due_for(turn: Turn, opportunity: Opportunity) -> dict[str, Any] | None:
    """The thanks that a won deal makes due: `reward` for the template `_reward.j2` and for `reward_buttons`.

    Puts the reward on record once, however often it is asked. None where the deal is not won, where nobody
    introduced them, where the thanks were given, and where the speaker may not see who is to be thanked.
    """
    if opportunity.stage != "won":
        return None
    referrals = turn.work.referrals(turn.speaker)
    reward = referrals.reward_for(opportunity.id)
    if reward is None:
        introduced = _introduced(opportunity)
        if introduced is None or introduced.referrer_id is None:
            return None
        reward = Reward(referrer_id=introduced.referrer_id, opportunity_id=opportunity.id, due_since=turn.now)
        turn.customers.add(reward)
    referrer = turn.customers.person(reward.referrer_id)
    if reward.given_at is not None or referrer is None:
        return None
    return reward_facts(reward, referrer, opportunity)


def reward_facts(reward: Reward, referrer: Person, opportunity: Opportunity) -> dict[str, Any]:
    """Who is to be thanked for whom, as plain values."""
    return {
        "id": reward.id,
        "referrer": referrer.name,
        "for": display_name(opportunity.contact, opportunity.company),
    }


def reward_buttons(due: dict[str, Any]) -> tuple[Button, ...]:
    """[given] [later] for what `due_for` gives."""
    arguments = {"reward_id": due["id"]}
    return (Button("given", "reward_given", arguments), Button("later", "reward_later", arguments))


def _introduced(opportunity: Opportunity) -> Person | None:
    """The contact, else another who takes part, whom somebody introduced that has no part in the purchase."""
    people = people_of(opportunity)
    inside = {person.id for person in people}
    return next((each for each in people if each.referrer_id and each.referrer_id not in inside), None)


@presses("reward_given")
def reward_given(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """The thanks were given."""
    reward = turn.work.referrals(turn.speaker).reward(arguments["reward_id"])
    referrer = turn.customers.person(reward.referrer_id) if reward else None
    if reward is None or referrer is None:
        return Reply("conversation/gone")
    reward.given_at = turn.now
    turn.customers.flush()
    return Reply("people/reward_given", {"referrer": referrer.name})


@presses("reward_later")
def reward_later(turn: Turn, arguments: dict[str, Any]) -> Reply:
    """The thanks stay due, and a reminder comes."""
    reward = turn.work.referrals(turn.speaker).reward(arguments["reward_id"])
    referrer = turn.customers.person(reward.referrer_id) if reward else None
    opportunity = turn.customers.opportunity(reward.opportunity_id) if reward else None
    if referrer is None or opportunity is None:
        return Reply("conversation/gone")
    thanks = turn.playbook.people.thanks
    due = datetime.combine(turn.now.date() + timedelta(days=thanks.days), time(turn.day.hour_of(None)))
    task = thanks.task.in_(turn.said.language).replace("{name}", referrer.name or "")
    reminder = add_reminder(turn, task, due, opportunity, referrer)
    when = local(turn, reminder.due_at).isoformat(timespec="minutes")
    return Reply("people/reward_later", {"referrer": referrer.name, "when": when})
