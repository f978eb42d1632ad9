"""Settings from the environment and `.env`, and the rules of the business; whatever is wrong is said at once."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.domain.messages import Language
from bot.domain.rules import Rules
from bot.rules_file import examine_rules
from storage.keyring import Key, Keyring

DEFAULT_RULES_FILE = Path("touchpoint.toml")
OFF = "off"
TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
ADVICE = {
    "BOT_TOKEN": "does not look like a token (digits, a colon, letters); copy it again from @BotFather on Telegram",
    "BOT_API_URL": "must be an address such as https://api.telegram.org",
    "BOT_PROXY": "must be an address such as http://user:password@host:port",
    "DATABASE_URL": "must begin with sqlite:/// (and a file) or postgresql://",
    "BUSINESS_TIMEZONE": "is not a known time zone; write a name such as Asia/Ho_Chi_Minh",
    "DEFAULT_LANGUAGE": "must be vi or en",
    "ADMIN_IDS": "must be numeric Telegram ids with commas between them, such as 1234567,7654321",
    "ENCRYPTION_KEYS": "must be keys with commas between them, the newest first; see touchpoint encrypt --new-key",
    "STAFF_CHAT_ID": "must be the numeric id of the staff's chat, such as -1001234567890",
    "LOG_LEVEL": "must be DEBUG, INFO, WARNING or ERROR",
}


class SettingsError(Exception):
    """The settings are wrong; `problems` names each key and says what to do, and no secret."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an installation is set to. What may hold a password is left out of `repr`."""

    bot_token: SecretStr | None = None
    bot_api_url: str = "https://api.telegram.org"
    bot_proxy: str | None = field(default=None, repr=False)
    database_url: str = field(default="sqlite:///touchpoint.sqlite3", repr=False)
    encryption_keys: tuple[SecretStr, ...] = ()
    log_level: str = "INFO"
    rules: Rules = field(default_factory=Rules)

    def require_token(self) -> str:
        """The token in the clear, for whoever gives it to Telegram.

        Raises:
            SettingsError: there is none.
        """
        if self.bot_token is None:
            advice = "is not set; ask @BotFather on Telegram for a bot with /newbot and write BOT_TOKEN=… into .env"
            raise SettingsError([f"BOT_TOKEN: {advice} (or try everything without one: touchpoint demo)"])
        return self.bot_token.get_secret_value()

    def writing_plain(self) -> "Settings":
        """The same, reading what is encrypted and encrypting no more."""
        keys = [key for key in self.encryption_keys if key.get_secret_value() != OFF]
        return replace(self, encryption_keys=(SecretStr(OFF), *keys))

    def secrets(self) -> tuple[str, ...]:
        """What must never be logged."""
        token = "" if self.bot_token is None else self.bot_token.get_secret_value()
        keys = (key.get_secret_value() for key in self.encryption_keys if key.get_secret_value() != OFF)
        return tuple(secret for secret in (token, self.rules.pepper, *keys) if secret)

    @cached_property
    def keyring(self) -> Keyring:
        """The keys of the encryption at rest; "off" before them writes plain texts, and reads both."""
        secrets = [key.get_secret_value() for key in self.encryption_keys]
        return Keyring(tuple(Key(secret) for secret in secrets if secret != OFF), writes_plain=OFF in secrets[:1])


def _looks_like_a_token(token: SecretStr) -> SecretStr:
    if not TOKEN.fullmatch(token.get_secret_value()):
        raise ValueError("not a token")
    return token


def _is_a_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("not a time zone")
    return name


def _split_at_commas(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _are_keys(secrets: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
    for place, secret in enumerate(secrets):
        if place or secret.get_secret_value() != OFF:
            Key(secret.get_secret_value())
    return secrets


def _with_driver(url: str) -> str:
    """PostgreSQL's usual addresses, with the driver that comes with this project."""
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else url


Address = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+", strip_whitespace=True)]
DatabaseUrl = Annotated[
    str, StringConstraints(pattern=r"^(sqlite|postgres|postgresql)(\+\w+)?://"), AfterValidator(_with_driver)
]


class _Environment(BaseSettings):
    """The shape of the environment. An empty value counts as not set, so that .env.example can be copied as it is."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", hide_input_in_errors=True)

    bot_token: Annotated[SecretStr, AfterValidator(_looks_like_a_token)] | None = None
    bot_api_url: Address = "https://api.telegram.org"
    bot_proxy: Annotated[str, StringConstraints(pattern=r"^\w+://\S+$")] | None = None
    database_url: DatabaseUrl = "sqlite:///touchpoint.sqlite3"
    business_name: str | None = None
    business_timezone: Annotated[str, AfterValidator(_is_a_zone)] | None = None
    default_language: Language | None = None
    admin_ids: Annotated[frozenset[int] | None, NoDecode, BeforeValidator(_split_at_commas)] = None
    staff_chat_id: int | None = None
    pepper: SecretStr | None = None
    encryption_keys: Annotated[
        tuple[SecretStr, ...], NoDecode, BeforeValidator(_split_at_commas), AfterValidator(_are_keys)
    ] = ()
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(str.upper)] = "INFO"
    touchpoint_rules: Path | None = None


def load_settings(*, now: datetime, env_file: Path = Path(".env"), with_token: bool = True) -> Settings:
    """Everything that an installation is set to; public holidays are those of the year of `now` and the next ones.

    Without the token it does not matter what that is set to: the playground needs none.

    Raises:
        SettingsError: with every problem of the environment and of the rules.
    """
    settings, problems = examine_settings(now=now, env_file=env_file, with_token=with_token)
    if problems:
        raise SettingsError(problems)
    return settings


def examine_settings(
    *, now: datetime, env_file: Path = Path(".env"), with_token: bool = True
) -> tuple[Settings, list[str]]:
    """The settings as far as they can be read, with the defaults for what is wrong, and every problem found."""
    environment, problems = _read_environment(env_file, {} if with_token else {"bot_token": None})
    rules, rules_problems = _examine_rules(environment, now=now)
    settings = Settings(
        bot_token=environment.bot_token,
        bot_api_url=environment.bot_api_url.rstrip("/"),
        bot_proxy=environment.bot_proxy,
        database_url=environment.database_url,
        encryption_keys=environment.encryption_keys,
        log_level=environment.log_level,
        rules=rules,
    )
    return settings, [*problems, *rules_problems]


def _read_environment(env_file: Path, fixed: dict[str, Any]) -> tuple[_Environment, list[str]]:
    try:
        return _Environment(_env_file=env_file, **fixed), []
    except ValidationError as error:
        wrong = dict.fromkeys(str(problem["loc"][0]) for problem in error.errors(include_input=False))
    defaults = {name: _Environment.model_fields[name].default for name in wrong}
    problems = [f"{name.upper()}: {ADVICE.get(name.upper(), 'is not valid')}" for name in wrong]
    return _Environment(_env_file=env_file, **{**fixed, **defaults}), problems


def _examine_rules(environment: _Environment, *, now: datetime) -> tuple[Rules, list[str]]:
    """The rules file; what the environment says of the business goes before it."""
    path = environment.touchpoint_rules
    if path is None:
        path = DEFAULT_RULES_FILE if DEFAULT_RULES_FILE.exists() else None
    said = {
        "business": environment.business_name,
        "timezone": environment.business_timezone,
        "language": environment.default_language,
        "admin_ids": environment.admin_ids,
        "staff_chat_id": environment.staff_chat_id,
        "pepper": environment.pepper and environment.pepper.get_secret_value(),
    }
    known = {key: value for key, value in said.items() if value is not None}
    rules, problems = examine_rules(path, said=known, now=now)
    return rules, [f"{path}: {problem}" for problem in problems]
