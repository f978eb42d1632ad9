"""What reports about money need: an index that holds all they add up, and where customers stand among the others."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Id

revision = "0014_money"
down_revision = "0013_segments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_purchase_money", "purchase", ["purchased_at", "currency", "customer_id", "amount_minor"])
    op.drop_index("ix_purchase_purchased_at", "purchase")
    op.create_table(
        "standing",
        sa.Column("customer_id", Id, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("sales", sa.Integer(), nullable=False),
        sa.Column("value_minor", Id, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("value_band", sa.Integer(), nullable=True),
        sa.Column("rfm", sa.String(), nullable=False),
        sa.CheckConstraint("value_band between 1 and 4", name=op.f("ck_standing_value_band")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_standing_customer_id"),
        sa.PrimaryKeyConstraint("customer_id", name="pk_standing"),
    )
    op.create_index("ix_standing_rfm", "standing", ["rfm"])
    op.create_table(
        "standing_round",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counted_to", Id, nullable=True),
        sa.Column("ranked_to", Id, nullable=True),
        sa.Column("cuts", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("day", name="pk_standing_round"),
    )


def downgrade() -> None:
    op.drop_table("standing_round")
    op.drop_table("standing")
    op.create_index("ix_purchase_purchased_at", "purchase", ["purchased_at"])
    op.drop_index("ix_purchase_money", "purchase")
