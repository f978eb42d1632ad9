"""`touchpoint health`, from a shop's files to the table that says whether the score is worth anything."""

from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.clock import utc_now
from bot.domain.rules import Rules
from storage.database import connect
from storage.tables import health, health_snapshot

SHOP = "[health.weights]\nsurvey = 0\nengagement = 0\nmilestones = 0\nsupport = 0\nsentiment = 0\n"


def touchpoint(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "200", "NO_COLOR": "1"})


@pytest.fixture
def shop(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Eighty customers of a shop that knows only what they buy; every second one buys seldom, and soon no more."""
    now = utc_now()
    customers, purchases = ["external_id;name;joined_at"], ["external_id;customer_external_id;purchased_at;amount"]
    for number in range(80):
        customers.append(f"K{number};Khách {number};{now - timedelta(days=400):%Y-%m-%d}")
        seldom = range(95, 400, 80) if number % 2 else range(5, 400, 20)
        stays = [] if number % 2 else [1]
        for days in [*seldom, *stays]:
            bought = now - timedelta(days=days)
            purchases.append(f"{number}-{days};K{number};{bought:%Y-%m-%d %H:%M};100000")
    (folder / "customers.csv").write_text("\n".join(customers), encoding="utf-8")
    (folder / "purchases.csv").write_text("\n".join(purchases), encoding="utf-8")
    (folder / "shop.toml").write_text(SHOP, encoding="utf-8")
    monkeypatch.setenv("TOUCHPOINT_RULES", "shop.toml")
    touchpoint("import", "customers", "customers.csv")
    touchpoint("import", "purchases", "purchases.csv")
    return folder


def test_a_score_is_held_against_who_left_beside_frequency_and_recency_alone(shop: Path) -> None:
    result = touchpoint("health", "validate")
    assert result.exit_code == 0
    assert "80 customers, 40 left: 50.0% (39.3% to 60.7%); of 0 more nothing is known" in result.stdout
    for words in ("the score", "frequency alone", "recency alone", "no detectable difference", "red", "grey"):
        assert words in result.stdout
    assert "The worst tenth: 100.0%" in result.stdout
    assert "2.00 times as many as of everybody" in result.stdout


def test_learned_weights_are_shown_beside_the_present_ones_and_changed_nowhere(shop: Path) -> None:
    before = (shop / "shop.toml").read_text(encoding="utf-8")
    learned, tried = (f"{utc_now() - timedelta(days=days):%Y-%m-%d}" for days in (185, 92))
    result = touchpoint("health", "reweight", "--learn-at", learned, "--at", tried)
    assert result.exit_code == 1
    assert "nothing can be said before 30 left" in result.stderr  # in the spring everybody stayed
    result = touchpoint("health", "reweight", "--learn-at", tried, "--at", tried)
    assert "leave 90 days between them" in result.stderr
    assert (shop / "shop.toml").read_text(encoding="utf-8") == before


def test_weights_are_printed_as_the_rules_would_say_them(shop: Path) -> None:
    old, late = (f"{utc_now() - timedelta(days=days):%Y-%m-%d}" for days in (92, 61))
    result = touchpoint("health", "reweight", "--learn-at", old, "--at", late, "--days", "30")
    assert result.exit_code == 0, result.stderr
    assert f"The learned weights on {late}, against who left in the 30 days after" in result.stdout
    assert "the present weights" in result.stdout
    weights = result.stdout.partition("[health.weights]\n")[2].splitlines()
    assert [line.split(" = ")[0] for line in weights] == list(Rules().health.weights)
    assert "survey = 0  # was 0" in weights


def test_a_date_whose_end_is_not_over_is_refused(shop: Path) -> None:
    result = touchpoint("health", "validate", "--at", f"{utc_now() - timedelta(days=30):%Y-%m-%d}")
    assert result.exit_code == 1
    assert "90 days must have passed since" in result.stderr


def test_too_few_who_left_are_told_and_no_number_is_given(folder: Path) -> None:
    result = touchpoint("health", "validate")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "0 of 0 left; nothing can be said before 30 left and as many stayed" in result.stderr


def test_the_past_is_scored_for_who_was_never_scored(shop: Path) -> None:
    for _ in range(2):
        assert touchpoint("health", "score-past", "--weeks", "3").exit_code == 0
    with connect("sqlite:///touchpoint.sqlite3") as tx:
        assert len(tx.execute(health.select()).all()) == 80
        days = {row.day for row in tx.execute(health_snapshot.select())}
    assert max(days) - min(days) <= timedelta(days=14)
