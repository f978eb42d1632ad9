"""One customer in 61 in indexes of their own: the pages of money look at some of very many one by one."""

import sqlalchemy as sa
from alembic import op

revision = "0024_money"
down_revision = "0023_drawn_statistics"
branch_labels = None
depends_on = None

OF_APART = "customer_id % 61 = 0"


def upgrade() -> None:
    _create_index("customer", ["joined_at", "id"], "id % 61 = 0")
    _create_index("purchase", ["customer_id", "currency", "purchased_at", "amount_minor"], OF_APART)
    _create_index("loss", ["lost_at", "recovered_at", "customer_id"], OF_APART)
    _create_index("ticket", ["customer_id", "solved_at", "currency", "cost_minor"], OF_APART)


def downgrade() -> None:
    for table in ("ticket", "loss", "purchase", "customer"):
        op.drop_index(f"ix_{table}_apart", table)


def _create_index(table: str, columns: list[str], only: str) -> None:
    op.create_index(f"ix_{table}_apart", table, columns, sqlite_where=sa.text(only), postgresql_where=sa.text(only))
