"""The command line as a person meets it: what it prints where, and how it ends."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

import bot.__main__
import bot.app
import bot.identity
from bot.cli import app
from bot.clock import utc_now
from bot.domain.audit import Deed
from bot.domain.messages import Language
from bot.domain.rules import Rules
from bot.domain.taps import AnswerForget
from bot.identity import Identity, UnknownTokenError
from bot.rules_file import default_plans
from bot.services.audit import note
from bot.services.privacy import answer_forget
from bot.settings import Settings
from storage.database import Database, connect
from storage.migrate import current, head
from tests.stories import change

TOKEN = "123456789:AAE-secret_secret_secret_secret_secre"  # noqa: S105  nobody's token
DATABASE = "sqlite:///touchpoint.sqlite3"
CUSTOMERS = "mã khách;họ tên;điện thoại;sở thích\nK1;Nguyễn Thị Ân;0912345678;hoa\nK2;Bình;12;\nK3;;;\n"


def touchpoint(*words: str) -> Result:
    return CliRunner().invoke(app, list(words), env={"COLUMNS": "200", "NO_COLOR": "1"})


def import_an(folder: Path) -> None:
    (folder / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    touchpoint("import", "customers", "customers.csv")


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["run"],
        ["demo"],
        ["migrate"],
        ["link"],
        ["doctor"],
        ["import", "customers"],
        ["import", "purchases"],
        ["staff", "add"],
        ["staff", "list"],
        ["staff", "remove"],
        ["plan", "next"],
        ["audit"],
        ["encrypt"],
        ["plan", "simulate"],
        ["health", "score-past"],
        ["health", "validate"],
        ["health", "reweight"],
    ],
)
def test_every_command_explains_itself(words: list[str]) -> None:
    result = touchpoint(*words, "--help")

    assert result.exit_code == 0
    assert "Usage" in result.stdout


def test_a_wrong_setting_is_told_and_nothing_else_happens(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("BOT_TOKEN", "secret")

    result = touchpoint("migrate")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("BOT_TOKEN: ")
    assert "secret" not in result.stderr
    assert list(folder.iterdir()) == []


def test_running_without_a_token_says_where_one_comes_from() -> None:
    result = touchpoint("run")

    assert result.exit_code == 1
    assert "@BotFather" in result.stderr


def test_running_brings_the_database_up_to_date_and_then_starts_the_bot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    started: list[tuple[Settings, str | None]] = []
    monkeypatch.setattr(bot.app, "run", lambda settings: started.append((settings, current(DATABASE))))

    result = touchpoint("run")

    assert result.exit_code == 0
    ((settings, revision),) = started
    assert (settings.require_token(), revision) == (TOKEN, head())
    assert f"from nothing to {head()}" in result.stderr


def test_migrating_twice_does_no_harm() -> None:
    assert (
        touchpoint("migrate").stdout
        == touchpoint("migrate").stdout
        == f"The database is up to date (revision {head()}).\n"
    )


def test_a_database_that_cannot_be_opened_is_told_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:////nowhere/at/all.sqlite3")

    result = touchpoint("staff", "list")

    assert result.exit_code == 1
    assert result.stderr.startswith("DATABASE_URL: the database cannot be opened")


def test_importing_keeps_good_rows_and_lists_bad_ones_with_number_and_reason(folder: Path) -> None:
    (folder / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")

    result = touchpoint("import", "customers", "customers.csv")

    assert result.exit_code == 1
    assert result.stdout == "1 new, 0 changed, 0 unchanged, 2 left out\n"
    assert "read past: sở thích" in result.stderr
    assert "row 3: phone “12” cannot be understood" in result.stderr
    assert "row 4: name is empty, and must not be" in result.stderr
    assert "Reading customers.csv" in result.stderr


def test_a_dry_run_says_what_would_happen_and_a_second_import_changes_nothing(folder: Path) -> None:
    (folder / "customers.csv").write_text("external_id,name\nK1,An\n", encoding="utf-8")
    words = ("import", "customers", "customers.csv")

    rehearsed, first, second = touchpoint(*words, "--dry-run"), touchpoint(*words), touchpoint(*words)

    assert rehearsed.stdout == "A dry run, nothing is kept: 1 new, 0 changed, 0 unchanged, 0 left out\n"
    assert first.stdout == "1 new, 0 changed, 0 unchanged, 0 left out\n"
    assert second.stdout == "0 new, 0 changed, 1 unchanged, 0 left out\n"
    assert (rehearsed.exit_code, first.exit_code, second.exit_code) == (0, 0, 0)


def test_purchases_are_imported_for_known_customers(folder: Path) -> None:
    import_an(folder)
    (folder / "purchases.csv").write_text(
        "số hóa đơn,mã khách,ngày mua,thành tiền\nH1,K1,04/03/2026,1.250.000\nH2,K9,04/03/2026,5\n", encoding="utf-8"
    )

    result = touchpoint("import", "purchases", "purchases.csv")

    assert result.stdout == "1 new, 0 changed, 0 unchanged, 1 left out\n"
    assert "row 3: customer_external_id “K9” is no customer that was imported" in result.stderr


@pytest.mark.parametrize(("words", "losses"), [((), 1), (("--dry-run",), 0)])
def test_an_import_of_purchases_ends_with_the_losses_of_the_past(
    folder: Path, words: tuple[str, ...], losses: int
) -> None:
    import_an(folder)
    (folder / "purchases.csv").write_text(
        "số hóa đơn,mã khách,ngày mua,thành tiền\nH1,K1,04/03/2024,5\nH2,K1,04/03/2025,5\n", encoding="utf-8"
    )

    touchpoint("import", "purchases", "purchases.csv", *words)

    with connect(DATABASE) as connection:
        assert (
            connection.execute(text("SELECT count(*) FROM loss WHERE recovered_at IS NOT NULL")).scalar_one() == losses
        )


@pytest.mark.parametrize(("content", "advice"), [("", "is empty"), ("name,phone\nAn,\n", "missing: external_id")])
def test_a_file_that_cannot_be_imported_says_why(folder: Path, content: str, advice: str) -> None:
    (folder / "customers.csv").write_text(content, encoding="utf-8")

    result = touchpoint("import", "customers", "customers.csv")

    assert result.exit_code == 1
    assert advice in result.stderr


def test_a_link_is_printed_alone_so_that_other_programs_can_use_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_an(folder)
    monkeypatch.setattr(bot.identity, "ask_identity", lambda _: Identity(username="hoa_bot", telegram_time=None))

    links = [touchpoint("link", "K1") for _ in range(2)]

    assert all(link.stdout.startswith("https://t.me/hoa_bot?start=") for link in links)
    assert links[0].stdout != links[1].stdout
    assert "It works once, until" in links[0].stderr


def test_a_link_to_nobody_or_from_no_bot_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Settings) -> Identity:
        raise UnknownTokenError

    assert "@BotFather" in touchpoint("link", "K1").stderr
    monkeypatch.setattr(bot.identity, "ask_identity", refuse)
    assert touchpoint("link", "K1").stderr.startswith("BOT_TOKEN: Telegram does not know this token")
    monkeypatch.setattr(bot.identity, "ask_identity", lambda _: Identity(username="hoa_bot", telegram_time=None))
    result = touchpoint("link", "K9")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "no customer with the id K9" in result.stderr


def test_staff_are_added_listed_and_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_IDS", "7,5000000000001")

    added = touchpoint("staff", "add", "5000000000001", "Lan Anh", "--role", "manager")
    touchpoint("staff", "add", "8", "Bình", "--language", "en")
    listed = touchpoint("staff", "list").stdout
    removed = touchpoint("staff", "remove", "8")
    still_admin = touchpoint("staff", "remove", "5000000000001")

    assert added.stdout == "Lan Anh (5000000000001) is manager.\n"
    assert [line.split()[1:-1] for line in listed.splitlines() if "│" in line] == [
        ["8", "│", "Bình", "│", "csm", "│", "en"],
        ["5000000000001", "│", "Lan", "Anh", "│", "admin", "│", "vi"],
        ["7", "│", "(ADMIN_IDS)", "│", "admin", "│", "vi"],
    ]
    assert (removed.exit_code, removed.stdout) == (0, "8 works here no more.\n")
    assert still_admin.exit_code == 1
    assert "take the id out there too" in still_admin.stderr
    assert touchpoint("staff", "remove", "8").exit_code == 1


def test_an_unknown_role_is_a_usage_error() -> None:
    assert touchpoint("staff", "add", "8", "Bình", "--role", "boss").exit_code == 2


def test_the_plan_of_a_customer_is_found_by_id_or_name(folder: Path) -> None:
    (folder / "customers.csv").write_text("external_id,name\nK1,Lan Anh\nK2,Lan Chi\n", encoding="utf-8")
    touchpoint("import", "customers", "customers.csv")

    assert touchpoint("plan", "next", "--customer", "K1").exit_code == 0
    empty = touchpoint("plan", "next", "--customer", "chi")
    assert (empty.exit_code, empty.stdout) == (0, "")
    assert "Nothing will be sent in the next 7 days; --days looks further ahead." in empty.stderr
    assert "touchpoint link EXTERNAL_ID" in empty.stderr
    several = touchpoint("plan", "next", "--customer", "lan")
    assert several.exit_code == 1
    assert "Lan Anh (K1)" in several.stderr
    assert "No customer matches" in touchpoint("plan", "next", "--customer", "nobody").stderr


def test_the_plan_lists_when_whom_what_and_the_rule_that_holds_it(folder: Path) -> None:
    tomorrow = utc_now() + timedelta(days=1)
    lines = ["external_id,name,birthday", f"K1,Lan Anh,{tomorrow:%d/%m}"]
    (folder / "customers.csv").write_text("\n".join(lines), encoding="utf-8")
    touchpoint("import", "customers", "customers.csv")
    database = Database(DATABASE, now=utc_now)
    database.write_now(change, table="customer", row_id=1, chat_id=5_000_000_000_001, linked_at=utc_now())
    database.close()

    result = touchpoint("plan", "next", "--days", "3")

    assert "1 in the next 3 days, in the time of Asia/Ho_Chi_Minh" in result.stderr
    (line,) = [line for line in result.stdout.splitlines() if "Lan Anh" in line]
    assert "09:00" in line
    assert "birthday" in line


def test_where_nobody_works_yet_it_is_said_how_somebody_can() -> None:
    result = touchpoint("staff", "list")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "Nobody works here yet: touchpoint staff add ID NAME" in result.stderr


def test_a_year_is_simulated_for_a_chosen_audience(folder: Path) -> None:
    lines = ["external_id,name,plan,birthday", "K1,An,gold,01/03", "K2,Bình,gold,", "K3,Chi,silver,29/02"]
    (folder / "customers.csv").write_text("\n".join(lines), encoding="utf-8")
    touchpoint("import", "customers", "customers.csv")

    nobody = touchpoint("plan", "simulate")
    gold = touchpoint("plan", "simulate", "--segment", "plan=GOLD", "--as-if-linked")
    sample = touchpoint("plan", "simulate", "--customers", "1", "--days", "40", "--as-if-linked")

    assert nobody.exit_code == 1
    assert "--as-if-linked" in nobody.stderr
    assert "2 customers, 13 messages in 365 days" in gold.stderr
    counts = {
        line.split("│")[1].strip(): line.split("│")[2].strip() for line in gold.stdout.splitlines() if "│" in line
    }
    assert counts == {"nps": "4", "reminder": "4", "birthday": "1", "holiday_greeting": "4", "of any kind": "13"}
    assert "1 customers, " in sample.stderr


def test_a_simulation_of_nobody_that_is_known_says_what_there_is(folder: Path) -> None:
    (folder / "customers.csv").write_text("external_id,name,plan\nK1,An,gold\n", encoding="utf-8")
    touchpoint("import", "customers", "customers.csv")

    assert "plan is lead; there are: gold" in touchpoint("plan", "simulate", "--segment", "plan=lead").stderr
    assert "write it as plan=gold" in touchpoint("plan", "simulate", "--segment", "gold").stderr
    assert "there are the plans" in touchpoint("plan", "simulate", "--with-plan", "none").stderr


def test_a_simulated_plan_brings_its_messages(folder: Path) -> None:
    (folder / "customers.csv").write_text("external_id,name\nK1,An\n", encoding="utf-8")
    touchpoint("import", "customers", "customers.csv")
    key = default_plans()[0]["key"]

    result = touchpoint("plan", "simulate", "--as-if-linked", "--with-plan", key)

    assert "check_in" in result.stdout
    assert "milestone" in result.stdout


def test_a_database_of_a_newer_version_is_left_alone() -> None:
    touchpoint("migrate")
    with connect(DATABASE) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'tomorrow'"))
        connection.commit()

    result = touchpoint("migrate")

    assert result.exit_code == 1
    assert "a newer version of Touchpoint made this database" in result.stderr


def test_the_audit_log_is_printed_and_who_was_forgotten_is_left_out_of_an_import(folder: Path) -> None:
    import_an(folder)
    database = Database(DATABASE, now=utc_now)
    database.write_now(note, deed=Deed(staff_id=5_000_000_000_001, command="customer", customer_id=1))
    database.write_now(change, table="customer", row_id=1, chat_id=7)
    nobody = touchpoint("audit", "nobody").stdout
    before = touchpoint("audit", "K1").stdout
    tap = AnswerForget(1, "yes")
    database.write_now(answer_forget, rules=Rules(), message_id=1, chat_id=7, language=Language.VI, tap=tap)
    database.close()
    after = touchpoint("audit", "--limit", "1").stdout
    again = touchpoint("import", "customers", "customers.csv")

    assert "5000000000001" in before
    assert "customer" in before
    assert "Nguyễn Thị Ân #1" in before
    assert "5000000000001" not in nobody
    assert "(forgotten) #1" in after
    assert "row 2: external_id “K1” is somebody who asked to be forgotten" in again.stderr
    (folder / "customers.csv").write_text(CUSTOMERS.rsplit("K2", 1)[0], encoding="utf-8")
    assert touchpoint("import", "customers", "customers.csv").exit_code == 0


def test_the_doctor_ends_with_1_when_anything_is_to_be_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_TOKEN", TOKEN)
    monkeypatch.setenv("ADMIN_IDS", "7")
    monkeypatch.setattr(bot.identity, "ask_identity", lambda _: Identity(username="hoa_bot", telegram_time=None))

    ill = touchpoint("doctor")
    touchpoint("migrate")
    well = touchpoint("doctor")

    assert (ill.exit_code, well.exit_code) == (1, 0)
    assert "!!  migrations" in ill.stdout
    assert {line[:2] for line in well.stdout.splitlines()} == {"ok"}


def test_the_doctor_shows_every_wrong_setting_and_looks_at_the_rest(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "touchpoint.toml").write_text('[surveys]\nnps_every = "often"', encoding="utf-8")
    monkeypatch.setenv("BOT_TOKEN", "secret")
    monkeypatch.setenv("ADMIN_IDS", "boss")

    result = touchpoint("doctor")

    assert result.exit_code == 1
    assert [line[:41].rstrip() for line in result.stdout.splitlines()] == [
        "!!  settings     BOT_TOKEN: does not look",
        "!!  settings     ADMIN_IDS: must be numer",
        "!!  settings     touchpoint.toml: surveys",
        "!!  migrations   at nothing, should be at",
    ]
    assert "secret" not in result.output


def test_what_nobody_expected_is_logged_without_the_token(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise RuntimeError(f"https://api.telegram.org/bot{TOKEN}/getMe")

    monkeypatch.setattr(bot.__main__, "app", fail)

    with pytest.raises(SystemExit) as caught:
        bot.__main__.main()

    assert caught.value.code == 70
    err = capsys.readouterr().err
    assert "please report it" in err
    assert TOKEN not in err


def test_the_audit_log_says_whom_the_command_line_made_staff() -> None:
    touchpoint("staff", "add", "5000000000001", "Lan")
    touchpoint("staff", "remove", "5000000000001")
    removed, added = [line for line in touchpoint("audit").stdout.splitlines() if "_staff" in line]
    assert [word in removed for word in ("(command line)", "remove_staff", "5000000000001")] == [True] * 3
    assert "add_staff" in added
