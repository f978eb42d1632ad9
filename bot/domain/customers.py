"""Customers, as the chat knows them."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.messages import Language


@dataclass(frozen=True, kw_only=True)
class Customer:
    """A customer who can be spoken of. `chat_id` is the private chat that is tied to the record."""

    customer_id: int
    name: str
    salutation: str
    language: Language
    timezone: str
    chat_id: int | None
    phone: str | None
    stopped: bool
    feedback_until: datetime | None
    plan: str = ""
    location: str = ""


def speaks(language_code: str | None, default: Language) -> Language:
    """The language of a person by the code that Telegram gives (IETF, such as `vi` or `en-GB`)."""
    code = (language_code or "").split("-")[0].lower()
    return Language(code) if code in set(Language) else default
