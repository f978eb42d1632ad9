"""Waves about something, in one of two wordings or in both, with a last day."""

import sqlalchemy as sa
from alembic import op

revision = "0007_wording"
down_revision = "0006_gaps"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The defaults are for the waves that are there; new ones always say what they are.
    with op.batch_alter_table("wave") as table:
        table.add_column(sa.Column("subject", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("variants", sa.String(), nullable=False, server_default="a"))
        table.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
        table.create_check_constraint(op.f("ck_wave_variants"), "variants in ('a', 'b', 'ab')")
        table.create_check_constraint(op.f("ck_wave_ends_on"), "ends_on >= starts_on")
    with op.batch_alter_table("wave_member") as table:
        table.add_column(sa.Column("variant", sa.String(), nullable=False, server_default="a"))
        table.create_check_constraint(op.f("ck_wave_member_variant"), "variant in ('a', 'b')")
    for name, column in (("wave", "subject"), ("wave", "variants"), ("wave_member", "variant")):
        with op.batch_alter_table(name) as table:
            table.alter_column(column, server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("wave_member") as table:
        table.drop_constraint(op.f("ck_wave_member_variant"), type_="check")
        table.drop_column("variant")
    with op.batch_alter_table("wave") as table:
        for name in ("ends_on", "variants"):
            table.drop_constraint(op.f(f"ck_wave_{name}"), type_="check")
        for column in ("ends_on", "variants", "subject"):
            table.drop_column(column)
