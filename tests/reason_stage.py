"""A business with three themes, and customers who give their reasons."""

from typing import Any

import storage.reasons
import storage.themes
from bot.domain.messages import Language, Message
from bot.domain.periods import Period, parse_period
from bot.domain.reasons.editing import parse_theme_request
from bot.domain.reasons.themes import ThemeTemplate
from bot.domain.report_messages import Report
from bot.domain.report_requests import parse_report_request
from bot.domain.roles import Role, Staff
from bot.domain.rules import Rules
from bot.domain.touchpoints import Kind
from bot.services import reasons, themes
from storage.database import Database, Tx
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


def counts(database: Database, clock: HandClock, kind: Kind = Kind.NPS) -> storage.reasons.Counts:
    keys = [one.key for one in RULES.themes]
    return database.read_now(lambda tx, *, now: storage.reasons.count(tx, kind, period_of(clock), keys))


def edit(database: Database, words: str, by: Staff = BOSS) -> Message:
    return database.write_now(themes.edit_themes, rules=RULES, by=by, request=parse_theme_request(words))


def page(database: Database, words: str = "reasons") -> Report:
    def show(tx: Tx, *, now: Any) -> Report:
        request = parse_report_request(words.split())
        period = parse_period(request.period, now=now, timezone=RULES.timezone)
        return reasons.reasons(tx, now=now, rules=RULES, request=request, period=period, language=Language.VI)

    return database.read_now(show)
