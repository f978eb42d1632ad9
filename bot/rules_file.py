"""The rules of the business from `touchpoint.toml`. Each problem names its key as the file writes it."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import is_dataclass, replace
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_type_hints

import phonenumbers
from babel.numbers import list_currencies
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from bot.domain.messages import Language
from bot.domain.rule_limits import broken_limits
from bot.domain.rules import ContactRules, HealthRules, Rules

DURATION = re.compile(r"(\d{1,5})([dhms])")
UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
HOLIDAY_YEARS = 4
VIETNAM = "VN"
UNREADABLE = object()
"""What pydantic refuses for certain. It would read a bare number as seconds, for a duration and for a time of day."""

ADVICE = {
    "bool": "must be true or false",
    "dict": "must be a table",
    "dataclass": "must be a table of settings",
    "date": 'must be a date such as "2027-02-06"',
    "enum": "must be {expected}",
    "float": "must be a number",
    "frozen_set": "must be a list",
    "int": "must be a whole number",
    "mapping": "must be a table",
    "missing": "is missing",
    "string": "must be text in quotes",
    "time_delta": 'must be a duration such as "90d", "24h" or "30m"',
    "time": 'must be a time of day such as "21:00"',
    "tuple": "must be a list",
    "unexpected_keyword": "is not a setting; look for a spelling mistake, or take the line out",
}


class RulesError(Exception):
    """The rules are wrong; `problems` names each key and says what it must be."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class _File(BaseModel):
    """Says for the plain dataclasses inside that other keys are forbidden."""

    model_config = ConfigDict(extra="forbid")

    rules: Rules


def read_rules(path: Path | None, *, said: Mapping[str, object], now: datetime) -> Rules:
    """The rules of a file, or the defaults when there is none; `said` goes before what the file says.

    Raises:
        RulesError: with every problem found.
    """
    rules, problems = examine_rules(path, said=said, now=now)
    if problems:
        raise RulesError(problems)
    return rules


def examine_rules(path: Path | None, *, said: Mapping[str, object], now: datetime) -> tuple[Rules, list[str]]:
    """The rules as far as they can be read, with the defaults for what is wrong, and every problem found."""
    try:
        raw = {**(_parse(path) if path else {}), **said}
    except RulesError as error:
        return examine_rules(None, said=said, now=now)[0], error.problems
    raw.setdefault("plans", default_plans())
    raw.setdefault("themes", default_themes())
    written = _take_country(raw)
    country = str(raw.get("phone_region", Rules.phone_region)) if written is None else written
    _keep_lunar_days(raw, country)
    rules, problems = _validate(raw)
    known = {_key(problem) for problem in problems}
    found = (*broken_limits(rules), *_unknown_codes(rules), *_missing_tips(rules))
    problems += [each for each in found if _key(each) not in known]
    try:
        rules = _with_public_holidays(rules, country, now=now)
    except RulesError as error:
        problems += error.problems
    return rules, problems


def _key(problem: str) -> str:
    return problem.partition(":")[0]


def default_plans() -> list[Any]:
    """The success plans that every business starts with, as the file would write them."""
    return _of_templates("plans")


def default_themes() -> list[Any]:
    """The themes of reasons that every business starts with, as the file would write them."""
    return _of_templates("themes")


def _of_templates(name: str) -> list[Any]:
    text = files("templates").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return list(tomllib.loads(text)[name])


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RulesError([f"cannot be read ({error.strerror}); TOUCHPOINT_RULES says where it is"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesError([f"is not TOML: {error}"]) from error


def _take_country(raw: dict[str, Any]) -> str | None:
    """Whose public holidays are kept: a word about `contact.holidays`, and no rule of its own."""
    contact = raw.get("contact")
    if not isinstance(contact, dict) or "country" not in contact:
        return None
    raw["contact"] = {key: value for key, value in contact.items() if key != "country"}
    return str(contact["country"])


def _keep_lunar_days(raw: dict[str, Any], country: str) -> None:
    """Vietnam has Tết and greetings by the lunar calendar unless the file says otherwise; elsewhere it must say so."""
    raw.setdefault("greetings", _of_templates("greetings") if country == VIETNAM else [])
    contact = raw.get("contact", {})
    if country != VIETNAM and isinstance(contact, dict):
        raw["contact"] = {"tet": {"groups": []}, **contact}


def _validate(raw: dict[str, Any]) -> tuple[Rules, list[str]]:
    """The rules, and what is wrong; what is wrong is left out and the rest looked at again."""
    try:
        rules = _File.model_validate({"rules": _with_durations(Rules, raw)}).rules
    except ValidationError as error:
        rules, more = _validate(_without(raw, [details["loc"][1:] for details in error.errors()]))
        return rules, [*map(_problem, error.errors()), *more]
    return _with_defaults(rules), []


def _with_defaults(rules: Rules) -> Rules:
    """A table in the file changes what it names, and leaves the rest of the table as it is."""
    clocks = {**ContactRules().clocks, **rules.contact.clocks}
    group_clocks = {**ContactRules().group_clocks, **rules.contact.group_clocks}
    usual, health = HealthRules(), rules.health
    health = replace(
        health,
        weights={**usual.weights, **health.weights},
        onboarding={**usual.onboarding, **health.onboarding},
        lines={**usual.lines, **health.lines},
    )
    return replace(rules, contact=replace(rules.contact, clocks=clocks, group_clocks=group_clocks), health=health)


def _without(raw: dict[str, Any], places: Iterable[tuple[int | str, ...]]) -> dict[str, Any]:
    """The file without the settings that these places lie in: `section.key`, or all of what is no section."""
    left = dict(raw)
    for section, *rest in places:
        part = left.pop(str(section), None)
        if rest and isinstance(part, dict):
            left[str(section)] = {key: value for key, value in part.items() if key != rest[0]}
    return left


def _with_durations(kind: Any, value: Any) -> Any:  # noqa: ANN401  types and TOML values of every sort
    """`value` with a timedelta for each text that stands where `kind` wants one; false is None where that may be."""
    options = get_args(kind)
    if kind is timedelta:
        return _duration(value)
    if kind in {time, date} and isinstance(value, int):
        return UNREADABLE
    if NoneType in options:
        return None if value is False else _with_durations(options[0], value)
    if isinstance(value, dict):
        hints = get_type_hints(kind) if is_dataclass(kind) else dict.fromkeys(value, options[-1] if options else object)
        return {key: _with_durations(hints.get(key, object), part) for key, part in value.items()}
    if isinstance(value, list) and options:
        return [_with_durations(options[0], part) for part in value]
    return value


def _duration(value: object) -> object:
    match = DURATION.fullmatch(value) if isinstance(value, str) else None
    return timedelta(**{UNITS[match[2]]: int(match[1])}) if match else UNREADABLE


def _problem(details: ErrorDetails) -> str:
    key = ""
    for part in details["loc"][1:]:
        if part != "[key]":
            key += f"[{part}]" if isinstance(part, int) else f".{part}"
    advice = next((text for kind, text in ADVICE.items() if details["type"].startswith(kind)), "is not valid")
    return f"{key.removeprefix('.')}: {advice.format(**details.get('ctx', {}))}"


def _unknown_codes(rules: Rules) -> Iterator[str]:
    if rules.currency not in list_currencies():
        yield "currency: must be an ISO code such as VND"
    if rules.phone_region not in phonenumbers.SUPPORTED_REGIONS:
        yield "phone_region: must be the two letters of a country such as VN"


def _missing_tips(rules: Rules) -> Iterator[str]:
    for index, plan in enumerate(rules.plans):
        for number, milestone in enumerate(plan.milestones):
            names = [f"{language}/tips/{milestone.tip}.j2" for language in Language if milestone.tip]
            for name in names:
                if not files("templates").joinpath(name).is_file():
                    yield f"plans[{index}].milestones[{number}].tip: there is no templates/{name}"


def _with_public_holidays(rules: Rules, country: str, *, now: datetime) -> Rules:
    """The rules with the public holidays of a country too, in the year of `now` and some more; none for ""."""
    if not country:
        return rules
    import holidays  # noqa: PLC0415  half a second, for those who need it

    try:
        public = holidays.country_holidays(country, years=range(now.year, now.year + HOLIDAY_YEARS))
    except NotImplementedError as error:
        raise RulesError(['contact.country: must be two letters such as "VN", or "" for none']) from error
    return replace(rules, contact=replace(rules.contact, holidays=rules.contact.holidays | frozenset(public)))
