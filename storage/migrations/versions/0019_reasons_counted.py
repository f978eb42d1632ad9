"""A part of the reasons in an index of its own, to be drawn from, and what customers write without a score."""

import sqlalchemy as sa
from alembic import op

revision = "0019_reasons_counted"
down_revision = "0018_funnel"
branch_labels = None
depends_on = None

UNSCORED = "kind in ('message', 'feedback') and body <> ''"
DRAWN = {
    "ix_answer_drawn_128": "reason <> '' and run_id * 2654435761 % 4294967296 < 33554432",
    "ix_answer_drawn_8": "reason <> '' and run_id * 2654435761 % 4294967296 < 536870912",
}


def upgrade() -> None:
    for name, drawn in DRAWN.items():
        _create_index(name, "answer", ["answered_at", "kind"], drawn)
    _create_index("ix_interaction_unscored", "interaction", ["happened_at"], UNSCORED)


def downgrade() -> None:
    op.drop_index("ix_interaction_unscored", "interaction")
    for name in DRAWN:
        op.drop_index(name, "answer")


def _create_index(name: str, table: str, columns: list[str], only: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(only), postgresql_where=sa.text(only))
