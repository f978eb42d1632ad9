"""Surveys that were asked and what was answered, what reasons are about, and waves."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, text
from sqlmodel import Field

from storage.columns import Id
from storage.tables.base import (
    DRAWN,
    Table,
    instant,
    reference,
    row_id,
    secret,
)


class SurveyRunRow(Table, table=True):
    """One survey to one customer, from planning to closing."""

    __tablename__ = "survey_run"
    __table_args__ = (
        CheckConstraint("kind in ('nps', 'ces', 'csat')", name="kind"),
        Index("ix_survey_run_customer_id_kind", "customer_id", "kind"),
        Index(
            "ix_survey_run_remind",
            "remind_at",
            sqlite_where=text("closed_at is null"),
            postgresql_where=text("closed_at is null"),
        ),
        Index(
            "ix_survey_run_close",
            "closes_at",
            sqlite_where=text("closed_at is null"),
            postgresql_where=text("closed_at is null"),
        ),
        Index(
            "ix_survey_run_over",
            "closes_at",
            sqlite_where=text("sent_at is not null"),
            postgresql_where=text("sent_at is not null"),
        ),
        # Of those sent alone: SQLite would otherwise look through all that were not for the few of a day.
        Index(
            "ix_survey_run_sent",
            "sent_at",
            "kind",
            sqlite_where=text("sent_at is not null"),
            postgresql_where=text("sent_at is not null"),
        ),
        Index(
            "ix_survey_run_unsent",
            "planned_at",
            sqlite_where=text("sent_at is null"),
            postgresql_where=text("sent_at is null"),
        ),
    )

    id: int | None = row_id()
    customer_id: int = reference("customer.id")
    kind: str
    trigger: str
    subject: str = secret("survey_run.subject", default="")
    wording: str
    segmentation_id: int | None = reference("segmentation.id", default=None)
    planned_at: datetime = instant(index=True)
    sent_at: datetime | None = instant(default=None)
    remind_at: datetime | None = instant(default=None)
    closes_at: datetime | None = instant(default=None)
    closed_at: datetime | None = instant(default=None)


class AnswerRow(Table, table=True):
    """The answer to one run, with its segments, so that history stays true when a customer moves.

    One that another tool collected has an `external_id`, and a run of its own that was never sent.
    """

    __tablename__ = "answer"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'nps' and score between 0 and 10) or (kind = 'ces' and score between 1 and 7)"
            " or (kind = 'csat' and score between 1 and 5)",
            name="score",
        ),
        Index("ix_answer_kind_answered_at", "kind", "answered_at"),
        Index("ix_answer_customer_id_answered_at", "customer_id", "answered_at"),
        Index("uq_answer_external_id", "external_id", unique=True),
        Index(
            "ix_answer_themed",
            "themed",
            sqlite_where=text("reason is not null"),
            postgresql_where=text("reason is not null"),
        ),
        *(
            Index(
                f"ix_answer_drawn_{part}",
                "answered_at",
                "kind",
                sqlite_where=drawn,
                postgresql_where=drawn,
                postgresql_include=["run_id"],  # which every index of SQLite has
            )
            for part, drawn in DRAWN.items()
        ),
    )

    run_id: int = Field(
        foreign_key="survey_run.id", primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False}
    )
    customer_id: int = reference("customer.id")
    kind: str
    score: int
    scale: str
    segmentation_id: int | None = reference("segmentation.id", default=None)
    answered_at: datetime = instant()
    changed_at: datetime | None = instant(default=None)
    reason: str | None = secret("answer.reason", default=None)
    reason_at: datetime | None = instant(default=None)
    reason_message_id: int | None = Field(default=None, sa_type=Id)
    reason_until: datetime | None = instant(default=None)
    skipped_at: datetime | None = instant(default=None)
    prompt_message_id: int | None = Field(default=None, sa_type=Id)
    external_id: str | None = None
    themed: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})


class ThemeRow(Table, table=True):
    """What staff made of a theme of reasons; the themes that the rules bring have a row only once they are changed."""

    __tablename__ = "theme"

    key: str = Field(primary_key=True)
    name: str = ""
    hidden: bool = False
    merged_into: str = ""
    changed_by: int = Field(sa_type=Id)
    changed_at: datetime = instant()


class ThemeSeedRow(Table, table=True):
    """A seed that staff gave to a theme, or took from it."""

    __tablename__ = "theme_seed"

    theme: str = Field(primary_key=True)
    seed: str = Field(primary_key=True)
    added: bool
    changed_by: int = Field(sa_type=Id)
    changed_at: datetime = instant()


class ThemeDictionaryRow(Table, table=True):
    """A state of the dictionary of themes; its number is kept with every answer whose reason was read by it."""

    __tablename__ = "theme_dictionary"

    id: int | None = row_id()
    digest: str
    since: datetime = instant()


class ReasonThemeRow(Table, table=True):
    """A reason is about a theme, as the dictionary finds; or is or is not, as staff say, whatever the dictionary does.

    No word of the reason is here: that is encrypted.
    """

    __tablename__ = "reason_theme"
    __table_args__ = (Index("ix_reason_theme_theme", "theme"),)

    run_id: int = Field(
        foreign_key="answer.run_id", primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False}
    )
    theme: str = Field(primary_key=True)
    about: bool = True
    corrected_by: int | None = Field(default=None, sa_type=Id)
    corrected_at: datetime | None = instant(default=None)


class WaveRow(Table, table=True):
    """Many customers asked the same, so many a business-local day. `shown` is what staff were last shown of it."""

    __tablename__ = "wave"
    __table_args__ = (
        CheckConstraint("status in ('draft', 'running', 'paused', 'stopped', 'done', 'cancelled')", name="status"),
        CheckConstraint("kind in ('nps', 'ces', 'csat')", name="kind"),
        CheckConstraint("variants in ('a', 'b', 'ab')", name="variants"),
        CheckConstraint("ends_on >= starts_on", name="ends_on"),
    )

    id: int | None = row_id()
    kind: str
    subject: str
    variants: str
    status: str
    words: str
    per_day: int
    starts_on: date
    ends_on: date | None = None
    weekdays: list[int] = Field(sa_column=Column(JSON, nullable=False))
    language: str
    created_by: int = Field(sa_type=Id)
    created_at: datetime = instant()
    changed_at: datetime = instant()
    chat_id: int | None = Field(default=None, sa_type=Id)
    message_id: int | None = Field(default=None, sa_type=Id)
    shown: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    shown_at: datetime | None = instant(default=None)


class WaveMemberRow(Table, table=True):
    """A customer in a wave, at a position of its own; the invitation is the run's."""

    __tablename__ = "wave_member"
    __table_args__ = (
        CheckConstraint("state in ('planned', 'queued', 'skipped', 'recalled')", name="state"),
        CheckConstraint("variant in ('a', 'b')", name="variant"),
        Index("ix_wave_member_turn", "wave_id", "state", "position"),
        Index("ix_wave_member_customer_id", "customer_id"),
    )

    wave_id: int = Field(foreign_key="wave.id", primary_key=True, sa_type=Id)
    customer_id: int = Field(foreign_key="customer.id", primary_key=True, sa_type=Id)
    variant: str
    position: int
    state: str
    rule: str | None = None
    run_id: int | None = Field(default=None, foreign_key="survey_run.id", sa_type=Id)
    queued_on: date | None = None
    attempts: int = 0
