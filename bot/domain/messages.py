"""What is said, before it is put into words: a template's name, its facts and its buttons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.taps import Tap


class Language(StrEnum):
    VI = "vi"
    EN = "en"


@dataclass(frozen=True)
class Button:
    """An inline button: `part` names the template's block that holds its label, read with `facts` added."""

    part: str
    tap: Tap
    facts: Mapping[str, object] = field(default_factory=dict)


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True)
class Message:
    """One thing to say to one person. `template` is a path below templates/<language>/, without its suffix.

    `ask_contact` offers a keyboard whose one button (block `share`) sends the person's own phone number. `opening` is
    said above it, in the same message.
    """

    template: str
    language: Language
    facts: Mapping[str, object] = field(default_factory=dict)
    keyboard: Keyboard = ()
    ask_contact: bool = False
    opening: "Message | None" = None


@dataclass(frozen=True)
class Reply:
    """What a use case answers: what the message tapped (or the one named) becomes, and what is said after it."""

    edit: Message | None = None
    edit_message_id: int | None = None
    send: tuple[Message, ...] = ()
