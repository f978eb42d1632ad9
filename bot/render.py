"""Messages put into words: Jinja templates in a sandbox, over plain values, with numbers and dates by Babel.

A template is one file a message and language. Its block `text` is Telegram HTML; every other block is a button's label
or a line of plain text.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import dates, numbers
from jinja2 import FileSystemLoader, StrictUndefined, Template, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from bot.domain import plans
from bot.domain.amounts import brief_amount
from bot.domain.given_names import given_name, is_organisation
from bot.domain.messages import Language, Message
from bot.domain.rounding import rounded
from bot.domain.rules import Rules
from bot.domain.written_days import LOCALES, written_day

TEMPLATES = Path(__file__).parent.parent / "templates"
NO_BREAK = "\N{NO-BREAK SPACE}"
TENTH = 0.1
MOMENTS: Mapping[str, str] = {"vi": "HH:mm dd/MM/y", "en": "d MMM y, HH:mm"}


@dataclass(frozen=True)
class Rendered:
    """A message in words: Telegram HTML, rows of (label, callback data), and the label of the contact button if any."""

    text: str
    rows: tuple[tuple[tuple[str, str], ...], ...] = ()
    contact_label: str | None = None


class Renderer:
    """Puts messages into words for one business.

    Filters for templates: `given` (the name a person is called by, empty for what is none), `day`,
    `dated` (a day in a form of Babel's), `moment`, `number`, `money` (minor units), `brief` (the same, shortened from
    a million on), `percent` (a share of 1), `share` (the same, as exact as pictures are),
    `points` (a number with its sign), `matter` (what a survey is about), `figure` (a measured value, in the language
    given), `said_in` (words of the rules' success plans, in the language given), `round` (halves away from zero),
    `zone_name`. Every fact may be a plain value or its JSON form. A message that knows a person's `name` and
    `salutation` also has `address`; every message has `you`, which is the salutation where that is known.
    """

    def __init__(self, rules: Rules, folder: Path = TEMPLATES) -> None:
        self._environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(folder),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals |= {
            "business": rules.business,
            "currency": rules.currency,
            "zone": ZoneInfo(rules.timezone),
        }
        self._environment.tests |= {"organisation": is_organisation, "a_day": _is_day}
        self._environment.filters |= {
            "given": _given,
            "dated": _dated,
            "day": _day,
            "matter": _matter,
            "moment": _moment,
            "hour": _hour,
            "number": _number,
            "money": _money,
            "brief": _brief,
            "percent": _percent,
            "share": _share,
            "points": _points,
            "figure": _figure,
            "round": rounded,
            "said_in": _said_in(rules),
            "zone_name": _zone_name,
        }

    def render(self, message: Message) -> Rendered:
        """The words of a message.

        Raises:
            jinja2.TemplateError: the template is missing, or uses a fact that the message does not have.
        """
        template = self._template(message.template, message.language)
        facts = self._facts(message)
        rows = tuple(
            tuple((_plain(template, button.part, {**facts, **button.facts}), button.tap.pack()) for button in row)
            for row in message.keyboard
        )
        contact = _plain(template, "share", facts) if message.ask_contact else None
        text = _block(template, "text", facts)
        above = f"{self.render(message.opening).text}\n\n" if message.opening else ""
        return Rendered(above + text, rows, contact)

    def part(self, message: Message, part: str) -> str:
        """One block of a message's template as plain text, for captions, commands and pictures."""
        return _plain(self._template(message.template, message.language), part, self._facts(message))

    def _template(self, name: str, language: Language) -> Template:
        return self._environment.get_template(f"{language}/{name}.j2")

    def _facts(self, message: Message) -> dict[str, object]:
        facts: dict[str, object] = {"language": str(message.language), **message.facts}
        facts["you"] = _plain(self._template("you", message.language), "text", facts)
        if "name" in facts and "salutation" in facts:
            facts["address"] = _plain(self._template("address", message.language), "text", facts)
        return facts


def _block(template: Template, part: str, facts: Mapping[str, object]) -> str:
    context = template.new_context(dict(facts))
    return "".join(template.blocks[part](context)).strip()


def _plain(template: Template, part: str, facts: Mapping[str, object]) -> str:
    return Markup(_block(template, part, facts)).unescape()  # noqa: S704  it is unescaped here, never shown as markup


def _locale(context: Context) -> str:
    return LOCALES[context["language"]]


@pass_context
def _given(context: Context, name: str) -> str:
    return given_name(name, Language(context["language"]))


@pass_context
def _day(context: Context, value: date | datetime | str) -> str:
    """22/11/2026 or 22 Nov 2026; an instant is shown as the day in the business's time zone."""
    return written_day(_local(context, value), context["language"])


@pass_context
def _dated(context: Context, value: date | datetime | str, form: str) -> str:
    """A day as `form` says, for where its year or its day goes without saying."""
    return str(dates.format_date(_local(context, value), form, locale=_locale(context)))


def _local(context: Context, value: date | datetime | str) -> date:
    parsed = datetime.fromisoformat(value) if isinstance(value, str) else value
    if isinstance(parsed, datetime) and parsed.tzinfo is not None:
        return parsed.astimezone(context["zone"])
    return parsed


def _is_day(value: str) -> bool:
    """Whether this is a day as 2026-11-22."""
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


@pass_context
def _matter(context: Context, subject: str) -> str:
    """What a survey is about, which may be a day."""
    return _day(context, subject) if _is_day(subject) else subject


@pass_context
def _moment(context: Context, value: datetime | str) -> str:
    """14:30 22/11/2026 or 22 Nov 2026, 14:30, in the business's time zone."""
    parsed = datetime.fromisoformat(value) if isinstance(value, str) else value
    form = MOMENTS[context["language"]]
    return str(dates.format_datetime(parsed, form, tzinfo=context["zone"], locale=_locale(context)))


@pass_context
def _hour(context: Context, value: datetime | str) -> str:
    """14:30, in the business's time zone: of a day that needs no naming."""
    parsed = datetime.fromisoformat(value) if isinstance(value, str) else value
    return str(dates.format_time(parsed, "HH:mm", tzinfo=context["zone"], locale=_locale(context)))


@pass_context
def _zone_name(context: Context, zone: str) -> str:
    """Giờ Việt Nam, Vietnam Time; of a zone that is nobody's, such as UTC, its id."""
    is_somewhere = "/" in zone and not zone.startswith("Etc/")
    return str(dates.get_timezone_name(zone, locale=_locale(context))) if is_somewhere else zone


@pass_context
def _number(context: Context, value: float, digits: int | None = None) -> str:
    """1.234.567 in Vietnamese; `digits` fixes the decimals."""
    if digits is None:
        return str(numbers.format_decimal(value, locale=_locale(context)))
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return str(numbers.format_decimal(rounded(value, digits), format=pattern, locale=_locale(context)))


@pass_context
def _money(context: Context, minor: int, currency: str | None = None) -> str:
    """An amount in minor units with its currency: 1.234.567 ₫; below zero with the sign that points have."""
    code = currency or context["currency"]
    amount = minor / 10 ** numbers.get_currency_precision(code)
    return str(numbers.format_currency(amount, code, locale=_locale(context))).replace("-", "\N{MINUS SIGN}")


@pass_context
def _brief(context: Context, minor: float, currency: str) -> str:
    return brief_amount(minor, currency, _locale(context)).replace("-", "\N{MINUS SIGN}")


def _figure(value: float, language: str) -> str:
    """A measured value with at most two decimals, for macros, which know the language by their arguments alone."""
    return str(numbers.format_decimal(rounded(value, 2), format="#,##0.##", locale=LOCALES[language]))


def _said_in(rules: Rules) -> Callable[[str, str], str]:
    """Words that the rules have in several languages, such as a plan's name; what is not theirs stays as it is.

    A plan keeps them in its customer's language, and whoever reads of it may have another.
    """
    told: dict[str, Mapping[Language, str]] = {}
    for words in (one for template in rules.plans for one in plans.words_of(template)):
        for text in words.values():
            told.setdefault(text, words)

    def said_in(text: str, language: str) -> str:
        return told[text].get(Language(language), text) if text in told else text

    return said_in


@pass_context
def _percent(context: Context, share: float, digits: int = 0) -> str:
    """12,5 % in Vietnamese, 12.5% in English, of a share of 1."""
    return _in_percent(context, rounded(share * 100, digits), "#,##0" + ("." + "0" * digits if digits else ""))


@pass_context
def _share(context: Context, share: float) -> str:
    """A share of 1 as the pictures write it: 12 %, and under ten 8,3 %, where a whole number would say too little."""
    return _in_percent(context, rounded(share * 100, 1 if share < TENTH else 0), "#,##0.#")


def _in_percent(context: Context, percentage: Decimal, digits: str) -> str:
    shown = numbers.format_decimal(percentage, format=digits, locale=_locale(context))
    return f"{shown}{NO_BREAK}%" if context["language"] == "vi" else f"{shown}%"


@pass_context
def _points(context: Context, value: float, digits: int = 0) -> str:
    """A number with its sign and at most `digits` decimals, as the pictures write it: +25, −12, 0."""
    plain = "#,##0" + ("." + "#" * digits if digits else "")
    shown = rounded(value, digits)
    signed = f"+{plain};\N{MINUS SIGN}{plain}" if shown else "0"
    return str(numbers.format_decimal(shown, format=signed, locale=_locale(context)))
