"""A business with three themes, and customers who give their reasons."""

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import select

import storage.reason_counts
import storage.themes
from bot.domain.messages import Language, Message
from bot.domain.periods import Period, parse_period
from bot.domain.reasons.editing import parse_theme_request
from bot.domain.reasons.themes import ThemeTemplate
from bot.domain.report_messages import Report
from bot.domain.report_requests import parse_report_request
from bot.domain.roles import Role, Staff
from bot.domain.rules import Rules
from bot.domain.surveys import band
from bot.domain.touchpoints import Kind
from bot.services import reasons, rollups, themes
from storage.database import Database, Tx
from storage.tables import answer as answer_table, reason_theme
from tests.conftest import HandClock
from tests.factories import CHAT, add_customer, add_score, rows


def template(key: str, name: str, *seeds: str) -> ThemeTemplate:
    return ThemeTemplate(key=key, name=dict.fromkeys(Language, name), seeds=seeds)


RULES = Rules(
    pepper="pepper",
    themes=(
        template("delivery", "Giao hàng", "giao hàng", "giao trễ"),
        template("price", "Giá cả", "quá đắt"),
        template("staff", "Nhân viên", "nhân viên"),
    ),
)
BOSS, CSM = (Staff(user_id=9, name="Mai", role=role, language=Language.VI) for role in (Role.MANAGER, Role.CSM))


def read_reasons(database: Database, rules: Rules = RULES) -> None:
    while database.write_now(themes.plan_themes, rules=rules):
        pass


def answer(database: Database, reason: str | None, score: int = 3, *, kind: Kind = Kind.NPS, **columns: Any) -> int:
    """The answer of a customer of their own; returns its run."""
    number = len(rows(database, "customer")) + 1
    customer_id = add_customer(database, **{"chat_id": CHAT + number, **columns})
    return add_score(database, customer_id, kind, score, reason)


def named(database: Database, run_id: int) -> set[str]:
    return database.read_now(lambda tx, *, now: storage.themes.list_of(tx, run_id))


def period_of(clock: HandClock) -> Period:
    return parse_period("90d", now=clock.now(), timezone=RULES.timezone)


def counts(database: Database, clock: HandClock, kind: Kind = Kind.NPS) -> storage.reason_counts.Counts:
    keys = [one.key for one in RULES.themes]
    return database.read_now(lambda tx, *, now: storage.reason_counts.count(tx, kind, period_of(clock), keys))


def count_days(database: Database, clock: HandClock) -> None:
    """Count every day that is over, as the planner does."""
    for _ in range(2):
        while database.write_now(rollups.plan_rollups, rules=RULES):
            pass
        clock.advance(rollups.SETTLED_AFTER)


def count_reasons(tx: Tx, kind: Kind, period: Period, keys: Collection[str]) -> storage.reason_counts.Counts:
    """What `storage.reason_counts` says, counted one by one."""
    columns = (answer_table.c.run_id, answer_table.c.score, answer_table.c.reason, answer_table.c.answered_at)
    answers = [
        one
        for one in tx.execute(select(*columns).where(answer_table.c.kind == kind))
        if period.start <= one.answered_at < period.end
    ]
    reasons = {one.run_id: band(kind, one.score) for one in answers if one.reason}
    about = tx.execute(select(reason_theme.c.run_id, reason_theme.c.theme).where(reason_theme.c.about)).all()
    named = {(one.run_id, one.theme) for one in about if one.theme in keys and one.run_id in reasons}
    return storage.reason_counts.Counts(
        answers=len(answers),
        reasons=Counter(reasons.values()),
        themes={key: Counter(reasons[run_id] for run_id, theme in named if theme == key) for key in keys},
        unnamed=len(reasons.keys() - {run_id for run_id, _ in named}),
    )


def edit(database: Database, words: str, by: Staff = BOSS) -> Message:
    return database.write_now(themes.edit_themes, rules=RULES, by=by, request=parse_theme_request(words))


def page(database: Database, words: str = "reasons") -> Report:
    def show(tx: Tx, *, now: Any) -> Report:
        request = parse_report_request(words.split())
        period = parse_period(request.period, now=now, timezone=RULES.timezone)
        return reasons.reasons(tx, now=now, rules=RULES, request=request, period=period, language=Language.VI)

    return database.read_now(show)
