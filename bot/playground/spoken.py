"""What the staff of the playground are spoken to in: the language in which its page was opened last."""

from dataclasses import dataclass

from bot.domain.messages import Language
from bot.playground import opening
from bot.playground.messenger import Messenger
from bot.playground.simulation.story import Simulation
from handlers import commands
from handlers.context import App
from storage.database import Database


@dataclass(kw_only=True)
class Spoken:
    """The language of staff, until the page is opened in another, or `/language` says otherwise."""

    app: App
    database: Database
    messenger: Messenger
    simulation: Simulation
    language: Language

    async def speak(self, language: Language) -> None:
        """Speak to staff as the page does, menus included; the manager asks for the report again, to read it so."""
        if language is self.language:
            return
        self.language = language
        await opening.hire(self.database, self.simulation, language)
        await commands.register(self.app)
        opening.ask_for_report(self.messenger, self.simulation)
