"""`touchpoint`, and `python -m bot`, which is the same."""

import logging
import sys

from bot.cli import app
from bot.logs import set_up_logging


def main() -> None:
    """Run the command line; what nobody expected is logged, where secrets are taken out, and never printed raw."""
    set_up_logging("INFO")
    try:
        app()
    except Exception:
        logging.getLogger("bot").exception("this should not happen; please report it")
        sys.exit(70)


if __name__ == "__main__":
    main()
