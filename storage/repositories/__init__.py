"""Every query, by what it is about."""

from storage.repositories.catalogue import Catalogue
from storage.repositories.customers import Customers, Known, Period, StageTotal, Wanted
from storage.repositories.forgetting import Forgetting
from storage.repositories.inbox import Messages
from storage.repositories.outbox import Outbox
from storage.repositories.referrals import Referrals
from storage.repositories.reminders import Reminders
from storage.repositories.teams import Team
from storage.repositories.transactions import Bought, Transactions

__all__ = [
    "Bought",
    "Catalogue",
    "Customers",
    "Forgetting",
    "Known",
    "Messages",
    "Outbox",
    "Period",
    "Referrals",
    "Reminders",
    "StageTotal",
    "Team",
    "Transactions",
    "Wanted",
]
