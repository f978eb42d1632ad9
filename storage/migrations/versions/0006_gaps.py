"""When the question why was skipped; and whose losses of the past are still to be drawn from their purchases.

To begin with, those of everybody who bought.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import UtcDateTime

revision = "0006_gaps"
down_revision = "0005_policy"
branch_labels = None
depends_on = None

MARKED = sa.text("purchases_came_at is not null")


def upgrade() -> None:
    op.add_column("customer", sa.Column("purchases_came_at", UtcDateTime))
    op.create_index(
        "ix_customer_purchases_came_at",
        "customer",
        ["purchases_came_at"],
        sqlite_where=MARKED,
        postgresql_where=MARKED,
    )
    op.execute("UPDATE customer SET purchases_came_at = last_purchase_at")
    op.add_column("answer", sa.Column("skipped_at", UtcDateTime))


def downgrade() -> None:
    op.drop_column("answer", "skipped_at")
    op.drop_index("ix_customer_purchases_came_at", "customer")
    op.drop_column("customer", "purchases_came_at")
