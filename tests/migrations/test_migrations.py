"""A database grows from nothing to what the tables say, and back."""

import subprocess
import sys
from datetime import UTC, date, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, select, text

from bot.domain.segments import Segmentation
from storage.database import connect
from storage.migrate import UnknownRevisionError, current, head, migrate
from storage.phones import ends_like
from storage.tables import (
    answer,
    customer,
    health,
    health_day,
    loss,
    metadata,
    ownership,
    revenue_at_risk,
    rollup_pair,
    rollup_state,
    segmentation,
    survey_run,
)

BUYER = """
    INSERT INTO customer
    (name, search_name, salutation, language, timezone, plan, location, joined_at, created_at, last_purchase_at)
    VALUES ('An', 'an', '', 'vi', 'UTC', '', '', '2026-01-01 00:00:00', '2026-01-01 00:00:00', {bought})
"""


def test_migrations_build_exactly_what_the_tables_say(blank_url: str) -> None:
    migrate(blank_url)

    with connect(blank_url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_migrations_build_the_same_checks_as_the_tables(blank_url: str) -> None:
    migrate(blank_url)
    migrated = _checks(blank_url)
    migrate(blank_url, "base")
    with connect(blank_url) as connection:
        metadata.create_all(connection)
        connection.commit()

    assert migrated == _checks(blank_url)
    assert any("salutation" in rule for _, rule in migrated)


def _checks(url: str) -> set[tuple[str, str]]:
    with connect(url) as connection:
        inspector = inspect(connection)
        checks = (check for table in inspector.get_table_names() for check in inspector.get_check_constraints(table))
        return {(str(check["name"]), check["sqltext"]) for check in checks}


def test_a_database_goes_from_head_to_nothing_and_back(blank_url: str) -> None:
    migrate(blank_url)
    migrate(blank_url, "base")

    with connect(blank_url) as connection:
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    assert current(blank_url) is None

    migrate(blank_url)
    assert current(blank_url) == head()


def test_migrating_twice_changes_nothing(blank_url: str) -> None:
    migrate(blank_url)
    with connect(blank_url) as connection:
        connection.execute(text("INSERT INTO rate (name, arrival_at) VALUES ('bulk', '2026-11-20 03:00:00')"))
        connection.commit()

    migrate(blank_url)

    with connect(blank_url) as connection:
        assert connection.execute(text("SELECT name FROM rate")).scalar_one() == "bulk"


def test_who_bought_before_losses_of_the_past_were_kept_is_marked_to_be_looked_at(blank_url: str) -> None:
    migrate(blank_url, "0003_cases")
    with connect(blank_url) as connection:
        for bought in ("'2026-03-04 05:00:00'", "NULL"):
            connection.execute(text(BUYER.format(bought=bought)))
        connection.commit()

    migrate(blank_url)

    with connect(blank_url) as connection:
        marked = connection.execute(text("SELECT count(*) FROM customer WHERE purchases_came_at = last_purchase_at"))
        assert marked.scalar_one() == 1


def test_replicas_that_start_together_migrate_once(blank_url: str) -> None:
    command = [sys.executable, "-c", f"from storage.migrate import migrate; migrate({blank_url!r})"]
    replicas = [subprocess.Popen(command) for _ in range(2)]

    assert [replica.wait(timeout=30) for replica in replicas] == [0, 0]
    assert current(blank_url) == head()


def test_a_database_of_a_newer_version_is_left_alone(blank_url: str) -> None:
    migrate(blank_url)
    with connect(blank_url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'tomorrow'"))
        connection.commit()

    with pytest.raises(UnknownRevisionError, match="tomorrow"):
        migrate(blank_url)


def test_numbers_and_words_from_before_encryption_are_found_and_read_as_they_were(blank_url: str) -> None:
    migrate(blank_url, "0008_casework")
    words = {1: "enc1:0a0b0c0d:AAAA", 2: "txt1:enc1:", 3: "ENC1: đắt quá", 4: None}
    with connect(blank_url) as connection:
        for number, goal in words.items():
            connection.execute(text(CUSTOMER), {"number": number, "phone": f"+8491234567{number}" if goal else None})
            connection.execute(text(LOSS), {"number": number, "reason": goal or ""})
        connection.commit()

    migrate(blank_url)

    with connect(blank_url) as connection:
        reasons = connection.execute(select(loss.c.reason).order_by(loss.c.id)).scalars().all()
        assert reasons == [goal or "" for goal in words.values()]
        for number, goal in words.items():
            found = connection.execute(select(customer.c.id).where(ends_like(connection, f"1234567{number}"))).scalars()
            assert list(found) == ([number] if goal else [])


def test_surveys_of_the_past_keep_their_plan_and_csm_and_nothing_is_invented(blank_url: str) -> None:
    migrate(blank_url, "0012_datain")
    with connect(blank_url) as connection:
        connection.execute(text(CUSTOMER), {"number": 1, "phone": None})
        for number, csm_id in {1: 5_000_000_000, 2: None, 3: 5_000_000_000}.items():
            connection.execute(text(RUN), {"number": number, "csm_id": csm_id})
        connection.execute(text(ANSWER), {"csm_id": 7})
        connection.commit()

    migrate(blank_url)

    with connect(blank_url) as connection:
        columns = (segmentation.c.plan, segmentation.c.csm_id, segmentation.c.age, segmentation.c.tags)
        runs = select(*columns).join(survey_run, survey_run.c.segmentation_id == segmentation.c.id)
        found = connection.execute(runs.order_by(survey_run.c.id)).all()
        assert found == [("gold", csm, "", []) for csm in ("5000000000", "", "5000000000")]
        given = select(*columns).join(answer, answer.c.segmentation_id == segmentation.c.id)
        assert connection.execute(given).all() == [("gold", "7", "", [])]
        assert (
            Segmentation(plan="gold", csm_id="7").digest in connection.execute(select(segmentation.c.digest)).scalars()
        )


RUN = """
INSERT INTO survey_run (id, customer_id, kind, trigger, subject, wording, segment, csm_id, planned_at)
VALUES (:number, 1, 'nps', 'staff', '', 'nps-1', 'gold', :csm_id, '2026-11-20 03:00:00')
"""
ANSWER = """
INSERT INTO answer (run_id, customer_id, kind, score, scale, segment, csm_id, answered_at)
VALUES (1, 1, 'nps', 9, '0-10 likelihood', 'gold', :csm_id, '2026-11-20 03:00:00')
"""
CUSTOMER = """
INSERT INTO customer (id, name, search_name, salutation, language, timezone, phone, plan, location, joined_at,
    created_at)
VALUES (:number, 'An', 'an', '', 'vi', 'UTC', :phone, '', '', '2026-11-20 03:00:00', '2026-11-20 03:00:00')
"""
LOSS = """
INSERT INTO loss (id, customer_id, lost_at, source, reason)
VALUES (:number, :number, '2026-11-20 03:00:00', 'staff', :reason)
"""


def test_whose_a_customer_is_is_known_since_the_surveys_say_so_and_otherwise_since_today(blank_url: str) -> None:
    migrate(blank_url, "0012_datain")
    planned = ((1, "manual", 8), (2, "manual", 7), (3, "manual", 7), (4, "import", 7))
    with connect(blank_url) as connection:
        for number in (1, 2):
            connection.execute(text(CUSTOMER), {"number": number, "phone": None})
        connection.execute(text("UPDATE customer SET csm_id = 7"))
        for day, trigger, csm_id in planned:
            facts = {"trigger": trigger, "csm_id": csm_id, "planned_at": f"2026-01-0{day} 00:00:00"}
            connection.execute(text(OWNED_RUN), {"customer_id": 2 if trigger == "import" else 1, **facts})
        connection.commit()

    migrate(blank_url)

    with connect(blank_url) as connection:
        found = {row[0]: row[1] for row in connection.execute(select(ownership.c.customer_id, ownership.c.since))}
        assert found[1] == datetime(2026, 1, 2, tzinfo=UTC)
        assert found[2] > datetime(2026, 11, 1, tzinfo=UTC)


OWNED_RUN = """
INSERT INTO survey_run (customer_id, kind, "trigger", subject, wording, segment, csm_id, planned_at)
VALUES (:customer_id, 'nps', :trigger, '', '', '', :csm_id, :planned_at)
"""


SCORED = """
INSERT INTO health (customer_id, day, score, score_before, colour, since, scorecard, version, parts, value_minor,
    currency)
VALUES (:number, :day, 40, 70, 'red', :day, 'general', '1', '[]', 0, '')
"""


@pytest.mark.parametrize("blank_url", ["sqlite"], indirect=True)
def test_the_day_on_which_counting_of_health_begins_is_left_out_and_who_is_lost_is_known(blank_url: str) -> None:
    migrate(blank_url, "0018_funnel")
    with connect(blank_url) as connection:
        for number, day in ((1, "2026-11-19"), (2, "2026-11-20")):
            connection.execute(text(CUSTOMER), {"number": number, "phone": None})
            connection.execute(text(SCORED), {"number": number, "day": day})
        connection.execute(text("UPDATE customer SET lost_at = '2026-11-20 03:00:00' WHERE id = 2"))
        connection.commit()

    migrate(blank_url)

    with connect(blank_url) as connection:
        assert connection.execute(select(health_day)).all() == [(date(2026, 11, 20), "left_out")]
        assert connection.execute(select(health.c.is_lost, health.c.moved)).all() == [(False, -30), (True, -30)]


RED = """
INSERT INTO health (customer_id, day, score, colour, since, scorecard, version, parts, value_minor, currency)
VALUES (:number, :day, 40, :colour, :day, 'general', '1', '[]', :spent, 'VND')
"""


def test_what_the_red_have_spent_is_added_up_of_the_newest_day(blank_url: str) -> None:
    migrate(blank_url, "0025_by_their_key")
    told = ((1, "2026-11-19", "red", 4), (2, "2026-11-20", "red", 20), (3, "2026-11-20", "red", 300))
    with connect(blank_url) as connection:
        for number, day, colour, spent in (*told, (4, "2026-11-20", "green", 5000)):
            connection.execute(text(CUSTOMER), {"number": number, "phone": None})
            connection.execute(text(RED), {"number": number, "day": day, "colour": colour, "spent": spent})
        for day, state in (("2026-11-19", "complete"), ("2026-11-20", "open"), ("2026-11-21", "left_out")):
            connection.execute(text("INSERT INTO health_day VALUES (:day, :state)"), {"day": day, "state": state})
        connection.commit()

    migrate(blank_url)

    with connect(blank_url) as connection:
        assert connection.execute(select(revenue_at_risk)).all() == [(date(2026, 11, 20), "VND", 2, 320, 90_400.0)]


STATE = """
INSERT INTO rollup_state (series, timezone, dimensions, counted_until, marked_before, marked_at)
VALUES (:series, 'Asia/Ho_Chi_Minh', '', '2026-11-20', '2026-11-19 17:00:00', '2026-11-20 03:00:00')
"""
PAIR = """
INSERT INTO rollup_pair VALUES (:series, :first_day, '2026-11-09', :n, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
"""


def test_what_was_counted_to_a_day_is_counted_to_its_beginning_and_by_the_month_it_began_too(blank_url: str) -> None:
    migrate(blank_url, "0021_money_speed")
    with connect(blank_url) as connection:
        for series in ("members", "repeats"):
            connection.execute(text(STATE), {"series": series})
            for n, first_day in enumerate(("2026-10-02", "2026-10-31", "2026-11-01"), start=1):
                connection.execute(text(PAIR), {"series": series, "first_day": first_day, "n": n})
        connection.commit()

    migrate(blank_url)

    pairs = select(rollup_pair.c.unit, rollup_pair.c.first_day, rollup_pair.c.n0).order_by("unit", "first_day")
    states = select(rollup_state.c.series, rollup_state.c.counted_before)
    with connect(blank_url) as connection:
        assert connection.execute(states).all() == [("members", datetime(2026, 11, 19, 17, tzinfo=UTC))]
        assert connection.execute(pairs).all() == [
            ("day", date(2026, 10, 2), 1),
            ("day", date(2026, 10, 31), 2),
            ("day", date(2026, 11, 1), 3),
            ("month", date(2026, 10, 1), 3),
            ("month", date(2026, 11, 1), 3),
        ]
