"""Whose customer somebody was, and whom win-back leaves alone by lot, so that it has something to be held against.

Who owns a customer today is known, and since when from the surveys, which keep whose customer it was when each was
planned; those that an import brought only repeat the owner of that day. Where there was none it is since today.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, UtcDateTime

revision = "0015_causes"
down_revision = "0014_money"
branch_labels = None
depends_on = None

SEED = """
with planned as (
    select r.customer_id, r.planned_at, g.csm_id
    from survey_run r join segmentation g on g.id = r.segmentation_id
    where g.csm_id <> '' and r."trigger" <> 'import'
)
insert into ownership (customer_id, since, csm_id)
select c.id, coalesce((
    select min(p.planned_at) from planned p
    where p.customer_id = c.id and p.csm_id = cast(c.csm_id as varchar) and not exists (
        select 1 from planned o
        where o.customer_id = c.id and o.csm_id <> p.csm_id and o.planned_at >= p.planned_at
    )
), current_timestamp), c.csm_id
from customer c where c.csm_id is not null
"""


def upgrade() -> None:
    op.add_column("win_back", sa.Column("holdout", sa.Float, nullable=False, server_default=sa.text("0")))
    op.add_column("win_back", sa.Column("held_out", sa.Boolean, nullable=False, server_default=sa.text("false")))
    op.create_table(
        "ownership",
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("csm_id", Id, nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name="fk_ownership_customer_id"),
        sa.PrimaryKeyConstraint("customer_id", "since", name="pk_ownership"),
    )
    op.execute(SEED)


def downgrade() -> None:
    op.drop_table("ownership")
    op.drop_column("win_back", "held_out")
    op.drop_column("win_back", "holdout")
