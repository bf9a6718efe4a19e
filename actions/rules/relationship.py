"""How far the relationship with a customer has come, and whether it declines (domain, section 8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, ClassVar

STAGES = ("incubation", "early", "middle", "partner", "interrupted")
"""The five stages of section 8."""
PHASES = ("acquaintance", "reserve", "steady", "second_thoughts", "firm")
"""The relationship in time, in the order in which it goes."""
SIGNS = ("overdue", "fewer", "smaller", "returns", "objections", "silent", "stuck")
"""Signs of decline, the surest first."""
CYCLE = ("interact", "differentiate", "map", "respond")
"""The cycle to keep: know the customer in interaction, differentiate, map a strategy to the type, respond at once."""
KEEP, RECOVER, LET_GO = "keep", "recover", "let_go"
RHYTHM_FROM = 3
"""Days with a purchase from which on a customer has a rhythm: two gaps can be compared, one cannot."""


@dataclass(frozen=True)
class Limits:
    """Where one stage ends and the next begins, and from when on a sign is one: conventions, in relationship.yml."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    acquaintance_days: int
    """After the first purchase they are still getting to know each other for so long."""
    middle_purchases: int
    middle_days: int
    """Middle stage: so many purchases, and so long since the first."""
    partner_purchases: int
    partner_days: int
    """Partner: the same, further on."""
    interrupted_rhythms: float
    interrupted_days: int
    """Interrupted: nothing bought for so many times the usual gap, and at least for so many days."""
    once_days: int
    """Interrupted, where there is no rhythm yet: nothing bought for so many days."""
    overdue_rhythms: float
    """A purchase is overdue after so many times the usual gap."""
    window_days: int
    """Purchases of the last so many days are held against those of as many days before."""
    fewer_share: float
    """Bought less often: at most this share (0 to 1) of the purchases before."""
    smaller_share: float
    """Bought for less: at most this share (0 to 1) of the amount before."""
    silent_days: int
    """Nothing heard of them for so long."""
    stuck_days: int
    """An open deal has stood in its stage for so long."""
    returns_share: float
    """Let go where at least this share (0 to 1) of what they bought came back."""


@dataclass(frozen=True)
class Purchase:
    """Something bought, or sent back: minor units of a currency."""

    on: date
    amount_minor: int = 0
    currency: str | None = None


@dataclass(frozen=True)
class History:
    """What is known of a customer that tells how the relationship stands."""

    purchases: tuple[Purchase, ...] = ()
    returns: tuple[Purchase, ...] = ()
    objections: tuple[str, ...] = ()
    """Kinds of the objections that are not settled."""
    heard_on: date | None = None
    """When something was last heard or noted of them."""
    waiting_since: date | None = None
    """Since when an open deal with them stands in its stage; None without one."""


@dataclass(frozen=True)
class Sign:
    """A sign of decline with the figures that it was found by."""

    kind: str
    figures: dict[str, Any] = field(default_factory=dict)


def rhythm(purchases: Iterable[Purchase]) -> float | None:
    """The usual days from one purchase to the next; None below three days with a purchase."""
    days = sorted({purchase.on for purchase in purchases})
    return (days[-1] - days[0]).days / (len(days) - 1) if len(days) >= RHYTHM_FROM else None


def stage(purchases: Sequence[Purchase], today: date, limits: Limits) -> str:
    """The stage of the relationship, by what was bought and when."""
    bought = _until(purchases, today)
    if not bought:
        return "incubation"
    days = [purchase.on for purchase in bought]
    known_for, quiet_for, gap = (today - min(days)).days, (today - max(days)).days, rhythm(bought)
    patience = limits.once_days if gap is None else max(limits.interrupted_days, limits.interrupted_rhythms * gap)
    if quiet_for > patience:
        return "interrupted"
    if len(bought) >= limits.partner_purchases and known_for >= limits.partner_days:
        return "partner"
    if len(bought) >= limits.middle_purchases and known_for >= limits.middle_days:
        return "middle"
    return "early"


def signs(history: History, today: date, limits: Limits) -> list[Sign]:
    """What speaks for a decline, the surest first; empty where nothing does."""
    bought = _until(history.purchases, today)
    found = [
        _overdue(bought, today, limits),
        _fewer(bought, today, limits),
        _smaller(bought, today, limits),
        _returns(history.returns, today, limits),
        _objections(history.objections),
        _silent(history.heard_on, today, limits),
        _stuck(history.waiting_since, today, limits),
    ]
    return [sign for sign in found if sign is not None]


def turning(waiting: bool, lacks: bool, typed: bool) -> str:
    """The step of the cycle that is due.

    Whoever waits for an answer gets it at once; then what is not known is found out (`lacks`), then the type (`typed`
    once there is one), and with all of that the strategy for the type is followed.
    """
    if waiting:
        return "respond"
    if lacks:
        return "interact"
    return "map" if typed else "differentiate"


def phase(history: History, today: date, limits: Limits) -> str:
    """The relationship in time: second thoughts where somebody who has bought shows signs of decline."""
    bought = _until(history.purchases, today)
    if not bought:
        return "acquaintance"
    reached = stage(bought, today, limits)
    if reached == "interrupted" or signs(history, today, limits):
        return "second_thoughts"
    known_for = (today - min(purchase.on for purchase in bought)).days
    if reached == "early":
        return "acquaintance" if known_for <= limits.acquaintance_days else "reserve"
    return "firm" if reached == "partner" else "steady"


def outlook(
    history: History,
    today: date,
    limits: Limits,
    class_: str | None = None,
    lost_for: str | None = None,
    earned_minor: int | None = None,
) -> tuple[str, str]:
    """Whether to recover the relationship or to let it go, and why.

    `class_` is the customer's MAN class, `lost_for` what the last deal was lost for, `earned_minor` profit less
    what was spent on them, None where it is not known. (`keep`, `no_signs`) where nothing speaks for a decline.
    """
    if class_ == "m+a+n":
        return LET_GO, "no_customer"
    if lost_for == "natural":
        return LET_GO, "natural"
    declining = signs(history, today, limits) or stage(history.purchases, today, limits) == "interrupted"
    if not declining:
        return KEEP, "no_signs"
    if earned_minor is not None and earned_minor < 0:
        return LET_GO, "loss"
    if _share_returned(history) >= limits.returns_share:
        return LET_GO, "returns"
    return RECOVER, "has_bought" if history.purchases else "still_open"


def _until(purchases: Iterable[Purchase], today: date) -> list[Purchase]:
    return [purchase for purchase in purchases if purchase.on <= today]


def _overdue(bought: Sequence[Purchase], today: date, limits: Limits) -> Sign | None:
    gap = rhythm(bought)
    if gap is None:
        return None
    quiet_for = (today - max(purchase.on for purchase in bought)).days
    return (
        Sign("overdue", {"every": round(gap), "days": quiet_for}) if quiet_for > limits.overdue_rhythms * gap else None
    )


def _windows(bought: Sequence[Purchase], today: date, limits: Limits) -> tuple[list[Purchase], list[Purchase]]:
    """The purchases of the last window and of the one before it."""
    middle = today - timedelta(days=limits.window_days)
    begin = middle - timedelta(days=limits.window_days)
    return [each for each in bought if each.on > middle], [each for each in bought if begin < each.on <= middle]


def _fewer(bought: Sequence[Purchase], today: date, limits: Limits) -> Sign | None:
    now, before = _windows(bought, today, limits)
    # One purchase against none is no habit that was given up.
    if len(before) < 2 or len(now) > limits.fewer_share * len(before):
        return None
    return Sign("fewer", {"now": len(now), "before": len(before), "days": limits.window_days})


def _smaller(bought: Sequence[Purchase], today: date, limits: Limits) -> Sign | None:
    now, before = _windows(bought, today, limits)
    currencies = {each.currency for each in (*now, *before)}
    if not now or len(currencies) != 1:
        return None
    sums = sum(each.amount_minor for each in now), sum(each.amount_minor for each in before)
    if sums[0] > limits.smaller_share * sums[1] or sums[1] <= 0:
        return None
    figures = {"now": sums[0], "before": sums[1], "currency": currencies.pop(), "days": limits.window_days}
    return Sign("smaller", figures)


def _returns(returned: Sequence[Purchase], today: date, limits: Limits) -> Sign | None:
    since = today - timedelta(days=limits.window_days)
    count = sum(since < each.on <= today for each in returned)
    return Sign("returns", {"count": count, "days": limits.window_days}) if count else None


def _objections(kinds: Sequence[str]) -> Sign | None:
    return Sign("objections", {"count": len(kinds), "kinds": sorted(set(kinds))}) if kinds else None


def _silent(heard_on: date | None, today: date, limits: Limits) -> Sign | None:
    days = (today - heard_on).days if heard_on else 0
    return Sign("silent", {"days": days}) if days > limits.silent_days else None


def _stuck(waiting_since: date | None, today: date, limits: Limits) -> Sign | None:
    days = (today - waiting_since).days if waiting_since else 0
    return Sign("stuck", {"days": days}) if days >= limits.stuck_days else None


def _share_returned(history: History) -> float:
    """What came back as a share of what was bought, in the currency of most purchases; 0 where nothing was bought."""
    counts: dict[str | None, int] = {}
    for each in history.purchases:
        counts[each.currency] = counts.get(each.currency, 0) + 1
    main = max(counts, key=lambda currency: counts[currency], default=None)
    bought = sum(each.amount_minor for each in history.purchases if each.currency == main)
    back = sum(each.amount_minor for each in history.returns if each.currency == main)
    return back / bought if bought > 0 else 0.0
