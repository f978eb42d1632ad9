"""How far the greetings of a holiday have come."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Id

revision = "0005_policy"
down_revision = "0004_trust"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "greeting_progress",
        sa.Column("greeting", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("last_customer_id", Id, nullable=False),
        sa.PrimaryKeyConstraint("greeting", "day", "timezone", name=op.f("pk_greeting_progress")),
    )


def downgrade() -> None:
    op.drop_table("greeting_progress")
