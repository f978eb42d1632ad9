"""What became of surveys is counted once a day too: those not sent by their fate, those sent with their reminders."""

import sqlalchemy as sa
from alembic import op

revision = "0018_funnel"
down_revision = "0017_rollup"
branch_labels = None
depends_on = None

UNSENT, SENT = sa.text("sent_at is null"), sa.text("sent_at is not null")


def upgrade() -> None:
    op.create_index("ix_survey_run_unsent", "survey_run", ["planned_at"], sqlite_where=UNSENT, postgresql_where=UNSENT)
    # Of those sent alone: SQLite would otherwise look through all that were not for the few of a day.
    _index_sent(where=SENT)
    op.create_index("ix_survey_run_over", "survey_run", ["closes_at"], sqlite_where=SENT, postgresql_where=SENT)
    # Surveys that were sent are counted from the beginning again: what was counted knows nothing of reminders.
    op.execute("DELETE FROM rollup_state WHERE series LIKE 'sent %'")


def downgrade() -> None:
    op.drop_index("ix_survey_run_over", "survey_run")
    _index_sent(where=None)
    op.drop_index("ix_survey_run_unsent", "survey_run")
    op.execute("DELETE FROM rollup_state WHERE series = 'unsent'")
    op.execute("DELETE FROM rollup WHERE series = 'unsent'")
    op.execute("DELETE FROM rollup_mark WHERE series = 'unsent'")


def _index_sent(*, where: sa.TextClause | None) -> None:
    op.drop_index("ix_survey_run_sent", "survey_run")
    op.create_index("ix_survey_run_sent", "survey_run", ["sent_at", "kind"], sqlite_where=where, postgresql_where=where)
