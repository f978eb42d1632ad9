"""What reasons are about: themes as staff keep them, and what each reason is about by the dictionary and by staff."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, UtcDateTime

revision = "0016_reasons"
down_revision = "0013_segments"
branch_labels = None
depends_on = None

GIVEN = "reason is not null"


def upgrade() -> None:
    with op.batch_alter_table("answer") as table:
        table.add_column(sa.Column("themed", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.create_index(
        "ix_answer_themed", "answer", ["themed"], sqlite_where=sa.text(GIVEN), postgresql_where=sa.text(GIVEN)
    )
    op.create_index("ix_interaction_happened_at", "interaction", ["happened_at"])
    _create_themes()
    op.create_table(
        "reason_theme",
        sa.Column("run_id", Id, autoincrement=False, nullable=False),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("about", sa.Boolean(), nullable=False),
        sa.Column("corrected_by", Id, nullable=True),
        sa.Column("corrected_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["answer.run_id"], name="fk_reason_theme_run_id"),
        sa.PrimaryKeyConstraint("run_id", "theme", name="pk_reason_theme"),
    )
    op.create_index("ix_reason_theme_theme", "reason_theme", ["theme"])


def downgrade() -> None:
    for name in ("reason_theme", "theme_dictionary", "theme_seed", "theme"):
        op.drop_table(name)
    op.drop_index("ix_interaction_happened_at", "interaction")
    op.drop_index("ix_answer_themed", "answer")
    with op.batch_alter_table("answer") as table:
        table.drop_column("themed")


def _create_themes() -> None:
    op.create_table(
        "theme",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("merged_into", sa.String(), nullable=False),
        *_changed(),
        sa.PrimaryKeyConstraint("key", name="pk_theme"),
    )
    op.create_table(
        "theme_seed",
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("added", sa.Boolean(), nullable=False),
        *_changed(),
        sa.PrimaryKeyConstraint("theme", "seed", name="pk_theme_seed"),
    )
    op.create_table(
        "theme_dictionary",
        sa.Column("id", Id, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_theme_dictionary"),
    )


def _changed() -> list[sa.Column[object]]:
    return [sa.Column("changed_by", Id, nullable=False), sa.Column("changed_at", UtcDateTime(), nullable=False)]
