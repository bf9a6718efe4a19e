"""Every query, by what it is about."""

from storage.repositories.assessments import Assessed, Assessments
from storage.repositories.attachments import Attachments, KeptFiles
from storage.repositories.catalogue import Catalogue
from storage.repositories.customer_file import CustomerFile
from storage.repositories.customers import Customers, Known, Period, StageTotal, Wanted
from storage.repositories.deals import Deals, ReasonTotal, SourceTotal
from storage.repositories.forgetting import Forgetting
from storage.repositories.inbox import Messages
from storage.repositories.objections import AnswerCount, Objections
from storage.repositories.outbox import NO_LABELS, Labels, Outbox
from storage.repositories.referrals import Referrals
from storage.repositories.reminders import Reminders
from storage.repositories.teams import Team
from storage.repositories.transactions import Bought, Transactions

__all__ = [
    "NO_LABELS",
    "AnswerCount",
    "Assessed",
    "Assessments",
    "Attachments",
    "Bought",
    "Catalogue",
    "CustomerFile",
    "Customers",
    "Deals",
    "Forgetting",
    "KeptFiles",
    "Known",
    "Labels",
    "Messages",
    "Objections",
    "Outbox",
    "Period",
    "ReasonTotal",
    "Referrals",
    "Reminders",
    "SourceTotal",
    "StageTotal",
    "Team",
    "Transactions",
    "Wanted",
]
