"""`make bench`: a message in the conversation, Manny's own share of it, and the parse beside plain Rasa's, in one run."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import httpx
import psutil
import yaml
from apscheduler.schedulers.background import BackgroundScheduler

from benchmarks.plain import MESSAGES, train_plain
from benchmarks.records import fill
from bot import settings as settings_module
from bot.console import CHANNEL, Console, sign_in
from bot.messages import Answer as Answered
from bot.reminders import Reminders
from bot.wiring import build, real_clock, settle
from nlu.client import Answer, NluClient
from nlu.server import NluServer
from nlu.training import train

SENTENCES = settings_module.ROOT / "tests" / "sentences"
INTENTS = (
    *("log_contact", "update_deal", "describe_person", "report_objection", "set_reminder", "list_reminders", "undo"),
    *("show_customer", "find_customers", "ask_pitch", "ask_advice"),
)
EACH = 28
"""Messages of each intent and language; half of them are parsed alone, half are said in the conversation."""
WARM_UP = 20
"""The first messages, which are not counted."""
CUSTOMERS = 5_000
PYRAMIDS = WARM_UP + 30
"""Times that the customer pyramid is asked for: it looks at every customer, and draws a picture."""


class TimedClient(NluClient):
    """The client, which also tells how long the model took for the last message (milliseconds)."""

    took = 0.0

    def _ask(self, clean: str, sent: Callable[[], None]) -> Answer:
        begun = time.perf_counter()
        try:
            return super()._ask(clean, sent)
        finally:
            self.took = (time.perf_counter() - begun) * 1000


class Conversation:
    """Manny in the terminal on a database of its own, with `customers` on record. Close it in the end."""

    def __init__(self, server: NluServer, folder: Path, customers: int = 0) -> None:
        settings = settings_module.load(database={"url": f"sqlite:///{folder}/{customers}.db"})
        self._nlu = TimedClient(server.url, server.token, settings.region)
        self._manny = build(settings, self._nlu, real_clock, folder)
        account = sign_in(self._manny, "Bench", "rep", "en", None)
        if customers:
            fill(self._manny.sessions, account, CHANNEL, customers)
        self._console = Console(self._manny, account, self._show)
        scheduler = BackgroundScheduler(timezone=UTC)
        self._reminders = Reminders(scheduler, self._manny.assistant, CHANNEL, real_clock, lambda due: None)
        self._reminders.start()
        self.turns: list[float] = []
        self.models: list[float] = []
        self.own: list[float] = []
        self.afterwards: list[float] = []

    def say(self, text: str) -> None:
        """A whole turn as the terminal does it; notes what it took until the answer was there, what of that was the
        model and what was not, and what was done after it."""
        self._nlu.took, begun = 0.0, time.perf_counter()
        answer = self._console.say(text)
        self._reminders.expect(answer.next_reminder)
        self.turns.append((self._answered - begun) * 1000)
        self.models.append(self._nlu.took)
        self.own.append(self.turns[-1] - self._nlu.took)
        self.afterwards.append((time.perf_counter() - self._answered) * 1000)

    def _show(self, line: str | None, answer: Answered, milliseconds: float) -> None:
        self._answered = time.perf_counter()

    def close(self) -> None:
        """Stops the scheduler and gives connections back."""
        self._reminders.stop()
        self._manny.close()


class Parser:
    """A bare `POST /model/parse`. Close it in the end."""

    def __init__(self, server: NluServer) -> None:
        self._client = httpx.Client(base_url=server.url, params={"token": server.token})
        self.times: list[float] = []
        self.close: Callable[[], None] = self._client.close

    def parse(self, text: str) -> None:
        """Parses one message and notes what it took."""
        begun = time.perf_counter()
        self._client.post("/model/parse", json={"text": text}).raise_for_status()
        self.times.append((time.perf_counter() - begun) * 1000)


def messages() -> list[tuple[str, str]]:
    """Pairs of different messages of the same kinds in both languages: a server remembers what it has read."""
    pairs: list[tuple[str, str]] = []
    for place in range(0, EACH, 2):
        for intent in INTENTS:
            for language in ("en", "zh"):
                entries = yaml.safe_load((SENTENCES / language / f"{intent}.yml").read_text(encoding="utf-8"))
                pairs.append((entries[place]["text"], entries[place + 1]["text"]))
    return pairs


def main() -> None:
    """Prints median and p95 of everything, how they compare, and what the servers keep in memory."""
    trained = train(lambda share, step: None)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain_model = train_plain(folder)
        with NluServer(trained.path) as server, NluServer(plain_model, log=folder / "plain.log") as plain_server:
            parser, plain = Parser(server), Parser(plain_server)
            empty, full = Conversation(server, folder), Conversation(server, folder, CUSTOMERS)
            settle()
            # In turns, so that the machine's noise falls on all alike.
            for alone, said in messages():
                parser.parse(alone)
                plain.parse(alone)
                empty.say(said)
                full.say(said)
            parse = _print("parse", parser.times)
            usual = _print("parse, plain Rasa", plain.times)
            print(f"{'':38} {parse[0] / usual[0]:.2f} and {parse[1] / usual[1]:.2f} times plain Rasa's")
            _print("a message in the terminal", empty.turns)
            _print("the model's part of it", empty.models)
            _print("noting that the answer was shown", empty.afterwards)
            for label, own in (("its own share", empty.own), (f"with {CUSTOMERS:,} customers", full.own)):
                p50, p95 = _print(label, own)
                print(f"{'':38} {p50 / parse[0]:.2f} and {p95 / parse[1]:.2f} times the parse")
            for conversation in (empty, full):
                conversation.own.clear()
            for _ in range(PYRAMIDS):
                empty.say("who are our VIP customers?")
                full.say("who are our VIP customers?")
            _print("Manny's share of the pyramid, empty", empty.own)
            _print(f"of {CUSTOMERS:,} customers, with its picture", full.own)
            _print_memory("the server keeps", server)
            _print_memory(f"plain Rasa of {MESSAGES:,} messages keeps", plain_server)
            for each in (parser, plain, empty, full):
                each.close()


def _print(name: str, times: list[float]) -> tuple[float, float]:
    ordered = sorted(times[WARM_UP:])
    p50, p95 = statistics.median(ordered), statistics.quantiles(ordered, n=20)[-1]
    print(f"{name:38} p50 {p50:6.1f} ms   p95 {p95:6.1f} ms   ({len(ordered)} messages)")
    return p50, p95


def _print_memory(name: str, server: NluServer) -> None:
    if server.pid:
        print(f"{name:38} {psutil.Process(server.pid).memory_info().rss / 2**20:6.0f} MiB")


if __name__ == "__main__":
    main()
