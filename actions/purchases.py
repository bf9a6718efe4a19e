"""A deal that is won is a purchase: it goes into the customer's file with the others."""

from __future__ import annotations

from actions.turn import Turn
from storage.models import Opportunity, Transaction


def log_purchase(turn: Turn, opportunity: Opportunity) -> None:
    """Puts a won deal with an amount on record as a purchase of today.

    Called again for the same deal, it corrects that purchase. Without an amount, or a customer, nothing is logged.
    """
    if opportunity.amount_minor is None or not (opportunity.company_id or opportunity.contact_id):
        return
    transactions = turn.work.transactions(turn.speaker)
    purchase = transactions.of_opportunity(opportunity.id) or Transaction(
        team_id=turn.speaker.team_id,
        opportunity_id=opportunity.id,
        message_id=turn.message.id,
        kind="purchase",
        happened_on=turn.now.date(),
        created_at=turn.now,
    )
    # A company's purchases must not go when one of its people is forgotten.
    purchase.company_id = opportunity.company_id
    purchase.person_id = None if opportunity.company_id else opportunity.contact_id
    purchase.amount_minor = opportunity.amount_minor
    purchase.currency = opportunity.currency or turn.currency
    purchase.product = opportunity.product
    transactions.add(purchase)
