"""What encryption at rest needs: blind indexes of phone numbers, the keys in use, and no text that looks encrypted.

And in the audit log, who came and who went.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, UtcDateTime

revision = "0009_encryption"
down_revision = "0008_casework"
branch_labels = None
depends_on = None

ENDING = 8
CIPHERTEXT, ESCAPED = "enc1:", "txt1:"
TEXTS = {
    "answer": "reason",
    "command_text": "body",
    "customer": "phone",
    "interaction": "body",
    "loss": "reason",
    "success_plan": "goal",
    "support_case": "words",
    "survey_run": "subject",
}


def upgrade() -> None:
    op.create_table(
        "encryption_key",
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", name="pk_encryption_key"),
    )
    op.add_column("customer", sa.Column("phone_index", sa.String(), nullable=True))
    op.add_column("customer", sa.Column("phone_ending", sa.String(), nullable=True))
    customers = sa.table("customer", *map(sa.column, ("phone", "phone_index", "phone_ending")))
    ending = sa.func.substr(customers.c.phone, *_from_the_end(customers.c.phone))
    op.execute(sa.update(customers).values(phone_index=customers.c.phone, phone_ending=ending))
    with op.batch_alter_table("customer") as customer:
        customer.drop_constraint("uq_customer_phone", type_="unique")
        customer.create_unique_constraint("uq_customer_phone_index", ["phone_index"])
        for column in ("phone_index", "phone_ending"):
            customer.create_check_constraint(op.f(f"ck_customer_{column}"), f"(phone is null) = ({column} is null)")
    op.create_index("ix_customer_phone_ending", "customer", ["phone_ending"])
    op.add_column("audit", sa.Column("colleague_id", Id, nullable=True))
    _escape_marks()


def _from_the_end(phone: sa.ColumnElement[Any]) -> list[Any]:
    """PostgreSQL counts substr() from the start alone."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    return [-ENDING] if sqlite else [sa.func.greatest(sa.func.length(phone) - (ENDING - 1), 1)]


def _escape_marks() -> None:
    """A customer may have written what looks like an encrypted text."""
    for table, column in TEXTS.items():
        rows = sa.table(table, sa.column(column, sa.String()))
        text = rows.c[column]
        looks_so = sa.func.substr(text, 1, len(ESCAPED)).in_((CIPHERTEXT, ESCAPED))
        op.execute(sa.update(rows).where(looks_so).values({column: ESCAPED + text}))


def downgrade() -> None:
    op.drop_index("ix_customer_phone_ending", "customer")
    with op.batch_alter_table("customer") as customer:
        for column in ("phone_index", "phone_ending"):
            customer.drop_constraint(op.f(f"ck_customer_{column}"), type_="check")
        customer.drop_constraint("uq_customer_phone_index", type_="unique")
        customer.create_unique_constraint("uq_customer_phone", ["phone"])
        customer.drop_column("phone_ending")
        customer.drop_column("phone_index")
    op.drop_column("audit", "colleague_id")
    op.drop_table("encryption_key")
