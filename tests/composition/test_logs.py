import logging

import pytest

from bot.logs import RedactingFormatter, set_up_logging

TOKEN = "123456789:AAE-secret_secret_secret_secret_secre"  # noqa: S105  nobody's token


def written(record: logging.LogRecord, *secrets: str) -> str:
    return RedactingFormatter(secrets).format(record)


def test_what_looks_like_a_token_is_hidden_even_when_nobody_knew_it() -> None:
    record = logging.makeLogRecord({"msg": "GET %s", "args": (f"https://api.telegram.org/bot{TOKEN}/getMe",)})

    assert TOKEN not in written(record)
    assert "/getMe" in written(record)


def test_a_secret_of_any_shape_is_hidden() -> None:
    assert "hunter2" not in written(logging.makeLogRecord({"msg": "with hunter2"}), "hunter2", "")


def test_a_secret_in_the_cause_of_an_exception_is_hidden() -> None:
    try:
        try:
            int(f"https://api.telegram.org/bot{TOKEN}/getMe")
        except ValueError as error:
            raise RuntimeError("could not reach Telegram") from error
    except RuntimeError as error:
        record = logging.makeLogRecord({"msg": "failed", "exc_info": (type(error), error, error.__traceback__)})

    line = written(record)

    assert "could not reach Telegram" in line
    assert "ValueError" in line
    assert TOKEN not in line


@pytest.fixture
def _undo() -> object:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


@pytest.mark.usefixtures("_undo")
@pytest.mark.parametrize(
    ("level", "quiet"), [("DEBUG", logging.WARNING), ("INFO", logging.WARNING), ("ERROR", logging.ERROR)]
)
def test_libraries_that_log_every_address_are_quiet(level: str, quiet: int) -> None:
    set_up_logging(level)

    assert logging.getLogger("httpx").level == quiet
    assert logging.getLogger("aiohttp").level == quiet
    assert logging.getLogger().level == logging.getLevelName(level)


@pytest.mark.usefixtures("_undo")
def test_the_log_goes_to_stderr_without_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO", secrets=["hunter2"])

    logging.getLogger("anything").info("the word is %s", "hunter2")

    out, err = capsys.readouterr()
    assert out == ""
    assert "the word is ***" in err
