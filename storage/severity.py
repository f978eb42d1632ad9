"""Which cases are severe: health and the contact policy ask the same."""

from sqlalchemy import ColumnElement, FromClause, and_, or_, select

from bot.domain.health_measures import SEVERE
from storage.tables import support_case

_theirs = support_case.alias("theirs")


def is_severe(late: ColumnElement[bool], *, of: FromClause = support_case) -> ColumnElement[bool]:
    """Whether a case is of somebody very unhappy, or `late`: long past its deadline."""
    unhappy = (and_(of.c.survey_kind == kind, of.c.score <= score) for kind, score in SEVERE.items())
    return or_(late, *unhappy)


def is_unsettled(customer_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a severe case of a customer is open."""
    is_open = (_theirs.c.customer_id == customer_id, _theirs.c.resolved_at.is_(None))
    severe = is_severe(_theirs.c.solve_escalated_at.is_not(None), of=_theirs)
    return select(_theirs.c.id).where(*is_open, severe).exists()
