"""Of every column that can hold words somebody has decided whether it is encrypted."""

from sqlalchemy import Boolean, Date, Float, Integer

from storage import encryption
from storage.columns import SecretJson, SecretText, UtcDateTime
from storage.tables import metadata

SECRET = {
    "answer.reason",
    "command_text.body",
    "customer.phone",
    "inbox.payload",
    "interaction.body",
    "loss.reason",
    "outbox.facts",
    "success_plan.goal",
    "support_case.words",
    "survey_run.subject",
}
BLIND = {"customer.phone_index", "customer.phone_ending"}
PLAIN = {
    # Staff search and sort by names, planners by birthdays, segments by plan and place; see docs/encryption.md.
    "customer": {"name", "search_name", "external_id", "salutation", "plan", "location", "language", "timezone"}
    | {"topics_off", "hours", "title", "channel", "tags"},
    "staff": {"name", "role", "language"},
    # Keys of the rules, states, digests and our own words.
    "answer": {"kind", "scale", "external_id"},
    "audit": {"command"},
    "contract": {"external_id", "currency"},
    "consent": {"act", "detail", "text_version"},
    "encryption_key": {"key_id"},
    "forgotten": {"digest"},
    "greeting_progress": {"greeting", "timezone"},
    "health": {"scorecard", "alert", "override", "colour", "colour_before", "currency", "version", "parts"},
    "health_count": {"colour", "colour_before"},
    "health_day": {"state"},
    "health_snapshot": {"scorecard", "override", "colour", "version", "parts"},
    "hold": {"rule"},
    "ingest": {"key", "digest", "result"},
    "inbox": {"error"},
    "interaction": {"kind"},
    "link": {"digest"},
    "loss": {"source"},
    "milestone": {"title", "owner", "tip", "measure_name", "measure_unit"}
    | {"measure_start", "measure_target", "measure_value"},
    "outbox": {"dedupe_key", "kind", "language", "template", "status", "hold_rule", "owner", "error", "lane"},
    "purchase": {"external_id", "currency"},
    "rate": {"name"},
    "reason_theme": {"theme"},
    "revenue_at_risk": {"currency"},
    "rollup": {"series", "dimension", "segment"},
    "rollup_change": {"series"},
    "rollup_mark": {"series"},
    "rollup_pair": {"series", "unit", "dimension", "segment"},
    "rollup_state": {"series", "timezone", "dimensions"},
    "segmentation": {"digest", "plan", "value", "csm_id", "age", "location", "title", "channel", "rfm", "tags"},
    "standing": {"currency", "rfm"},
    "standing_round": {"cuts", "sums"},
    "success_plan": {"template", "name", "status", "check_in_answer"},
    "support_case": {"source", "survey_kind", "reason", "outcome"},
    "survey_run": {"kind", "trigger", "wording"},
    "theme": {"key", "name", "merged_into"},
    "theme_dictionary": {"digest"},
    "theme_seed": {"theme", "seed"},
    "ticket": {"external_id", "category", "currency"},
    "usage_event": {"external_id", "name"},
    "wave": {"kind", "status", "words", "weekdays", "language", "shown", "subject", "variants"},
    "wave_member": {"state", "rule", "variant"},
    "win_back": {"status", "reason", "answer", "holdout"},
}


def test_every_column_that_can_hold_words_is_decided_on() -> None:
    holds_words = {
        f"{column.table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.c
        if not isinstance(column.type, Integer | Float | Boolean | Date | UtcDateTime)
    }
    assert holds_words == SECRET | BLIND | {f"{table}.{name}" for table, names in PLAIN.items() for name in names}
    assert set(encryption.list_places()) == SECRET


def test_every_text_is_bound_to_the_column_in_which_it_stands() -> None:
    places = {
        f"{column.table.name}.{column.name}": column.type for table in metadata.tables.values() for column in table.c
    }
    bound = {name: kind.place for name, kind in places.items() if isinstance(kind, SecretText | SecretJson)}
    assert all(name == place for name, place in bound.items())
