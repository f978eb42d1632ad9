"""What the pages of money read: days that are added up by currency, the purchases of one customer, a round's sums."""

import sqlalchemy as sa
from alembic import op

revision = "0021_money_speed"
down_revision = "0019_reasons_counted"
branch_labels = None
depends_on = None

SLOTS = tuple(f"n{slot}" for slot in range(11))


def upgrade() -> None:
    op.create_index("ix_purchase_owned", "purchase", ["customer_id", "purchased_at", "currency", "amount_minor"])
    op.drop_index("ix_purchase_customer_id_purchased_at", "purchase")
    op.create_index("ix_ticket_solved", "ticket", ["solved_at", "currency", "customer_id", "cost_minor"])
    op.drop_index("ix_ticket_solved_at", "ticket")
    op.create_index("ix_support_case_opened", "support_case", ["opened_at", "resolved_at", "resolved_by", "source"])
    op.drop_index("ix_support_case_opened_at", "support_case")
    op.create_index("ix_support_case_resolved", "support_case", ["resolved_at", "resolved_by"])
    op.drop_index("ix_support_case_resolved_at", "support_case")
    known = sa.text("nps_before is not null")
    asked = ["nps_run_id", "nps_before"]
    op.create_index("ix_support_case_asked", "support_case", asked, sqlite_where=known, postgresql_where=known)
    op.add_column("standing_round", sa.Column("sums", sa.JSON(), nullable=True))
    _retype("BIGINT")


def downgrade() -> None:
    op.execute("DELETE FROM rollup WHERE series = 'takings'")
    op.execute("DELETE FROM rollup_state WHERE series = 'takings'")
    _retype("INTEGER")
    op.drop_column("standing_round", "sums")
    op.drop_index("ix_support_case_asked", "support_case")
    for name in ("resolved", "opened"):
        op.create_index(f"ix_support_case_{name}_at", "support_case", [f"{name}_at"])
        op.drop_index(f"ix_support_case_{name}", "support_case")
    op.create_index("ix_ticket_solved_at", "ticket", ["solved_at"])
    op.drop_index("ix_ticket_solved", "ticket")
    op.create_index("ix_purchase_customer_id_purchased_at", "purchase", ["customer_id", "purchased_at"])
    op.drop_index("ix_purchase_owned", "purchase")


def _retype(kind: str) -> None:
    """Counts of money need 64 bits, which on SQLite every integer has."""
    if op.get_bind().dialect.name == "postgresql":
        for table in ("rollup", "rollup_pair"):
            op.execute(f"ALTER TABLE {table} {', '.join(f'ALTER COLUMN {slot} TYPE {kind}' for slot in SLOTS)}")
