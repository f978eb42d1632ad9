"""The segments of surveys and answers in a table of their own; what customers may be told apart by; their worth."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

from storage.columns import Id

revision = "0013_segments"
down_revision = "0012_datain"
branch_labels = None
depends_on = None

SEGMENTED = ("survey_run", "answer")


def upgrade() -> None:
    with op.batch_alter_table("customer") as table:
        for name in ("title", "channel"):
            table.add_column(sa.Column(name, sa.String, nullable=False, server_default=sa.text("''")))
        table.add_column(sa.Column("tags", sa.JSON))
    _create_standing()
    _create_segmentation()
    for name in SEGMENTED:
        op.add_column(name, sa.Column("segmentation_id", Id))
    _keep_segments()
    for name in SEGMENTED:
        with op.batch_alter_table(name) as table:
            table.create_foreign_key(f"fk_{name}_segmentation_id", "segmentation", ["segmentation_id"], ["id"])
            table.drop_column("segment")
            table.drop_column("csm_id")


def downgrade() -> None:
    for name in SEGMENTED:
        op.add_column(name, sa.Column("segment", sa.String, nullable=False, server_default=""))
        op.add_column(name, sa.Column("csm_id", Id))
        mine = f"FROM segmentation WHERE segmentation.id = {name}.segmentation_id"
        op.execute(f"UPDATE {name} SET segment = coalesce((SELECT plan {mine}), '')")  # noqa: S608  our own names
        op.execute(f"UPDATE {name} SET csm_id = (SELECT cast(nullif(segmentation.csm_id, '') AS bigint) {mine})")  # noqa: S608
        with op.batch_alter_table(name) as table:
            table.alter_column("segment", server_default=None, existing_type=sa.String, existing_nullable=False)
            table.drop_constraint(f"fk_{name}_segmentation_id", type_="foreignkey")
            table.drop_column("segmentation_id")
    op.drop_table("segmentation")
    op.drop_table("standing")
    with op.batch_alter_table("customer") as table:
        for column in ("tags", "channel", "title"):
            table.drop_column(column)


def _create_standing() -> None:
    op.create_table(
        "standing",
        sa.Column("customer_id", Id, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("value_minor", Id, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("value_band", sa.SmallInteger),
        sa.Column("rfm", sa.String, nullable=False),
        sa.CheckConstraint("value_band between 1 and 4", name=op.f("ck_standing_value_band")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_standing_customer_id"),
        sa.PrimaryKeyConstraint("customer_id", name="pk_standing"),
    )


def _create_segmentation() -> None:
    names = ("plan", "value", "csm_id", "age", "location", "title", "channel", "rfm")
    op.create_table(
        "segmentation",
        sa.Column("id", Id, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        *(sa.Column(name, sa.String, nullable=False) for name in names),
        sa.Column("tags", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_segmentation"),
        sa.UniqueConstraint("digest", name="uq_segmentation_digest"),
    )


def _keep_segments() -> None:
    """Of surveys of the past the plan and the CSM are known, and nothing else: no history is invented."""
    connection = op.get_bind()
    for plan, csm in connection.execute(sa.text(FOUND)).all():
        connection.execute(sa.text(KEEP), {"digest": _digest(plan, csm), "plan": plan, "csm": csm})
    for name in SEGMENTED:
        connection.execute(sa.text(FILL.format(name=name)))


CSM = "coalesce(cast(csm_id AS varchar), '')"
FOUND = f"SELECT segment, {CSM} FROM survey_run UNION SELECT segment, {CSM} FROM answer"  # noqa: S608  our own names
KEEP = """
INSERT INTO segmentation (digest, plan, value, csm_id, age, location, title, channel, rfm, tags)
VALUES (:digest, :plan, '', :csm, '', '', '', '', '', '[]')
"""
FILL = """
UPDATE {name} SET segmentation_id = (
    SELECT id FROM segmentation
    WHERE plan = {name}.segment AND segmentation.csm_id = coalesce(cast({name}.csm_id AS varchar), '')
)
"""


def _digest(plan: str, csm: str) -> str:
    told = [plan, "", csm, "", "", "", "", "", []]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
