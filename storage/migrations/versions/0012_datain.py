"""What other systems tell of a customer: usage, tickets, contracts and answers; and which requests told it."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, UtcDateTime

revision = "0012_datain"
down_revision = "0011_health"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("answer", sa.Column("external_id", sa.String))
    op.create_index("uq_answer_external_id", "answer", ["external_id"], unique=True)
    _create_usage_event()
    _create_ticket()
    _create_contract()
    _create_ingest()


def downgrade() -> None:
    for name in ("ingest", "contract", "ticket", "usage_event"):
        op.drop_table(name)
    op.drop_index("uq_answer_external_id", "answer")
    op.drop_column("answer", "external_id")


def _create_owned(name: str, *parts: sa.Column[object] | sa.CheckConstraint) -> None:
    """A table of what belongs to a customer and has an id in the business's own books."""
    op.create_table(
        name,
        sa.Column("id", Id, nullable=False),
        sa.Column("external_id", sa.String, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        *parts,
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=f"fk_{name}_customer_id"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.UniqueConstraint("external_id", name=f"uq_{name}_external_id"),
    )


def _create_usage_event() -> None:
    _create_owned(
        "usage_event",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("happened_at", UtcDateTime, nullable=False),
        sa.Column("quantity", sa.Integer, nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_usage_event_quantity")),
    )
    op.create_index("ix_usage_event_happened_at", "usage_event", ["happened_at"])
    op.create_index("ix_usage_event_customer_id_happened_at", "usage_event", ["customer_id", "happened_at"])
    op.create_index("ix_usage_event_name_happened_at", "usage_event", ["name", "happened_at"])


def _create_ticket() -> None:
    _create_owned(
        "ticket",
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.Column("solved_at", UtcDateTime),
        sa.Column("category", sa.String, nullable=False),
        sa.Column("cost_minor", Id),
        sa.Column("currency", sa.String(3)),
        sa.CheckConstraint("solved_at >= opened_at", name=op.f("ck_ticket_solved_at")),
        sa.CheckConstraint("(cost_minor is null) = (currency is null)", name=op.f("ck_ticket_cost")),
    )
    op.create_index("ix_ticket_opened_at", "ticket", ["opened_at"])
    op.create_index("ix_ticket_solved_at", "ticket", ["solved_at"])
    op.create_index("ix_ticket_customer_id_opened_at", "ticket", ["customer_id", "opened_at"])


def _create_contract() -> None:
    _create_owned(
        "contract",
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date),
        sa.Column("price_minor", Id, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("renewals", sa.Integer, nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_contract_ends_on")),
    )
    op.create_index("ix_contract_starts_on", "contract", ["starts_on"])
    op.create_index("ix_contract_ends_on", "contract", ["ends_on"])
    op.create_index("ix_contract_customer_id_starts_on", "contract", ["customer_id", "starts_on"])


def _create_ingest() -> None:
    op.create_table(
        "ingest",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("result", sa.JSON),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_ingest"),
    )
    op.create_index("ix_ingest_received_at", "ingest", ["received_at"])
