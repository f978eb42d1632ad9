"""Why customers say what they say, and surveys that were never sent or only answered after a reminder, in bulk."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import Connection, String, Table, cast, func, insert, literal, select, true

from storage.tables import answer, outbox, reason_theme, survey_run

Load = Callable[[Connection, Table, Mapping[str, Any]], None]
DAY = 86_400
UNSENT = 0.15
"""So many surveys are held until they expire, or cannot be sent, beside those that are sent."""
FATES = (
    ("expired", "between_surveys", "expired"),
    ("expired", "floor", "expired"),
    ("expired", "quiet_hours", "expired"),
    ("cancelled", None, "stopped"),
    ("failed", None, "blocked"),
)
REASONS: Mapping[str, tuple[str, ...]] = {
    "Giao hàng chậm quá, hẹn hai hôm mà năm hôm mới tới": ("delivery",),
    "Giá cao hơn chỗ khác mà hàng cũng vậy": ("price",),
    "Nhân viên nhiệt tình, tư vấn kỹ": ("staff",),
    "Ứng dụng hay bị treo lúc thanh toán": ("ordering", "waiting"),
    "Chất lượng tốt, dùng bền": ("quality",),
    "Gọi mãi không ai nghe máy": ("support",),
    "Giao nhanh, gói cẩn thận": ("delivery",),
    "Hàng lỗi mà đổi trả rắc rối": ("quality", "support"),
    "Giá hợp lý": ("price",),
    "Bình thường, không có gì để nói": (),
    "The app is easy to use": ("ease",),
    "Too expensive for what it does": ("price",),
    "Delivery was late twice": ("delivery",),
    "Support answered within an hour, thank you": ("support",),
    "It does what it should": (),
}


def reasons_of(runs: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """What was said in answer to these surveys, by their ids."""
    said: np.ndarray[Any, Any] = np.array([*REASONS], object)[runs * 7919 % len(REASONS)]
    return said


def add_themes(connection: Connection) -> None:
    """What the reasons are about, as the dictionary would find."""
    for key in sorted({key for keys in REASONS.values() for key in keys}):
        texts = [text for text, keys in REASONS.items() if key in keys]
        named = select(answer.c.run_id, literal(key), true()).where(answer.c.reason.in_(texts))
        connection.execute(insert(reason_theme).from_select(["run_id", "theme", "about"], named))


def add_unsent(connection: Connection, chance: np.random.Generator, load: Load, *, start: int, end: int) -> None:
    """Surveys planned between these seconds since 1970 and never sent, each with its invitation."""
    last_run, customers = connection.execute(
        select(func.max(survey_run.c.id), func.max(survey_run.c.customer_id))
    ).one()
    count = int(UNSENT * last_run)
    numbers, owners = last_run + np.arange(1, count + 1), chance.integers(1, customers + 1, count)
    kinds = np.array(["nps", "ces", "csat"])[chance.integers(0, 3, count)]
    planned = np.sort(chance.integers(start, end - 15 * DAY, count))
    theirs = {"customer_id": owners, "kind": kinds, "planned_at": planned}
    said = {"trigger": "calendar", "subject": "", "wording": "test"}
    load(connection, survey_run, {"id": numbers, **theirs, "closed_at": planned + 14 * DAY, **said})
    fates = chance.integers(0, len(FATES), count)
    status, rule, error = (np.array([fate[place] for fate in FATES], object)[fates] for place in range(3))
    due = {"due_at": planned, "expires_at": planned + 14 * DAY}
    why = {"status": status, "hold_rule": rule, "error": error}
    keys = np.char.add("unsent ", numbers.astype("U9"))
    load(connection, outbox, {"dedupe_key": keys, "run_id": numbers, **theirs, **due, **why, **_MESSAGE})


def add_reminders(connection: Connection, *, since: datetime) -> None:
    """One survey in three that was sent since then is reminded of; at once, which is as good here."""
    sent = survey_run.c.sent_at
    facts = {"run_id": survey_run.c.id, "customer_id": survey_run.c.customer_id, "sent_at": sent}
    due = dict.fromkeys(("planned_at", "due_at", "expires_at"), sent)
    fixed = {"kind": "reminder", "status": "sent", **_MESSAGE, "facts": {}}
    columns = {
        "dedupe_key": literal("reminder ") + cast(survey_run.c.id, String),
        **facts,
        **due,
        **{name: literal(value, outbox.c[name].type) for name, value in fixed.items()},
    }
    reminded = select(*columns.values()).where(survey_run.c.id % 3 == 0, sent >= since)
    connection.execute(insert(outbox).from_select([*columns], reminded, include_defaults=False))


_MESSAGE: Mapping[str, Any] = {"template": "", "facts": "{}", "priority": 5, "attempt": 1, "possible_duplicate": False}
