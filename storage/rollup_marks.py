"""Triggers that note, in the transaction of the change, which counted days are no longer as they were counted.

They live in the database, so that no way of changing an answer can forget them. What happens now is not counted yet and
leaves no mark: a tap costs a few look-ups by key, and where it changes what is counted of an earlier day (the survey
that it answers was sent on one, the score before it was given on one) a row that says by how much.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text

# `kind || ''` keeps SQLite, which has no statistics of its tables, from reading every answer of a kind instead of the
# customer's few.
MARK = "INSERT INTO rollup_mark (series, at)"
TO_BE_SENT = "({row}.sent_at IS NULL AND {row}.\"trigger\" <> 'import')"
MAYBE_SENT = "('sent', 'sending', 'unknown')"
CHANGE = "INSERT INTO rollup_change (series, at, segmentation_id, slot, change)"


@dataclass(frozen=True)
class Trigger:
    """Statements to run after an event on a table, for each row of which the condition holds."""

    name: str
    event: str
    table: str
    condition: str
    statements: tuple[str, ...]


def _mark(series: str, at: str) -> str:
    """Mark an instant of a series, if it lies where every change must leave a mark."""
    return f"{MARK} SELECT series, {at} FROM rollup_state WHERE series = {series} AND {at} < marked_before"  # noqa: S608


def _mark_neighbours(row: str) -> str:
    """What the customer's NPS answers around this one superseded, or were superseded by, may be others now."""
    return (
        f"{MARK} SELECT s.series, a.answered_at FROM rollup_state s JOIN answer a ON a.customer_id = {row}.customer_id"  # noqa: S608
        f" WHERE {row}.kind = 'nps' AND a.kind || '' = 'nps' AND a.answered_at < s.marked_before"
        f" AND (s.series = 'standing' AND a.answered_at <= {row}.answered_at"
        f" OR s.series = 'repeats' AND a.answered_at >= {row}.answered_at)"
    )


def _mark_moved(row: str) -> tuple[str, ...]:
    """Everything that an answer was counted in, or is to be."""
    given = _mark_given(row)
    theirs = (_mark(series, f"{row}.answered_at") for series in ("'standing'", "'repeats'"))
    return (*given, *theirs, _mark_neighbours(row))


def _mark_given(row: str) -> tuple[str, str]:
    """An answer among those of its kind, and its reason among theirs."""
    return _mark(f"{row}.kind", f"{row}.answered_at"), _mark(f"'reasons ' || {row}.kind", f"{row}.answered_at")


def _mark_named(row: str) -> str:
    """The answer whose reason names a theme, or does so no more."""
    return (
        f"{MARK} SELECT s.series, a.answered_at FROM answer a JOIN rollup_state s ON s.series = 'reasons ' || a.kind"  # noqa: S608
        f" WHERE a.run_id = {row}.run_id AND a.answered_at < s.marked_before"
    )


def _in_funnel(*, is_open: bool) -> str:
    """The survey of an answer, where it is counted; unless it was counted as open, more than a step may change."""
    counted_open = (
        "r.closed_at IS NULL AND EXISTS (SELECT 1 FROM rollup_mark m WHERE m.series = s.series"
        " AND m.at <= r.sent_at AND r.sent_at < m.until AND m.since <= r.closes_at)"
    )
    return (
        " FROM rollup_state s JOIN survey_run r ON s.series = 'sent ' || r.kind AND r.sent_at < s.marked_before"
        f" WHERE {'' if is_open else 'NOT '}({counted_open}) AND r.id = "
    )


def _step(row: str, slot: int, change: str, *, where: str = "1 = 1") -> tuple[str, str]:
    """The funnel of an answer's or a reminder's survey has more or fewer in one step."""
    changed = f"s.series, r.sent_at, r.segmentation_id, {slot}, {change}"
    run = f"{row}.run_id AND {where}"
    return (
        f"{CHANGE} SELECT {changed}{_in_funnel(is_open=True)}{run}",
        f"{MARK} SELECT s.series, r.sent_at{_in_funnel(is_open=False)}{run}",
    )


def _mark_sent(row: str, *, where: str = "1 = 1") -> str:
    """The day on which the survey of an answer or of a reminder was sent is to be counted anew."""
    return (
        f"{MARK} SELECT s.series, r.sent_at FROM rollup_state s JOIN survey_run r"  # noqa: S608  our own names
        f" ON s.series = 'sent ' || r.kind AND r.sent_at < s.marked_before WHERE r.id = {row}.run_id AND {where}"
    )


def _mark_unsent(row: str) -> str:
    """The survey of an answer or of a message is counted among those not sent, with what became of it."""
    return (
        f"{MARK} SELECT s.series, r.planned_at FROM rollup_state s JOIN survey_run r ON r.planned_at < s.marked_before"  # noqa: S608  our own names
        f" WHERE s.series = 'unsent' AND r.id = {row}.run_id AND {TO_BE_SENT.format(row='r')}"
    )


def _reminded_before(row: str) -> str:
    """Whether a reminder was sent before an answer."""
    return (
        f"EXISTS (SELECT 1 FROM outbox o WHERE o.run_id = {row}.run_id AND o.kind = 'reminder'"  # noqa: S608  our own names
        f" AND o.status IN {MAYBE_SENT} AND o.sent_at <= {row}.answered_at)"
    )


def _answered_after(row: str) -> str:
    """Whether there is an answer to what was reminded of, after it."""
    return f"EXISTS (SELECT 1 FROM answer a WHERE a.run_id = {row}.run_id AND a.answered_at >= {row}.sent_at)"  # noqa: S608  our own names


def _reminded(row: str, change: str) -> tuple[str, ...]:
    """One more survey was reminded of, or one less."""
    return (*_step(row, 5, change), _mark_sent(row, where=_answered_after(row)))


def _mark_stays(customer: str, since: str) -> str:
    """Whenever a customer came or left `since` something has changed: what was before is as it was."""
    return (
        f"{MARK} SELECT s.series, e.at FROM rollup_state s JOIN ("  # noqa: S608  our own names
        f"SELECT joined_at AS at FROM customer WHERE id = {customer}"
        f" UNION ALL SELECT lost_at FROM loss WHERE customer_id = {customer}"
        f" UNION ALL SELECT recovered_at FROM loss WHERE customer_id = {customer}"
        f") e ON e.at >= {since} AND e.at < s.marked_before WHERE s.series = 'members'"
    )


EVER_LOST = "EXISTS (SELECT 1 FROM loss WHERE customer_id = NEW.id)"


def _bought(slot: int, change: str) -> str:
    """Who was never lost counts among the others now; so many join on the day of an import that no day is recounted."""
    return (
        f"{CHANGE} SELECT series, NEW.joined_at, NULL, {slot}, {change} FROM rollup_state"  # noqa: S608  our own names
        f" WHERE series = 'members' AND NEW.joined_at < marked_before AND NOT {EVER_LOST}"
    )


def _mark_loss(row: str) -> tuple[str, ...]:
    """Everything that a loss was counted in, or is to be."""
    instants = (f"{row}.lost_at", f"{row}.recovered_at")
    return (*(_mark("'members'", at) for at in instants), _mark_stays(f"{row}.customer_id", instants[0]))


COLD = "EXISTS (SELECT 1 FROM rollup_state WHERE series = 'standing' AND {row}.answered_at < marked_before)"
SUPERSEDED = (
    f"{CHANGE} SELECT s.series, p.answered_at, p.segmentation_id, p.score, -1 FROM rollup_state s"  # noqa: S608
    " JOIN answer p ON p.run_id = (SELECT run_id FROM answer WHERE customer_id = NEW.customer_id AND kind || '' = 'nps'"
    " AND run_id <> NEW.run_id ORDER BY answered_at DESC, run_id DESC LIMIT 1)"
    " WHERE s.series = 'standing' AND p.answered_at < s.marked_before"
)
REASONED = "CASE WHEN NEW.reason IS NULL THEN -1 ELSE 1 END"
MOVED = "(OLD.kind, OLD.customer_id, OLD.answered_at) <> (NEW.kind, NEW.customer_id, NEW.answered_at)"
SENT_OLD, SENT_NEW = "'sent ' || OLD.kind", "'sent ' || NEW.kind"
SENT_OTHERWISE = "(NEW.sent_at IS NULL OR (OLD.kind, OLD.sent_at) <> (NEW.kind, NEW.sent_at))"
SENT = "sent_at, kind, closed_at, closes_at, segmentation_id"

PLANNED_OLD, PLANNED_NEW = (_mark("'unsent'", f"{row}.planned_at") for row in ("OLD", "NEW"))
REMINDS = f"{{row}}.kind = 'reminder' AND {{row}}.run_id IS NOT NULL AND {{row}}.status IN {MAYBE_SENT}"
FATE = "({row}.status, coalesce({row}.error, ''), coalesce({row}.hold_rule, ''))"

TRIGGERS = (
    Trigger(
        "rollup_given",
        "INSERT",
        "answer",
        "1 = 1",
        (
            *_mark_given("NEW"),
            *_step("NEW", 1, "1"),
            *_step("NEW", 6, "1", where=_reminded_before("NEW")),
            _mark_unsent("NEW"),
        ),
    ),
    Trigger("rollup_reasoned", "INSERT", "answer", "NEW.reason IS NOT NULL", _step("NEW", 2, "1")),
    Trigger(
        "rollup_superseding",
        "INSERT",
        "answer",
        f"NEW.kind = 'nps' AND NOT {COLD.format(row='NEW')}",
        (SUPERSEDED,),
    ),
    Trigger(
        "rollup_late",
        "INSERT",
        "answer",
        f"NEW.kind = 'nps' AND {COLD.format(row='NEW')}",
        (*_mark_moved("NEW")[2:],),
    ),
    Trigger(
        "rollup_rescored",
        "UPDATE OF score, segmentation_id",
        "answer",
        "OLD.score <> NEW.score OR coalesce(OLD.segmentation_id, 0) <> coalesce(NEW.segmentation_id, 0)",
        (
            *_mark_given("NEW"),
            _mark("'standing'", "NEW.answered_at"),
            f"{_mark_neighbours('NEW')} AND s.series = 'repeats' AND a.run_id <> NEW.run_id",
        ),
    ),
    Trigger(
        "rollup_moved",
        "UPDATE OF kind, customer_id, answered_at",
        "answer",
        MOVED,
        (
            *_mark_moved("OLD"),
            *_mark_moved("NEW"),
            _mark_sent("NEW"),
            _mark_unsent("NEW"),
        ),
    ),
    Trigger(
        "rollup_said",
        "UPDATE OF reason",
        "answer",
        "(OLD.reason IS NULL) <> (NEW.reason IS NULL)",
        (*_step("NEW", 2, REASONED), _mark_unsent("NEW")),
    ),
    Trigger(
        "rollup_worded",
        "UPDATE OF reason",
        "answer",
        "(coalesce(OLD.reason, '') = '') <> (coalesce(NEW.reason, '') = '')",
        (_mark_given("NEW")[1],),
    ),
    Trigger("rollup_named", "INSERT", "reason_theme", "NEW.about", (_mark_named("NEW"),)),
    Trigger("rollup_named_otherwise", "UPDATE", "reason_theme", "1 = 1", (_mark_named("OLD"), _mark_named("NEW"))),
    Trigger("rollup_unnamed", "DELETE", "reason_theme", "OLD.about", (_mark_named("OLD"),)),
    Trigger(
        "rollup_removed",
        "DELETE",
        "answer",
        "1 = 1",
        (
            *_mark_moved("OLD"),
            *_step("OLD", 1, "-1"),
            *_step("OLD", 2, "CASE WHEN OLD.reason IS NULL THEN 0 ELSE -1 END"),
            *_step("OLD", 6, "-1", where=_reminded_before("OLD")),
            _mark_unsent("OLD"),
        ),
    ),
    Trigger("rollup_sent", "INSERT", "survey_run", "NEW.sent_at IS NOT NULL", (_mark(SENT_NEW, "NEW.sent_at"),)),
    Trigger(
        "rollup_changed_run",
        f"UPDATE OF {SENT}",
        "survey_run",
        "OLD.sent_at IS NOT NULL OR NEW.sent_at IS NOT NULL",
        (
            f"{_mark(SENT_OLD, 'OLD.sent_at')} AND {SENT_OTHERWISE}",
            _mark(SENT_NEW, "NEW.sent_at"),
        ),
    ),
    Trigger("rollup_planned", "INSERT", "survey_run", TO_BE_SENT.format(row="NEW"), (PLANNED_NEW,)),
    Trigger(
        "rollup_replanned",
        'UPDATE OF sent_at, planned_at, kind, closed_at, "trigger"',
        "survey_run",
        f"{TO_BE_SENT.format(row='OLD')} OR {TO_BE_SENT.format(row='NEW')}",
        (PLANNED_NEW, f"{PLANNED_OLD} AND OLD.planned_at <> NEW.planned_at"),
    ),
    Trigger("rollup_removed_plan", "DELETE", "survey_run", TO_BE_SENT.format(row="OLD"), (PLANNED_OLD,)),
    Trigger("rollup_invited", "INSERT", "outbox", "NEW.run_id IS NOT NULL", (_mark_unsent("NEW"),)),
    Trigger(
        "rollup_held",
        "UPDATE OF status, error, hold_rule",
        "outbox",
        f"NEW.run_id IS NOT NULL AND {FATE.format(row='OLD')} <> {FATE.format(row='NEW')}",
        (_mark_unsent("NEW"),),
    ),
    Trigger("rollup_uninvited", "DELETE", "outbox", "OLD.run_id IS NOT NULL", (_mark_unsent("OLD"),)),
    Trigger("rollup_reminder", "INSERT", "outbox", REMINDS.format(row="NEW"), _reminded("NEW", "1")),
    Trigger(
        "rollup_reminded",
        "UPDATE OF status, sent_at",
        "outbox",
        "NEW.kind = 'reminder' AND NEW.run_id IS NOT NULL",
        (
            *_step("NEW", 5, "1", where=f"{REMINDS.format(row='NEW')} AND NOT ({REMINDS.format(row='OLD')})"),
            *_step("NEW", 5, "-1", where=f"{REMINDS.format(row='OLD')} AND NOT ({REMINDS.format(row='NEW')})"),
            *(_mark_sent(row, where=_answered_after(row)) for row in ("OLD", "NEW")),
        ),
    ),
    Trigger("rollup_not_reminded", "DELETE", "outbox", REMINDS.format(row="OLD"), _reminded("OLD", "-1")),
    Trigger("rollup_joined", "INSERT", "customer", "1 = 1", (_mark("'members'", "NEW.joined_at"),)),
    Trigger(
        "rollup_rejoined",
        "UPDATE OF joined_at",
        "customer",
        "OLD.joined_at <> NEW.joined_at",
        (
            _mark("'members'", "OLD.joined_at"),
            _mark_stays("NEW.id", "OLD.joined_at"),
            _mark_stays("NEW.id", "NEW.joined_at"),
        ),
    ),
    Trigger(
        "rollup_bought",
        "UPDATE OF last_purchase_at",
        "customer",
        "(OLD.last_purchase_at IS NULL) <> (NEW.last_purchase_at IS NULL)",
        (
            _bought(0, "CASE WHEN NEW.last_purchase_at IS NULL THEN -1 ELSE 1 END"),
            _bought(1, "CASE WHEN NEW.last_purchase_at IS NULL THEN 1 ELSE -1 END"),
            f"{_mark_stays('NEW.id', 'NEW.joined_at')} AND {EVER_LOST}",
        ),
    ),
    Trigger("rollup_unjoined", "DELETE", "customer", "1 = 1", (_mark("'members'", "OLD.joined_at"),)),
    Trigger("rollup_lost", "INSERT", "loss", "1 = 1", _mark_loss("NEW")),
    Trigger(
        "rollup_lost_otherwise",
        "UPDATE OF customer_id, lost_at",
        "loss",
        "(OLD.customer_id, OLD.lost_at) <> (NEW.customer_id, NEW.lost_at)",
        (*_mark_loss("OLD"), *_mark_loss("NEW"), _mark_stays("NEW.customer_id", "OLD.lost_at")),
    ),
    Trigger(
        "rollup_recovered",
        "UPDATE OF recovered_at",
        "loss",
        "1 = 1",
        (
            _mark("'members'", "OLD.recovered_at"),
            _mark_stays("NEW.customer_id", "OLD.recovered_at"),
            _mark_stays("NEW.customer_id", "NEW.recovered_at"),
        ),
    ),
    Trigger("rollup_never_lost", "DELETE", "loss", "1 = 1", _mark_loss("OLD")),
    Trigger("rollup_sold", "INSERT", "purchase", "1 = 1", (_mark("'takings'", "NEW.purchased_at"),)),
    Trigger(
        "rollup_sold_otherwise",
        "UPDATE OF purchased_at, amount_minor, currency",
        "purchase",
        "(OLD.purchased_at, OLD.amount_minor, OLD.currency) <> (NEW.purchased_at, NEW.amount_minor, NEW.currency)",
        (_mark("'takings'", "OLD.purchased_at"), _mark("'takings'", "NEW.purchased_at")),
    ),
    Trigger("rollup_never_sold", "DELETE", "purchase", "1 = 1", (_mark("'takings'", "OLD.purchased_at"),)),
    Trigger("rollup_removed_run", "DELETE", "survey_run", "1 = 1", (_mark(SENT_OLD, "OLD.sent_at"),)),
)


def create(connection: Connection) -> None:
    """Make every trigger, where the tables are that they write to."""
    if not inspect(connection).has_table("rollup_mark"):
        return
    drop(connection)
    for trigger in TRIGGERS:
        for statement in _create(trigger, connection.dialect.name):
            connection.execute(text(statement))


def drop(connection: Connection) -> None:
    """Take every trigger away: a migration may copy a table that they are on, or drop one that they write to."""
    if not inspect(connection).has_table("rollup_mark"):
        return
    for trigger in TRIGGERS:
        if connection.dialect.name == "sqlite":
            connection.execute(text(f"DROP TRIGGER IF EXISTS {trigger.name}"))
        else:
            connection.execute(text(f"DROP FUNCTION IF EXISTS {trigger.name}() CASCADE"))


def _create(trigger: Trigger, dialect: str) -> tuple[str, ...]:
    after = f"CREATE TRIGGER {trigger.name} AFTER {trigger.event} ON {trigger.table} FOR EACH ROW"
    body = " ".join(f"{statement};" for statement in trigger.statements)
    if dialect == "sqlite":
        return (f"{after} WHEN {trigger.condition} BEGIN {body} END",)
    function = f"CREATE OR REPLACE FUNCTION {trigger.name}() RETURNS trigger LANGUAGE plpgsql AS"
    returns = f"$$ BEGIN IF {trigger.condition} THEN {body} END IF; RETURN NULL; END $$"
    return f"{function} {returns}", f"{after} EXECUTE FUNCTION {trigger.name}()"
