"""Engines that outlive a test: what SQLAlchemy has compiled for one is kept, and that was a quarter of the tests' time.

The connections are not kept: who disposes of an engine closes them all, and gives it back.
"""

from collections import defaultdict
from collections.abc import Callable

from sqlalchemy import Engine, event

from storage.keyring import PLAIN, Keyring

Asked = tuple[str, bool, Keyring]


class Engines:
    """Stands in for `storage.database.engine_for`; engines for the addresses in `kept` are used again."""

    def __init__(self, make: Callable[..., Engine]) -> None:
        self._make = make
        self._idle: defaultdict[Asked, list[Engine]] = defaultdict(list)
        self.kept: set[str] = set()

    def __call__(self, url: str, *, read_only: bool = False, keyring: Keyring = PLAIN) -> Engine:
        """An engine that nobody uses now."""
        idle = self._idle[url, read_only, keyring]
        if idle:
            return idle.pop()
        engine = self._make(url, read_only=read_only, keyring=keyring)

        @event.listens_for(engine, "engine_disposed")
        def _give_back(_: Engine) -> None:
            if url in self.kept and engine not in idle:
                idle.append(engine)

        return engine
