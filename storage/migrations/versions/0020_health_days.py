"""How many customers had which health on each business day, and indexes of who moved most and of who is red."""

import sqlalchemy as sa
from alembic import op

revision = "0020_health_days"
down_revision = "0019_reasons_counted"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # PostgreSQL can index the column only where it is kept, SQLite can add it only where it is not.
    kept = op.get_bind().dialect.name == "postgresql"
    moved = sa.Computed("score - score_before", persisted=kept)
    op.add_column("health", sa.Column("moved", sa.Integer(), moved, nullable=True))
    op.add_column("health", sa.Column("is_lost", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.execute(
        "UPDATE health SET is_lost = true WHERE customer_id IN (SELECT id FROM customer WHERE lost_at IS NOT NULL)"
    )
    _create_index("ix_health_moved", ["moved", "customer_id"], where="")
    _create_index("ix_health_red", ["colour", "currency", "value_minor", "since"], where="colour = 'red' and ")
    op.create_table(
        "health_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_health_day"),
        sa.CheckConstraint("state in ('open', 'past', 'complete', 'left_out')", name="state"),
    )
    op.create_table(
        "health_count",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("colour", sa.String(), nullable=False),
        sa.Column("colour_before", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "colour", "colour_before", "score", name="pk_health_count"),
    )
    _index_losses(where="lost_at is not null")
    # Who was scored on the last day was not counted, so that this day can never be whole.
    op.execute(
        "INSERT INTO health_day (day, state) SELECT max(day), 'left_out' FROM health HAVING max(day) IS NOT NULL"
    )


def downgrade() -> None:
    _index_losses(where=None)
    op.drop_table("health_count")
    op.drop_table("health_day")
    op.drop_index("ix_health_red", "health")
    op.drop_index("ix_health_moved", "health")
    op.drop_column("health", "is_lost")
    op.drop_column("health", "moved")


def _create_index(name: str, columns: list[str], *, where: str) -> None:
    """An index of those who are not lost."""
    sqlite, postgresql = sa.text(f"{where}is_lost = 0"), sa.text(f"{where}not is_lost")
    op.create_index(name, "health", columns, sqlite_where=sqlite, postgresql_where=postgresql)


def _index_losses(*, where: str | None) -> None:
    """An index of who is lost: of those who are not it was chosen before those that are made for them."""
    some = sa.text(where) if where else None
    op.drop_index("ix_customer_lost_at", "customer")
    op.create_index("ix_customer_lost_at", "customer", ["lost_at"], sqlite_where=some, postgresql_where=some)
