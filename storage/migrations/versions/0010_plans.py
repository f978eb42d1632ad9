"""What success plans need that both sides see: whose turn it is, measures, tips, the customer's own words."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, UtcDateTime

revision = "0010_plans"
down_revision = "0009_encryption"
branch_labels = None
depends_on = None

OF_PLAN = ("goal_said_at", "goal_until", "stuck_at")
MEASURE = ("measure_start", "measure_target", "measure_value")
OF_MILESTONE = ("owner", "proof", "claimed_at", "measure_name", "measure_unit", *MEASURE, "tip", "tip_at")


def upgrade() -> None:
    for column in OF_PLAN:
        op.add_column("success_plan", sa.Column(column, UtcDateTime(), nullable=True))
    op.add_column("success_plan", sa.Column("goal_message_id", Id, nullable=True))
    with op.batch_alter_table("milestone") as table:
        table.add_column(sa.Column("owner", sa.String(), nullable=False, server_default="customer"))
        table.add_column(sa.Column("proof", sa.Boolean(), nullable=False, server_default=sa.text("false")))
        table.add_column(sa.Column("claimed_at", UtcDateTime(), nullable=True))
        table.add_column(sa.Column("measure_name", sa.String(), nullable=True))
        table.add_column(sa.Column("measure_unit", sa.String(), nullable=True))
        for column in MEASURE:
            table.add_column(sa.Column(column, sa.Float(), nullable=True))
        table.add_column(sa.Column("tip", sa.String(), nullable=True))
        table.add_column(sa.Column("tip_at", UtcDateTime(), nullable=True))
        table.create_check_constraint("owner", "owner in ('customer', 'company')")
    for name, column, where in (
        ("ix_milestone_tip", "tip_at", sa.text("tip_at is not null")),
        ("ix_milestone_open", "due_at", sa.text("done_at is null")),
    ):
        op.create_index(name, "milestone", [column], sqlite_where=where, postgresql_where=where)
    op.create_index("ix_customer_linked_at", "customer", ["linked_at"])


def downgrade() -> None:
    op.drop_index("ix_customer_linked_at", "customer")
    for name in ("ix_milestone_open", "ix_milestone_tip"):
        op.drop_index(name, "milestone")
    with op.batch_alter_table("milestone") as table:
        table.drop_constraint("owner", type_="check")
        for column in reversed(OF_MILESTONE):
            table.drop_column(column)
    for column in ("goal_message_id", *reversed(OF_PLAN)):
        op.drop_column("success_plan", column)
