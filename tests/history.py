"""What happened before a test begins: surveys that were sent and answered, put in as rows."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import insert

from bot.domain.segments import Segmentation
from bot.domain.surveys import SCALE_NAMES
from bot.domain.touchpoints import Kind
from storage import segments
from storage.database import Database, Tx
from storage.tables import answer, survey_run

NONE = Segmentation()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A survey that was sent, with its answer if it has a score; answered at once unless said otherwise."""

    customer_id: int
    sent_at: datetime
    score: int | None = None
    kind: Kind = Kind.NPS
    answered_at: datetime | None = None
    segment: str = "gold"
    csm_id: int | None = None
    others: Segmentation = NONE
    reason: str | None = None
    open_for: timedelta = timedelta(days=14)

    @property
    def segmentation(self) -> Segmentation:
        """The plan, the CSM, and what else is said."""
        csm_id = "" if self.csm_id is None else str(self.csm_id)
        return replace(self.others, plan=self.segment, csm_id=csm_id)


def remember(database: Database, surveys: Iterable[Asked]) -> None:
    """Put the surveys in, in the order of their ids."""

    def add(tx: Tx, *, now: datetime) -> None:
        for each in surveys:
            kept = segments.keep(tx, {each.segmentation})[each.segmentation]
            run = {**_run(each), "segmentation_id": kept}
            run_id = tx.execute(insert(survey_run).values(run).returning(survey_run.c.id)).scalar_one()
            if each.score is not None:
                tx.execute(insert(answer).values({**_answer(each, run_id), "segmentation_id": kept}))

    database.write_now(add)


def _run(asked: Asked) -> dict[str, object]:
    return {
        "customer_id": asked.customer_id,
        "kind": asked.kind,
        "trigger": "manual",
        "subject": "",
        "wording": "test",
        "planned_at": asked.sent_at,
        "sent_at": asked.sent_at,
        "closes_at": asked.sent_at + asked.open_for,
    }


def _answer(asked: Asked, run_id: int) -> dict[str, object]:
    return {
        "run_id": run_id,
        "customer_id": asked.customer_id,
        "kind": asked.kind,
        "score": asked.score,
        "scale": SCALE_NAMES[asked.kind],
        "answered_at": asked.answered_at or asked.sent_at,
        "reason": asked.reason,
    }
