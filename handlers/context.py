"""What every handler is given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from telegram import Message, Update, User
from telegram.ext import Application, CallbackContext, ExtBot, JobQueue

from bot.domain.customers import speaks
from bot.domain.messages import Language
from bot.domain.rules import Rules
from bot.render import Renderer

T = TypeVar("T")


class Database(Protocol):
    """Runs use cases; handlers never see what is behind it."""

    async def write(self, use_case: Callable[..., T], /, **facts: Any) -> T:  # noqa: ANN401  the use case's own facts
        """Run a use case in one transaction that commits."""
        ...

    async def read(self, use_case: Callable[..., T], /, **facts: Any) -> T:  # noqa: ANN401  the use case's own facts
        """Run a use case that cannot write."""
        ...


@dataclass
class House:
    """The parts that handlers work with. `failures` holds what went wrong with an update, by its id."""

    db: Database
    rules: Rules
    renderer: Renderer
    failures: dict[int, Exception] = field(default_factory=dict)


Context = CallbackContext[ExtBot[Any], dict[Any, Any], dict[Any, Any], House]
App = Application[ExtBot[Any], Context, dict[Any, Any], dict[Any, Any], House, JobQueue[Any] | None]


def language_of(user: User, rules: Rules) -> Language:
    """What to speak to a person of whom nothing else is known."""
    return speaks(user.language_code, rules.language)


def person(update: Update) -> User:
    """Who sent the update; routes only let updates with a sender through."""
    user = update.effective_user
    assert user is not None
    return user


def written(update: Update) -> str:
    """What follows the command, with its lines as they were written."""
    _, *rest = (message(update).text or "").split(maxsplit=1)
    return rest[0].strip() if rest else ""


def message(update: Update) -> Message:
    """The message that came, or that was tapped; routes only let updates with one through."""
    came = update.effective_message
    assert came is not None
    return came
