"""`make bench`: time per message in the conversation beside a bare POST /model/parse, in one run."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil

from bot import settings as settings_module
from bot.console import Console, sign_in
from bot.wiring import build, nlu_client, real_clock
from nlu.server import NluServer
from nlu.training import train

ROUNDS = 10
MESSAGES = (
    "met Ravi from Sundaram Textiles, he signs everything himself",
    "they need 40 pumps by June",
    "they say it's too expensive",
    "show Sundaram Textiles",
    "who has budget but no authority?",
    "remind me to call Ravi tomorrow at 10",
    "跟宏图软件的孙总聊了,预算批了",
    "客户说要再考虑考虑",
    "看看宏图软件",
    "今天有什么要跟进",
)


def main() -> None:
    """Prints p50 and p95 of both, the assistant's own share, and the server's memory."""
    trained = train(lambda share, step: None)
    with NluServer(trained.path) as server, tempfile.TemporaryDirectory() as folder:
        settings = settings_module.load(database={"url": f"sqlite:///{folder}/bench.db"})
        manny = build(settings, nlu_client(settings, server.url, server.token), real_clock, Path(folder))
        console = Console(manny, sign_in(manny, "Bench", "rep", "en", None))
        client = httpx.Client(base_url=server.url, params={"token": server.token})

        def bare(text: str) -> None:
            client.post("/model/parse", json={"text": text}).raise_for_status()

        def turn(text: str) -> None:
            console.say(text)

        for warm in MESSAGES:
            bare(warm)
            turn(warm)
        parses, turns = _interleaved(bare, turn)
        _print("POST /model/parse", parses)
        _print("a message in the terminal", turns)
        own = statistics.median(turns) - statistics.median(parses)
        print(
            f"{'the rest of the turn':28} p50 {own:6.1f} ms  ({statistics.median(turns) / statistics.median(parses):.2f} times a parse)"
        )
        if server.pid:
            print(f"{'the server keeps':28} {psutil.Process(server.pid).memory_info().rss / 2**20:6.0f} MiB")
        client.close()
        manny.close()


def _interleaved(first: Callable[[str], None], second: Callable[[str], None]) -> tuple[list[float], list[float]]:
    """Both in turns, so that noise of the machine falls on both alike."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for text in MESSAGES:
            for run, kept in zip((first, second), times, strict=True):
                begun = time.perf_counter()
                run(text)
                kept.append((time.perf_counter() - begun) * 1000)
    return times


def _print(name: str, times: list[float]) -> None:
    ordered = sorted(times)
    p95 = ordered[int(len(ordered) * 0.95) - 1]
    print(f"{name:28} p50 {statistics.median(ordered):6.1f} ms   p95 {p95:6.1f} ms   ({len(ordered)} messages)")


if __name__ == "__main__":
    main()
