"""When the last of everything happened that reports count: nothing need be looked for after it."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.sql.selectable import ScalarSelect

from bot.domain.rollups import MEMBERS, REPEATS, STANDING, SURVEYS, TAKINGS, UNSENT, reasons_of, sent
from bot.domain.touchpoints import Kind
from storage.database import Tx, remember
from storage.tables import answer, customer, loss, purchase, survey_run

NEVER = datetime.min.replace(tzinfo=UTC)


def of(tx: Tx, series: str) -> datetime:
    """When the last of a series happened, or is planned; `NEVER` where nothing has yet."""
    return remember(tx, of, lambda: _load(tx))[series]


def _load(tx: Tx) -> Mapping[str, datetime]:
    found = tx.execute(_LAST).mappings().one()
    given = {kind: found[kind] for kind in SURVEYS}
    lasts = {
        **given,
        STANDING: given[Kind.NPS],
        REPEATS: given[Kind.NPS],
        **{reasons_of(kind): at for kind, at in given.items()},
        **{sent(kind): found["sent_at"] for kind in SURVEYS},
        UNSENT: found["planned_at"],
        TAKINGS: found["purchased_at"],
    }
    moved = (found[name] or NEVER for name in ("joined_at", "lost_at", "recovered_at"))
    return {series: at or NEVER for series, at in lasts.items()} | {MEMBERS: max(moved)}


def _last(instant: ColumnElement[datetime], *where: ColumnElement[bool]) -> ScalarSelect[datetime]:
    return select(func.max(instant)).where(*where).scalar_subquery()


# Each by itself: each is found at the end of an index.
_LAST = select(
    *(_last(answer.c.answered_at, answer.c.kind == kind).label(kind) for kind in SURVEYS),
    _last(survey_run.c.planned_at, survey_run.c.sent_at.is_(None)).label("planned_at"),
    *(
        _last(instant, instant.is_not(None)).label(instant.name)
        for instant in (
            survey_run.c.sent_at,
            customer.c.joined_at,
            loss.c.lost_at,
            loss.c.recovered_at,
            purchase.c.purchased_at,
        )
    ),
)
