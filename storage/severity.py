"""Which cases are severe: health and the contact policy ask the same."""

from datetime import datetime

from sqlalchemy import ColumnElement, FromClause, Integer, and_, case, func, or_, select

from bot.domain.health_measures import SEVERE
from bot.domain.surveys import BANDS
from storage.columns import unindexed
from storage.tables import answer, support_case

_theirs, _later = support_case.alias("theirs"), answer.alias("later")

_UNHURT = {kind: passive for kind, (passive, _) in BANDS.items()}


def score_now(*, of: FromClause = support_case, at: datetime | None = None) -> ColumnElement[int]:
    """The latest score that the customer gave, by then, in the kind of survey that opened a case; else its own."""
    given_at = func.coalesce(_later.c.changed_at, _later.c.answered_at)
    latest = select(_later.c.score).where(
        _later.c.customer_id == of.c.customer_id,
        unindexed(_later.c.kind) == of.c.survey_kind,
        given_at >= of.c.opened_at,
        *([given_at <= at] if at is not None else []),
    )
    latest = latest.order_by(given_at.desc(), _later.c.run_id.desc()).limit(1).correlate(of)
    return func.coalesce(latest.scalar_subquery(), of.c.score, type_=Integer)


def is_severe(
    late: ColumnElement[bool], *, of: FromClause = support_case, at: datetime | None = None
) -> ColumnElement[bool]:
    """Whether a case is of somebody who is very unhappy, or is `late`, long past its deadline.

    The score counts that the customer gave last: who says by now that they are not unhappy has no severe complaint,
    though the case stays open until its owner closes it.
    """
    score = score_now(of=of, at=at)
    very_unhappy = score <= case(dict(SEVERE), value=of.c.survey_kind)
    unhurt = func.coalesce(score >= case(_UNHURT, value=of.c.survey_kind), False)
    return or_(very_unhappy, and_(late, ~unhurt))


def is_unsettled(customer_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a severe case of a customer is open."""
    is_open = (_theirs.c.customer_id == customer_id, _theirs.c.resolved_at.is_(None))
    severe = is_severe(_theirs.c.solve_escalated_at.is_not(None), of=_theirs)
    return select(_theirs.c.id).where(*is_open, severe).exists()
