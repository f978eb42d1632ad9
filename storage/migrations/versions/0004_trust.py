"""What trust needs: who was forgotten, what was agreed to, and whom a notice is about."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, UtcDateTime

revision = "0004_trust"
down_revision = "0003_cases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customer", sa.Column("forgotten_at", UtcDateTime(), nullable=True))
    op.add_column("customer", sa.Column("topics_off", sa.String(), nullable=True))
    op.add_column("customer", sa.Column("hours", sa.String(), nullable=True))
    op.add_column("outbox", sa.Column("about_id", Id, nullable=True))
    op.create_index("ix_outbox_about_id", "outbox", ["about_id"])
    _create_forgotten()
    _create_consent()
    _create_audit()


def downgrade() -> None:
    op.drop_table("audit")
    op.drop_table("consent")
    op.drop_table("forgotten")
    op.drop_index("ix_outbox_about_id", "outbox")
    op.drop_column("outbox", "about_id")
    for column in ("hours", "topics_off", "forgotten_at"):
        op.drop_column("customer", column)


def _create_forgotten() -> None:
    op.create_table(
        "forgotten",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("forgotten_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_forgotten"),
    )


def _create_consent() -> None:
    op.create_table(
        "consent",
        sa.Column("id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "act in ('sign_up', 'link', 'number', 'stop', 'resume', 'settings', 'forget')", name=op.f("ck_consent_act")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_consent_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_consent"),
    )
    op.create_index("ix_consent_customer_id_happened_at", "consent", ["customer_id", "happened_at"])


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", Id, nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("staff_id", Id, nullable=False),
        sa.Column("command", sa.String(), nullable=False),
        sa.Column("customer_id", Id, nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_audit_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_customer_id_id", "audit", ["customer_id", "id"])
    op.create_index("ix_audit_staff_id_id", "audit", ["staff_id", "id"])
