"""PostgreSQL is told how few answers are drawn: it took them for a third of all, and read every reason instead."""

from alembic import op

revision = "0023_drawn_statistics"
down_revision = "0022_by_the_hour"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE STATISTICS st_answer_in_turn ON (run_id * 2654435761 % 4294967296) FROM answer")
        op.execute("ANALYZE answer")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP STATISTICS st_answer_in_turn")
