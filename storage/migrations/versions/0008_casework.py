"""What the figures of cases need: the very first answer and resolution; and answers that were taken back."""

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcDateTime

revision = "0008_casework"
down_revision = "0007_wording"
branch_labels = None
depends_on = None

KINDS_BEFORE = "kind in ('message', 'feedback', 'note', 'request', 'reply', 'call', 'meeting')"
KINDS = "kind in ('message', 'feedback', 'note', 'request', 'reply', 'unsent', 'call', 'meeting')"


def upgrade() -> None:
    with op.batch_alter_table("support_case") as table:
        table.add_column(sa.Column("answered_at", UtcDateTime()))
        table.add_column(sa.Column("first_resolved_at", UtcDateTime()))
        table.create_index("ix_support_case_opened_at", ["opened_at"])
    op.execute("UPDATE support_case SET answered_at = first_answer_at")
    op.execute("UPDATE support_case SET first_resolved_at = resolved_at WHERE resolved_by IS NOT NULL")
    _set_kinds(KINDS)


def downgrade() -> None:
    op.execute("UPDATE interaction SET kind = 'reply' WHERE kind = 'unsent'")
    _set_kinds(KINDS_BEFORE)
    with op.batch_alter_table("support_case") as table:
        table.drop_index("ix_support_case_opened_at")
        table.drop_column("first_resolved_at")
        table.drop_column("answered_at")


def _set_kinds(rule: str) -> None:
    with op.batch_alter_table("interaction") as table:
        table.drop_constraint(op.f("ck_interaction_kind"), type_="check")
        table.create_check_constraint(op.f("ck_interaction_kind"), rule)
