"""What reports count, counted once a day; the triggers that keep it true are made after every migration."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, UtcDateTime

revision = "0017_rollup"
down_revision = "0016_reasons"
branch_labels = None
depends_on = None

SLOTS = tuple(f"n{slot}" for slot in range(11))


def upgrade() -> None:
    op.create_index("ix_loss_recovered_at", "loss", ["recovered_at"])
    _create_counted("rollup", "dimension", "day", "segment")
    _create_counted("rollup_pair", "first_day", "last_day")
    op.create_index("ix_rollup_pair_series_last_day", "rollup_pair", ["series", "last_day"])
    op.create_table(
        "rollup_state",
        sa.Column("series", sa.String, nullable=False),
        sa.Column("timezone", sa.String, nullable=False),
        sa.Column("dimensions", sa.String, nullable=False),
        sa.Column("counted_until", sa.Date, nullable=False),
        sa.Column("marked_before", UtcDateTime, nullable=False),
        sa.Column("marked_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("series", name="pk_rollup_state"),
    )
    _create_changed("rollup_mark", sa.Column("until", UtcDateTime), sa.Column("since", UtcDateTime))
    _create_changed(
        "rollup_change",
        sa.Column("segmentation_id", Id),
        sa.Column("slot", sa.Integer, nullable=False),
        sa.Column("change", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    for name in ("rollup_change", "rollup_mark", "rollup_state", "rollup_pair", "rollup"):
        op.drop_table(name)
    op.drop_index("ix_loss_recovered_at", "loss")


def _create_counted(name: str, *keys: str) -> None:
    """A table of counts by series and whatever else they are known by."""
    op.create_table(
        name,
        sa.Column("series", sa.String, nullable=False),
        *(sa.Column(key, sa.Date if key.endswith("day") else sa.String, nullable=False) for key in keys),
        *(sa.Column(slot, sa.Integer, nullable=False) for slot in SLOTS),
        sa.PrimaryKeyConstraint("series", *keys, name=f"pk_{name}"),
    )


def _create_changed(name: str, *columns: sa.Column[object]) -> None:
    """A table of what has changed since it was counted."""
    op.create_table(
        name,
        sa.Column("id", Id, nullable=False),
        sa.Column("series", sa.String, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
    )
    op.create_index(f"ix_{name}_series_at", name, ["series", "at"])
