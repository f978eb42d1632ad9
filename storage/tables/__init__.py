"""The tables. Rows stay in this package: queries return domain values.

Rows with `table=True` do not validate, so what must hold is said to the database: CHECK, UNIQUE, NOT NULL.
"""

from sqlalchemy import event

from storage import rollup_marks
from storage.tables import (
    care as care,
    customers as customers,
    facts as facts,
    messages as messages,
    rollups as rollups,
    standings as standings,
    surveys as surveys,
    trust as trust,
)
from storage.tables.base import (
    APART as APART,
    DRAWN as DRAWN,
    IN_TURN as IN_TURN,
    UNSCORED as UNSCORED,
    metadata as metadata,
)

# Queries name these, so that a column is a column to the type checker, and no row object is ever built.
answer = metadata.tables["answer"]
audit = metadata.tables["audit"]
cancellation = metadata.tables["cancellation"]
command_text = metadata.tables["command_text"]
consent = metadata.tables["consent"]
contract = metadata.tables["contract"]
customer = metadata.tables["customer"]
encryption_key = metadata.tables["encryption_key"]
forgotten = metadata.tables["forgotten"]
greeting_progress = metadata.tables["greeting_progress"]
health = metadata.tables["health"]
health_count = metadata.tables["health_count"]
health_day = metadata.tables["health_day"]
health_snapshot = metadata.tables["health_snapshot"]
hold = metadata.tables["hold"]
inbox = metadata.tables["inbox"]
ingest = metadata.tables["ingest"]
interaction = metadata.tables["interaction"]
link = metadata.tables["link"]
loss = metadata.tables["loss"]
milestone = metadata.tables["milestone"]
outbox = metadata.tables["outbox"]
ownership = metadata.tables["ownership"]
purchase = metadata.tables["purchase"]
rate = metadata.tables["rate"]
revenue_at_risk = metadata.tables["revenue_at_risk"]
rollup = metadata.tables["rollup"]
rollup_change = metadata.tables["rollup_change"]
rollup_mark = metadata.tables["rollup_mark"]
rollup_pair = metadata.tables["rollup_pair"]
rollup_state = metadata.tables["rollup_state"]
segmentation = metadata.tables["segmentation"]
reason_theme = metadata.tables["reason_theme"]
staff = metadata.tables["staff"]
standing = metadata.tables["standing"]
standing_round = metadata.tables["standing_round"]
success_plan = metadata.tables["success_plan"]
support_case = metadata.tables["support_case"]
survey_run = metadata.tables["survey_run"]
theme = metadata.tables["theme"]
theme_dictionary = metadata.tables["theme_dictionary"]
theme_seed = metadata.tables["theme_seed"]
ticket = metadata.tables["ticket"]
usage_event = metadata.tables["usage_event"]
wave = metadata.tables["wave"]
wave_member = metadata.tables["wave_member"]
win_back = metadata.tables["win_back"]

event.listen(metadata, "after_create", lambda _tables, connection, **_: rollup_marks.create(connection))
