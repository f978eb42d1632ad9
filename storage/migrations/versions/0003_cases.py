"""Cases: what is wrong for a customer, who has taken it on, and how it ended."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, UtcDateTime

revision = "0003_cases"
down_revision = "0002_waves"
branch_labels = None
depends_on = None

KINDS_BEFORE = "kind in ('message', 'feedback', 'note', 'request')"
KINDS = "kind in ('message', 'feedback', 'note', 'request', 'reply', 'call', 'meeting')"
UNDER_WAY = sa.text("status in ('pending', 'sending')")
OPEN = sa.text("resolved_at is null")


def upgrade() -> None:
    _create_support_case()
    _set_kinds(KINDS)
    with op.batch_alter_table("interaction") as table:
        table.add_column(sa.Column("case_id", Id))
        table.create_foreign_key("fk_interaction_case_id", "support_case", ["case_id"], ["id"])
        table.create_index("ix_interaction_case_id", ["case_id"])
    with op.batch_alter_table("outbox") as table:
        table.add_column(sa.Column("lane", sa.String))
        table.add_column(sa.Column("case_id", Id))
        table.create_foreign_key("fk_outbox_case_id", "support_case", ["case_id"], ["id"])
        table.create_index("ix_outbox_case_id", ["case_id"])
        table.create_index("ix_outbox_lane", ["lane", "id"], sqlite_where=UNDER_WAY, postgresql_where=UNDER_WAY)


def downgrade() -> None:
    for name in ("outbox", "interaction"):
        with op.batch_alter_table(name) as table:
            table.drop_index(f"ix_{name}_case_id")
            table.drop_constraint(f"fk_{name}_case_id", type_="foreignkey")
            table.drop_column("case_id")
    with op.batch_alter_table("outbox") as table:
        table.drop_index("ix_outbox_lane")
        table.drop_column("lane")
    op.execute("UPDATE interaction SET kind = 'note' WHERE kind IN ('reply', 'call', 'meeting')")
    _set_kinds(KINDS_BEFORE)
    op.drop_table("support_case")


def _set_kinds(rule: str) -> None:
    with op.batch_alter_table("interaction") as table:
        table.drop_constraint(op.f("ck_interaction_kind"), type_="check")
        table.create_check_constraint(op.f("ck_interaction_kind"), rule)


def _create_support_case() -> None:
    op.create_table(
        "support_case",
        sa.Column("id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("source", sa.String, nullable=False),
        sa.Column("survey_kind", sa.String),
        sa.Column("score", sa.Integer),
        sa.Column("words", sa.String, nullable=False),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.Column("opened_by", Id),
        sa.Column("csm_id", Id),
        sa.Column("chat_id", Id),
        sa.Column("thread_id", Id),
        sa.Column("card_message_id", Id),
        sa.Column("claimed_by", Id),
        sa.Column("claimed_at", UtcDateTime),
        sa.Column("snoozed_until", UtcDateTime),
        sa.Column("first_answer_at", UtcDateTime),
        sa.Column("answer_due_at", UtcDateTime, nullable=False),
        sa.Column("solve_due_at", UtcDateTime, nullable=False),
        sa.Column("answer_escalated_at", UtcDateTime),
        sa.Column("solve_escalated_at", UtcDateTime),
        sa.Column("looks_at", UtcDateTime),
        sa.Column("resolved_at", UtcDateTime),
        sa.Column("resolved_by", Id),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("reopened", sa.Integer, nullable=False),
        sa.Column("acknowledged_at", UtcDateTime),
        sa.Column("ces_planned_at", UtcDateTime),
        sa.Column("nps_before", sa.Integer),
        sa.Column("nps_planned_at", UtcDateTime),
        sa.Column("nps_run_id", Id),
        sa.CheckConstraint("source in ('survey', 'feedback', 'request', 'staff')", name=op.f("ck_support_case_source")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_support_case_customer_id")),
        sa.ForeignKeyConstraint(["nps_run_id"], ["survey_run.id"], name=op.f("fk_support_case_nps_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_case")),
    )
    op.create_index(
        "uq_support_case_open", "support_case", ["customer_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index("ix_support_case_customer_id", "support_case", ["customer_id"])
    op.create_index("ix_support_case_thread", "support_case", ["chat_id", "thread_id"])
    op.create_index("ix_support_case_looks_at", "support_case", ["looks_at"])
    op.create_index("ix_support_case_resolved_at", "support_case", ["resolved_at"])
