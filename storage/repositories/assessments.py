"""Customers scored by the method: audits, distributor scores and credit ratings, as far as a speaker may see them."""

from __future__ import annotations

from sqlalchemy import Select, select

from storage.models import Assessment, Company, Opportunity, Person
from storage.repositories.visibility import SeenBy

Assessed = Opportunity | Company | Person
"""What is scored: an audit is of an opportunity, a distributor and a credit rating of a company, or of a person."""

_COLUMNS = {
    Opportunity: Assessment.opportunity_id,
    Company: Assessment.company_id,
    Person: Assessment.person_id,
}


class Assessments(SeenBy):
    """The scores of visible customers."""

    def latest(self, kind: str, assessed: Assessed, quarter: str | None = None) -> Assessment | None:
        """The one that was begun last; with a `quarter` the one for that quarter."""
        query = self._of(kind, assessed)
        if quarter is not None:
            query = query.where(Assessment.quarter == quarter)
        return self._session.scalar(query.limit(1))

    def finished_before(self, kind: str, assessed: Assessed, assessment: Assessment | None) -> Assessment | None:
        """The last one finished before `assessment`, or at all: what a new one is compared with."""
        query = self._of(kind, assessed).where(Assessment.finished_at.is_not(None))
        if assessment is not None:
            query = query.where(Assessment.id < assessment.id)
        return self._session.scalar(query.limit(1))

    def before_quarter(self, kind: str, assessed: Assessed, quarter: str) -> Assessment | None:
        """The one for the last quarter before `quarter` that has one."""
        query = self._of(kind, assessed).where(Assessment.quarter < quarter).order_by(None)
        return self._session.scalar(query.order_by(Assessment.quarter.desc(), Assessment.id.desc()).limit(1))

    def _of(self, kind: str, assessed: Assessed) -> Select[Assessment]:
        model = type(assessed)
        query = select(Assessment).join(model, model.id == _COLUMNS[model])
        of_it = (model.id == assessed.id, Assessment.kind == kind, self._mine(model.owner_id))
        return query.where(*of_it).order_by(Assessment.id.desc())
