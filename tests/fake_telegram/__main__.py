"""A Telegram in the terminal: `python -m tests.fake_telegram --port 8081`, and point Manny at it.

MANNY_TELEGRAM_API=http://127.0.0.1:8081 TELEGRAM_BOT_TOKEN=1:x manny serve
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from tests.fake_telegram.server import FakeTelegram, Sent

HELP = """A line is a message of user 1. /as 2 writes as user 2. [1] presses the first button of the last message.
/photo [WORDS] sends a photo, /file PATH [WORDS] a file, /edit TEXT corrects, /block and /unblock do so, /quit ends."""


def show(sent: Sent) -> None:
    """One message of the bot, as text."""
    attached = f"\n[{sent.kind}: {sent.file}, {len(sent.content)} bytes]" if sent.file else ""
    buttons = "  ".join(f"[{number}] {label}" for number, (label, _) in enumerate(sent.buttons, 1))
    print(f"\n--- to {sent.chat_id}:\n{sent.text}{attached}" + (f"\n{buttons}" if buttons else ""), flush=True)


def act(telegram: FakeTelegram, user: int, line: str) -> None:
    """What one line does."""
    command, _, rest = line.partition(" ")
    if press := re.fullmatch(r"\[(\d+)\]", line):
        try:
            telegram.presses(user, int(press.group(1)))
        except (IndexError, StopIteration):
            print("There is no such button.", flush=True)
    elif command == "/photo":
        telegram.sends(user, "photo", caption=rest)
    elif command == "/file":
        path, _, words = rest.partition(" ")
        try:
            content = Path(path).read_bytes()
        except OSError as error:
            print(error, flush=True)
            return
        telegram.sends(user, "document", content, Path(path).name, caption=words)
    elif command == "/edit":
        telegram.edits(user, rest)
    elif command == "/block":
        telegram.blocks(user)
    elif command == "/unblock":
        telegram.unblocks(user)
    elif line:
        telegram.says(user, line)


def main() -> None:
    """Reads lines until the end."""
    parser = argparse.ArgumentParser(prog="python -m tests.fake_telegram", description="A Telegram without Telegram.")
    parser.add_argument("--port", type=int, default=8081)
    user = 1
    with FakeTelegram(token=None, port=parser.parse_args().port, on_sent=show) as telegram:
        print(f"Bot API at {telegram.url}\n{HELP}", flush=True)
        faults = 0
        while True:
            try:
                line = input().strip()
            except (EOFError, KeyboardInterrupt):
                return
            if line == "/quit":
                return
            if switch := re.fullmatch(r"/as (\d+)", line):
                user = int(switch.group(1))
                continue
            act(telegram, user, line)
            for fault in telegram.faults[faults:]:
                print(f"!!! {fault}", flush=True)
            faults = len(telegram.faults)


if __name__ == "__main__":
    main()
