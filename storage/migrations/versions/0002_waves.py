"""Survey waves and the customers in them."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, UtcDateTime

revision = "0002_waves"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wave",
        sa.Column("id", Id, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_by", Id, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("chat_id", Id, nullable=True),
        sa.Column("message_id", Id, nullable=True),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("shown_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "status in ('draft', 'running', 'paused', 'stopped', 'done', 'cancelled')", name=op.f("ck_wave_status")
        ),
        sa.CheckConstraint("kind in ('nps', 'ces', 'csat')", name=op.f("ck_wave_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave")),
    )
    op.create_table(
        "wave_member",
        sa.Column("wave_id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("run_id", Id, nullable=True),
        sa.Column("queued_on", sa.Date(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.CheckConstraint("state in ('planned', 'queued', 'skipped', 'recalled')", name=op.f("ck_wave_member_state")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_wave_member_wave_id")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_wave_member_customer_id")),
        sa.ForeignKeyConstraint(["run_id"], ["survey_run.id"], name=op.f("fk_wave_member_run_id")),
        sa.PrimaryKeyConstraint("wave_id", "customer_id", name=op.f("pk_wave_member")),
    )
    op.create_index("ix_wave_member_turn", "wave_member", ["wave_id", "state", "position"])
    op.create_index("ix_wave_member_customer_id", "wave_member", ["customer_id"])


def downgrade() -> None:
    op.drop_table("wave_member")
    op.drop_table("wave")
