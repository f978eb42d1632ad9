"""What customers' health needs: the score as it is, its history, and who asked to cancel."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, UtcDateTime

revision = "0011_health"
down_revision = "0010_plans"
branch_labels = None
depends_on = None

COLOURS = "colour in ('red', 'yellow', 'green', 'grey')"
SCORES = "score between 0 and 100"


def upgrade() -> None:
    op.add_column("customer", sa.Column("health_on", sa.Date(), nullable=True))
    _create_index("ix_customer_unscored", "customer", ["health_on", "id"], where="lost_at is null")
    _create_health()
    _create_snapshots()
    _create_cancellations()


def downgrade() -> None:
    op.drop_table("cancellation")
    op.drop_table("health_snapshot")
    op.drop_table("health")
    op.drop_index("ix_customer_unscored", "customer")
    op.drop_column("customer", "health_on")


def _create_index(name: str, table: str, columns: list[str], *, where: str, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _assessed() -> list[sa.Column[object]]:
    return [
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("colour", sa.String(), nullable=False),
        sa.Column("scorecard", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("override", sa.String(), nullable=True),
        sa.Column("nps", sa.Integer(), nullable=True),
        sa.Column("parts", sa.JSON(), nullable=False),
    ]


def _create_health() -> None:
    op.create_table(
        "health",
        sa.Column("customer_id", Id, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *_assessed(),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("score_before", sa.Integer(), nullable=True),
        sa.Column("colour_before", sa.String(), nullable=True),
        sa.Column("value_minor", Id, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("alert", sa.String(), nullable=True),
        sa.Column("alerted_on", sa.Date(), nullable=True),
        sa.CheckConstraint(COLOURS, name=op.f("ck_health_colour")),
        sa.CheckConstraint(SCORES, name=op.f("ck_health_score")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_health_customer_id"),
        sa.PrimaryKeyConstraint("customer_id", name="pk_health"),
    )
    op.create_index("ix_health_risk", "health", ["colour", "currency", "value_minor"])
    _create_index("ix_health_alert", "health", ["alert"], where="alert is not null")


def _create_snapshots() -> None:
    op.create_table(
        "health_snapshot",
        sa.Column("customer_id", Id, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *_assessed(),
        sa.CheckConstraint(COLOURS, name=op.f("ck_health_snapshot_colour")),
        sa.CheckConstraint(SCORES, name=op.f("ck_health_snapshot_score")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_health_snapshot_customer_id"),
        sa.PrimaryKeyConstraint("customer_id", "day", name="pk_health_snapshot"),
    )


def _create_cancellations() -> None:
    op.create_table(
        "cancellation",
        sa.Column("id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("noted_by", Id, nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_cancellation_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_cancellation"),
    )
    op.create_index("ix_cancellation_customer_id", "cancellation", ["customer_id"])
    where = "withdrawn_at is null"
    _create_index("uq_cancellation_open", "cancellation", ["customer_id"], where=where, unique=True)
