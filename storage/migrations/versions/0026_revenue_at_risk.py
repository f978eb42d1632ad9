"""What customers who are red have spent is added up as they are scored: a page looked at every one of them for it.

Reasons are drawn from their indexes alone on PostgreSQL too: it looked for each of thousands which survey's it was.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import Id

revision = "0026_revenue_at_risk"
down_revision = "0025_by_their_key"
branch_labels = None
depends_on = None

# Only of the newest day is everybody's score still there.
COUNT_NEWEST = """
INSERT INTO revenue_at_risk (day, currency, customers, minor, squares)
SELECT day, currency, count(*), sum(value_minor), sum(CAST(value_minor AS FLOAT) * value_minor)
FROM health
WHERE colour = 'red' AND day = (SELECT max(day) FROM health_day WHERE state <> 'left_out')
GROUP BY day, currency
"""


def upgrade() -> None:
    op.create_table(
        "revenue_at_risk",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("customers", Id, nullable=False),
        sa.Column("minor", Id, nullable=False),
        sa.Column("squares", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("day", "currency", name="pk_revenue_at_risk"),
    )
    op.execute(COUNT_NEWEST)
    op.create_index(
        "ix_health_lost",
        "health",
        ["day", "colour", "currency", "value_minor", "is_lost"],
        sqlite_where=sa.text("is_lost = 1"),
        postgresql_where=sa.text("is_lost"),
    )

    _draw_reasons(["run_id"])


def downgrade() -> None:
    _draw_reasons([])
    op.drop_index("ix_health_lost", "health")
    op.drop_table("revenue_at_risk")


def _draw_reasons(included: list[str]) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for part in (128, 8):
        drawn = f"reason <> '' and run_id * 2654435761 % 4294967296 < {2**32 // part}"
        op.drop_index(f"ix_answer_drawn_{part}", "answer")
        op.create_index(
            f"ix_answer_drawn_{part}",
            "answer",
            ["answered_at", "kind"],
            postgresql_where=sa.text(drawn),
            postgresql_include=included,
        )
