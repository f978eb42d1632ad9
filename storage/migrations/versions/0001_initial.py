"""The tables of the first version."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Id, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "command_text",
    "customer",
    "inbox",
    "rate",
    "staff",
    "interaction",
    "link",
    "loss",
    "purchase",
    "success_plan",
    "survey_run",
    "answer",
    "milestone",
    "outbox",
    "win_back",
    "hold",
)
"""Each after the ones it refers to."""


def upgrade() -> None:
    _create_command_text()
    _create_customer()
    _create_inbox()
    _create_rate()
    _create_staff()
    _create_interaction()
    _create_link()
    _create_loss()
    _create_purchase()
    _create_success_plan()
    _create_survey_run()
    _create_answer()
    _create_milestone()
    _create_outbox()
    _create_win_back()
    _create_hold()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def _create_command_text() -> None:
    op.create_table(
        "command_text",
        sa.Column("chat_id", Id, autoincrement=False, nullable=False),
        sa.Column("message_id", Id, autoincrement=False, nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("chat_id", "message_id", name=op.f("pk_command_text")),
    )
    op.create_index(op.f("ix_command_text_kept_at"), "command_text", ["kept_at"])


def _create_customer() -> None:
    op.create_table(
        "customer",
        sa.Column("id", Id, nullable=False),
        sa.Column("external_id", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("search_name", sa.String(), nullable=False),
        sa.Column("salutation", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("birth_day", sa.Integer(), nullable=True),
        sa.Column("birth_month", sa.Integer(), nullable=True),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("csm_id", Id, nullable=True),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("chat_id", Id, nullable=True),
        sa.Column("linked_at", UtcDateTime(), nullable=True),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("unreachable_at", UtcDateTime(), nullable=True),
        sa.Column("lost_at", UtcDateTime(), nullable=True),
        sa.Column("last_purchase_at", UtcDateTime(), nullable=True),
        sa.Column("next_nps_at", UtcDateTime(), nullable=True),
        sa.Column("feedback_until", UtcDateTime(), nullable=True),
        sa.CheckConstraint("language in ('vi', 'en')", name=op.f("ck_customer_language")),
        sa.CheckConstraint("salutation in ('', 'anh', 'chị')", name=op.f("ck_customer_salutation")),
        sa.CheckConstraint("(birth_month is null) = (birth_day is null)", name=op.f("ck_customer_birthday")),
        sa.CheckConstraint(
            "birth_month between 1 and 12 and birth_day between 1 and 31", name=op.f("ck_customer_birthday_range")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer")),
        sa.UniqueConstraint("chat_id", name=op.f("uq_customer_chat_id")),
        sa.UniqueConstraint("external_id", name=op.f("uq_customer_external_id")),
        sa.UniqueConstraint("phone", name=op.f("uq_customer_phone")),
    )
    op.create_index("ix_customer_birth_month_birth_day", "customer", ["birth_month", "birth_day"])
    op.create_index(op.f("ix_customer_csm_id"), "customer", ["csm_id"])
    op.create_index(
        "ix_customer_due_nps",
        "customer",
        ["next_nps_at"],
        sqlite_where=sa.text("chat_id is not null"),
        postgresql_where=sa.text("chat_id is not null"),
    )
    op.create_index(op.f("ix_customer_joined_at"), "customer", ["joined_at"])
    op.create_index(op.f("ix_customer_lost_at"), "customer", ["lost_at"])
    op.create_index(op.f("ix_customer_search_name"), "customer", ["search_name"])
    op.create_index(
        "ix_customer_silent",
        "customer",
        ["last_purchase_at"],
        sqlite_where=sa.text("lost_at is null"),
        postgresql_where=sa.text("lost_at is null"),
    )


def _create_inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("update_id", Id, autoincrement=False, nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("update_id", name=op.f("pk_inbox")),
    )
    op.create_index(op.f("ix_inbox_next_at"), "inbox", ["next_at"])


def _create_rate() -> None:
    op.create_table(
        "rate",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("arrival_at", UtcDateTime(), nullable=False),
        sa.Column("paused_until", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_rate")),
    )


def _create_staff() -> None:
    op.create_table(
        "staff",
        sa.Column("user_id", Id, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("role in ('csm', 'manager', 'admin')", name=op.f("ck_staff_role")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_staff")),
    )


def _create_interaction() -> None:
    op.create_table(
        "interaction",
        sa.Column("id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("staff_id", Id, nullable=True),
        sa.Column("chat_id", Id, nullable=True),
        sa.Column("message_id", Id, nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", Id, nullable=True),
        sa.Column("ces_planned_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("kind in ('message', 'feedback', 'note', 'request')", name=op.f("ck_interaction_kind")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_interaction_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interaction")),
        sa.UniqueConstraint("chat_id", "message_id", name=op.f("uq_interaction_chat_id_message_id")),
    )
    op.create_index("ix_interaction_customer_id_happened_at", "interaction", ["customer_id", "happened_at"])
    op.create_index(
        "ix_interaction_due_ces",
        "interaction",
        ["closed_at"],
        sqlite_where=sa.text("closed_at is not null and ces_planned_at is null"),
        postgresql_where=sa.text("closed_at is not null and ces_planned_at is null"),
    )


def _create_link() -> None:
    op.create_table(
        "link",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_link_customer_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_link")),
    )
    op.create_index(op.f("ix_link_customer_id"), "link", ["customer_id"])


def _create_loss() -> None:
    op.create_table(
        "loss",
        sa.Column("id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("lost_at", UtcDateTime(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recovered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_loss_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loss")),
    )
    op.create_index(op.f("ix_loss_customer_id"), "loss", ["customer_id"])
    op.create_index(op.f("ix_loss_lost_at"), "loss", ["lost_at"])
    op.create_index(
        "uq_loss_open",
        "loss",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("recovered_at is null"),
        postgresql_where=sa.text("recovered_at is null"),
    )


def _create_purchase() -> None:
    op.create_table(
        "purchase",
        sa.Column("id", Id, nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("purchased_at", UtcDateTime(), nullable=False),
        sa.Column("amount_minor", Id, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_purchase_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase")),
        sa.UniqueConstraint("external_id", name=op.f("uq_purchase_external_id")),
    )
    op.create_index("ix_purchase_customer_id_purchased_at", "purchase", ["customer_id", "purchased_at"])
    op.create_index(op.f("ix_purchase_purchased_at"), "purchase", ["purchased_at"])


def _create_success_plan() -> None:
    op.create_table(
        "success_plan",
        sa.Column("id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("goal", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("started_by", Id, nullable=True),
        sa.Column("check_in_months", sa.Integer(), nullable=False),
        sa.Column("progress_months", sa.Integer(), nullable=False),
        sa.Column("check_ins", sa.Integer(), nullable=False),
        sa.Column("progress_messages", sa.Integer(), nullable=False),
        sa.Column("next_check_in_at", UtcDateTime(), nullable=True),
        sa.Column("next_progress_at", UtcDateTime(), nullable=True),
        sa.Column("check_in_answer", sa.String(), nullable=True),
        sa.Column("check_in_answered_at", UtcDateTime(), nullable=True),
        sa.Column("completed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("status in ('active', 'completed', 'cancelled')", name=op.f("ck_success_plan_status")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_success_plan_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_success_plan")),
    )
    op.create_index("ix_success_plan_check_in", "success_plan", ["next_check_in_at"])
    op.create_index(op.f("ix_success_plan_customer_id"), "success_plan", ["customer_id"])
    op.create_index("ix_success_plan_progress", "success_plan", ["next_progress_at"])
    op.create_index(
        "uq_success_plan_active",
        "success_plan",
        ["customer_id"],
        unique=True,
        sqlite_where=sa.text("status = 'active'"),
        postgresql_where=sa.text("status = 'active'"),
    )


def _create_survey_run() -> None:
    op.create_table(
        "survey_run",
        sa.Column("id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("trigger", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("segment", sa.String(), nullable=False),
        sa.Column("csm_id", Id, nullable=True),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("remind_at", UtcDateTime(), nullable=True),
        sa.Column("closes_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("kind in ('nps', 'ces', 'csat')", name=op.f("ck_survey_run_kind")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_survey_run_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_run")),
    )
    op.create_index(
        "ix_survey_run_close",
        "survey_run",
        ["closes_at"],
        sqlite_where=sa.text("closed_at is null"),
        postgresql_where=sa.text("closed_at is null"),
    )
    op.create_index("ix_survey_run_customer_id_kind", "survey_run", ["customer_id", "kind"])
    op.create_index(op.f("ix_survey_run_planned_at"), "survey_run", ["planned_at"])
    op.create_index(
        "ix_survey_run_remind",
        "survey_run",
        ["remind_at"],
        sqlite_where=sa.text("closed_at is null"),
        postgresql_where=sa.text("closed_at is null"),
    )
    op.create_index("ix_survey_run_sent", "survey_run", ["sent_at", "kind"])


def _create_answer() -> None:
    op.create_table(
        "answer",
        sa.Column("run_id", Id, autoincrement=False, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("scale", sa.String(), nullable=False),
        sa.Column("segment", sa.String(), nullable=False),
        sa.Column("csm_id", Id, nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("reason_at", UtcDateTime(), nullable=True),
        sa.Column("reason_message_id", Id, nullable=True),
        sa.Column("reason_until", UtcDateTime(), nullable=True),
        sa.Column("prompt_message_id", Id, nullable=True),
        sa.CheckConstraint(
            "(kind = 'nps' and score between 0 and 10) or (kind = 'ces' and score between 1 and 7)"
            " or (kind = 'csat' and score between 1 and 5)",
            name=op.f("ck_answer_score"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_answer_customer_id")),
        sa.ForeignKeyConstraint(["run_id"], ["survey_run.id"], name=op.f("fk_answer_run_id")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_answer")),
    )
    op.create_index("ix_answer_customer_id_answered_at", "answer", ["customer_id", "answered_at"])
    op.create_index("ix_answer_kind_answered_at", "answer", ["kind", "answered_at"])


def _create_milestone() -> None:
    op.create_table(
        "milestone",
        sa.Column("id", Id, nullable=False),
        sa.Column("plan_id", Id, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("announced_at", UtcDateTime(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("done_by", Id, nullable=True),
        sa.Column("csat_planned_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["success_plan.id"], name=op.f("fk_milestone_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.UniqueConstraint("plan_id", "position", name=op.f("uq_milestone_plan_id_position")),
    )
    op.create_index(
        "ix_milestone_due",
        "milestone",
        ["due_at"],
        sqlite_where=sa.text("announced_at is null and done_at is null"),
        postgresql_where=sa.text("announced_at is null and done_at is null"),
    )
    op.create_index(
        "ix_milestone_due_csat",
        "milestone",
        ["done_at"],
        sqlite_where=sa.text("done_at is not null and csat_planned_at is null"),
        postgresql_where=sa.text("done_at is not null and csat_planned_at is null"),
    )


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", Id, nullable=False),
        sa.Column("dedupe_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("customer_id", Id, nullable=True),
        sa.Column("chat_id", Id, nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("run_id", Id, nullable=True),
        sa.Column("edit_message_id", Id, nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("hold_rule", sa.String(), nullable=True),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("possible_duplicate", sa.Boolean(), nullable=False),
        sa.Column("message_id", Id, nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.CheckConstraint(
            "status in ('pending', 'sending', 'sent', 'failed', 'unknown', 'expired', 'cancelled')",
            name=op.f("ck_outbox_status"),
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_outbox_customer_id")),
        sa.ForeignKeyConstraint(["run_id"], ["survey_run.id"], name=op.f("fk_outbox_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_dedupe_key")),
    )
    op.create_index("ix_outbox_customer_id_sent_at", "outbox", ["customer_id", "sent_at"])
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["priority", "due_at"],
        sqlite_where=sa.text("status = 'pending'"),
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(
        "ix_outbox_lease",
        "outbox",
        ["lease_until"],
        sqlite_where=sa.text("status = 'sending'"),
        postgresql_where=sa.text("status = 'sending'"),
    )
    op.create_index("ix_outbox_run_id", "outbox", ["run_id"])


def _create_win_back() -> None:
    op.create_table(
        "win_back",
        sa.Column("id", Id, nullable=False),
        sa.Column("customer_id", Id, nullable=False),
        sa.Column("loss_id", Id, nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("reason_at", UtcDateTime(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("status in ('asking', 'reason', 'offered', 'ended')", name=op.f("ck_win_back_status")),
        sa.ForeignKeyConstraint(["customer_id"], ["customer.id"], name=op.f("fk_win_back_customer_id")),
        sa.ForeignKeyConstraint(["loss_id"], ["loss.id"], name=op.f("fk_win_back_loss_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_win_back")),
        sa.UniqueConstraint("loss_id", name=op.f("uq_win_back_loss_id")),
    )
    op.create_index(op.f("ix_win_back_customer_id"), "win_back", ["customer_id"])
    op.create_index("ix_win_back_next", "win_back", ["next_at"])


def _create_hold() -> None:
    op.create_table(
        "hold",
        sa.Column("id", Id, nullable=False),
        sa.Column("outbox_id", Id, nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("held_at", UtcDateTime(), nullable=False),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_hold_outbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_index(op.f("ix_hold_outbox_id"), "hold", ["outbox_id"])
