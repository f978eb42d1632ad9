from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from bot.domain.messages import Language
from bot.settings import Settings, SettingsError, examine_settings, load_settings

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
TOKEN = "123456789:AAE-secret_secret_secret_secret_secre"  # noqa: S105  nobody's token
ROOT = Path(__file__).parents[2]


def load() -> Settings:
    return load_settings(now=NOW)


def problems() -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load()
    return caught.value.problems


def test_with_nothing_set_it_runs_on_good_defaults() -> None:
    settings = load()

    assert settings.bot_token is None
    assert settings.bot_api_url == "https://api.telegram.org"
    assert settings.database_url == "sqlite:///touchpoint.sqlite3"
    assert (settings.rules.timezone, settings.rules.language) == ("Asia/Ho_Chi_Minh", Language.VI)
    assert [plan.key for plan in settings.rules.plans] == ["onboarding", "growth"]
    assert [milestone.after_days for milestone in settings.rules.plans[0].milestones] == [30, 90, 180, 365]
    assert settings.rules.contact.weekly_cap == 3


def test_settings_come_from_the_environment_and_from_the_env_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [f"BOT_TOKEN={TOKEN}", "BUSINESS_NAME=Tiệm Hoa", "ADMIN_IDS=5000000000001, 7", "DEFAULT_LANGUAGE=vi"]
    (folder / ".env").write_text("\n".join(lines), encoding="utf-8")
    monkeypatch.setenv("DEFAULT_LANGUAGE", "en")
    monkeypatch.setenv("STAFF_CHAT_ID", "-1001234567890")
    monkeypatch.setenv("BUSINESS_TIMEZONE", "Asia/Tokyo")
    monkeypatch.setenv("BOT_API_URL", "http://127.0.0.1:8081/")
    monkeypatch.setenv("BOT_PROXY", "http://user:password@proxy:3128")
    monkeypatch.setenv("LOG_LEVEL", "debug")
    monkeypatch.setenv("PEPPER", "capsaicin")

    settings = load()

    assert settings.require_token() == TOKEN
    assert (settings.bot_api_url, settings.bot_proxy) == ("http://127.0.0.1:8081", "http://user:password@proxy:3128")
    assert settings.log_level == "DEBUG"
    assert (settings.rules.pepper, settings.secrets()) == ("capsaicin", (TOKEN, "capsaicin"))
    assert "capsaicin" not in repr(settings.rules)
    rules = settings.rules
    assert (rules.business, rules.timezone, rules.language) == ("Tiệm Hoa", "Asia/Tokyo", Language.EN)
    assert (sorted(rules.admin_ids), rules.staff_chat_id) == ([7, 5_000_000_000_001], -1_001_234_567_890)


def test_the_example_of_an_env_file_can_be_copied_as_it_is(folder: Path) -> None:
    (folder / ".env").write_text((ROOT / ".env.example").read_text(encoding="utf-8"), encoding="utf-8")

    assert load() == Settings(rules=load().rules)


def test_the_data_doors_token_is_kept_out_of_sight(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHPOINT_API_TOKEN", TOKEN)
    monkeypatch.setenv("TOUCHPOINT_API_HOST", "0.0.0.0")  # noqa: S104  as a business may set it
    monkeypatch.setenv("TOUCHPOINT_API_PORT", "9000")

    settings = load()

    assert (settings.api_host, settings.api_port) == ("0.0.0.0", 9000)  # noqa: S104  the same
    assert settings.secrets() == (TOKEN,)
    assert TOKEN not in repr(settings)


def test_a_short_token_and_a_port_that_is_none_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHPOINT_API_TOKEN", "hush")
    monkeypatch.setenv("TOUCHPOINT_API_PORT", "0")

    found = problems()

    assert [problem.partition(":")[0] for problem in found] == ["TOUCHPOINT_API_TOKEN", "TOUCHPOINT_API_PORT"]
    assert "hush" not in str(found)


WEBHOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105  from the standard's own page


def test_a_webhook_has_an_address_and_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHPOINT_WEBHOOK_URL", "https://crm.example.com/touchpoint")
    assert [problem.partition(":")[0] for problem in problems()] == ["TOUCHPOINT_WEBHOOK_SECRET"]

    monkeypatch.setenv("TOUCHPOINT_WEBHOOK_SECRET", "whsec_short")
    assert [problem.partition(":")[0] for problem in problems()] == ["TOUCHPOINT_WEBHOOK_SECRET"]

    monkeypatch.setenv("TOUCHPOINT_WEBHOOK_SECRET", WEBHOOK_SECRET)
    settings = load()
    assert settings.rules.webhook_url == "https://crm.example.com/touchpoint"
    assert settings.secrets() == (WEBHOOK_SECRET,)


def test_one_admin_needs_no_comma(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_IDS", "5000000000001")

    assert load().rules.admin_ids == frozenset({5_000_000_000_001})


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_usual_postgresql_address_gets_our_driver(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://user:password@host/base")

    assert load().database_url == "postgresql+psycopg://user:password@host/base"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("BOT_TOKEN", "secret"),
        ("BOT_API_URL", "localhost:8081"),
        ("BOT_PROXY", "proxy"),
        ("DATABASE_URL", "mysql://host/base"),
        ("BUSINESS_TIMEZONE", "Asia/Hanoi"),
        ("DEFAULT_LANGUAGE", "fr"),
        ("ADMIN_IDS", "1, boss"),
        ("STAFF_CHAT_ID", "@staff"),
        ("LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, key: str, value: str
) -> None:
    monkeypatch.setenv(key, value)

    (problem,) = problems()

    assert problem.startswith(f"{key}: ")
    assert value not in problem
    assert "is not valid" not in problem


def test_every_wrong_setting_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", "secret")
    monkeypatch.setenv("ADMIN_IDS", "x,y")

    assert [problem.partition(":")[0] for problem in problems()] == ["BOT_TOKEN", "ADMIN_IDS"]


def test_what_is_wrong_in_the_rules_is_told_with_what_is_wrong_in_the_environment(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "touchpoint.toml").write_text('[surveys]\nnps_every = "often"', encoding="utf-8")
    monkeypatch.setenv("LOG_LEVEL", "loud")

    assert [problem.split(":")[:2] for problem in problems()] == [
        ["LOG_LEVEL", " must be DEBUG, INFO, WARNING or ERROR"],
        ["touchpoint.toml", " surveys.nps_every"],
    ]


def test_what_is_right_can_be_looked_at_beside_what_is_wrong(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "touchpoint.toml").write_text('plan = 1\n[birthday]\nat = "08:00"', encoding="utf-8")
    monkeypatch.setenv("ADMIN_IDS", "boss")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///other.sqlite3")
    monkeypatch.setenv("LOG_LEVEL", "loud")

    settings, problems = examine_settings(now=NOW)

    assert len(problems) == 3
    assert (settings.database_url, settings.log_level) == ("sqlite:///other.sqlite3", "INFO")
    assert (settings.rules.birthday.at, settings.rules.admin_ids) == (time(8), frozenset())


def test_the_token_and_passwords_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    monkeypatch.setenv("DATABASE_URL", "postgresql://user:password@host/base")
    monkeypatch.setenv("BOT_PROXY", "http://user:password@proxy:3128")

    settings = load()

    assert TOKEN not in repr(settings)
    assert "password" not in repr(settings)
    assert settings.secrets() == (TOKEN,)


def test_a_missing_token_says_where_one_comes_from() -> None:
    with pytest.raises(SettingsError, match="@BotFather"):
        load().require_token()
    assert load().secrets() == ()


def test_the_environment_goes_before_the_rules_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "touchpoint.toml").write_text('business = "File"\ntimezone = "Asia/Tokyo"', encoding="utf-8")
    monkeypatch.setenv("BUSINESS_NAME", "Environment")

    rules = load().rules

    assert (rules.business, rules.timezone) == ("Environment", "Asia/Tokyo")


def test_the_rules_file_may_be_elsewhere(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "rules.toml").write_text('[surveys]\nnps_every = "90d"', encoding="utf-8")
    monkeypatch.setenv("TOUCHPOINT_RULES", "rules.toml")

    assert load().rules.surveys.nps_every == timedelta(days=90)


def test_a_problem_of_the_rules_names_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOUCHPOINT_RULES", "nowhere.toml")
    assert problems() == ["nowhere.toml: cannot be read (No such file or directory); TOUCHPOINT_RULES says where it is"]

    (folder / "nowhere.toml").write_text("[contact]\nweekly_cap = 0", encoding="utf-8")
    assert problems() == ["nowhere.toml: contact.weekly_cap: must be at least 1"]


def test_tet_is_a_holiday_by_default() -> None:
    holidays = load().rules.contact.holidays

    assert {date(2027, 2, 5), date(2027, 2, 6), date(2027, 2, 8), date(2026, 9, 2), date(2028, 4, 30)} <= holidays
    assert date(2026, 11, 20) not in holidays
