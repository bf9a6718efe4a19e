"""Manny on Telegram as a process of its own, for tests that kill it: database, Bot API, model, token."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from bot import settings, wiring
from bot.telegram import ServeError, run


def main(database: str, api: str, nlu: str, token: str) -> None:
    """Serves until it is stopped."""
    wiring.quiet_logs(logging.DEBUG)
    loaded = settings.load(database={"url": database}, telegram={"api": api}, nlu={"url": nlu})
    manny = wiring.build(loaded, wiring.nlu_client(loaded, nlu, None), files=Path(database[10:]).parent)
    try:
        run(manny, token)
    except ServeError as error:
        sys.exit(f"ended: {error}")
    finally:
        manny.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
