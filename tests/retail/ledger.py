"""Every figure of the run as it is found, and whether the product and the recount agree."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Ledger:
    """Says each figure by `say`, and remembers what did not agree."""

    say: Callable[[str], None]
    disagreements: list[str] = field(default_factory=list)

    def check(self, what: str, said: object, counted: object) -> None:
        """Hold what the product says against what was counted without it."""
        agree = said == counted
        self.say(f"  {what}: {said} ({'recount agrees' if agree else f'BUT COUNTED {counted}'})")
        if not agree:
            self.disagreements.append(what)

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.say(f"  {what}: {time.perf_counter() - started:.2f} s")
