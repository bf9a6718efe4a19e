"""`make bench`: time per message in the conversation beside a bare POST /model/parse, in one run."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import psutil
import yaml

from bot import settings as settings_module
from bot.console import Console, sign_in
from bot.wiring import build, nlu_client, real_clock
from nlu.server import NluServer
from nlu.training import train

SENTENCES = settings_module.ROOT / "tests" / "sentences"
INTENTS = ("log_contact", "update_deal", "report_objection", "show_customer", "find_customers", "set_reminder")


def messages() -> tuple[list[str], list[str]]:
    """Two lists of different messages of the same kinds in both languages: the server remembers what it has read."""
    texts = [
        entry["text"]
        for language in ("en", "zh")
        for intent in INTENTS
        for entry in yaml.safe_load((SENTENCES / language / f"{intent}.yml").read_text(encoding="utf-8"))[:20]
    ]
    return texts[::2], texts[1::2]


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


def _interleaved(bare: Callable[[str], None], turn: Callable[[str], None]) -> tuple[list[float], list[float]]:
    """Both in turns, so that noise of the machine falls on both alike; the first ten of each only warm up."""
    times: tuple[list[float], list[float]] = ([], [])
    for pair in zip(*messages(), strict=True):
        for text, run, kept in zip(pair, (bare, turn), times, strict=True):
            begun = time.perf_counter()
            run(text)
            kept.append((time.perf_counter() - begun) * 1000)
    return times[0][10:], times[1][10:]


def _print(name: str, times: list[float]) -> None:
    ordered = sorted(times)
    p95 = ordered[int(len(ordered) * 0.95) - 1]
    print(f"{name:28} p50 {statistics.median(ordered):6.1f} ms   p95 {p95:6.1f} ms   ({len(ordered)} messages)")


if __name__ == "__main__":
    main()
