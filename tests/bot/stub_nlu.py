"""A language model that knows a few words, behind Rasa's HTTP interface: for tests of what is around it."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

WORDS = {
    "hello": "greet",
    "你好": "greet",
    "help": "help",
    "remind": "set_reminder",
    "undo": "undo",
    "pipeline": "query_pipeline",
    "excel": "export",
    "met": "log_contact",
    "todo": "list_reminders",
}
"""A word in a message → what the message is about."""


class StubNlu:
    """Serves `/model/parse`. While `hold` is set, no message that contains `slow` is answered."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.hold = threading.Event()
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                text = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"]
                body = json.dumps(stub._answer(text)).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Nothing on standard error."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def release(self) -> None:
        """Answers what was held."""
        self.hold.clear()

    def _answer(self, text: str) -> dict[str, Any]:
        self.heard.append(text)
        deadline = time.monotonic() + 20
        while self.hold.is_set() and "slow" in text and time.monotonic() < deadline:
            time.sleep(0.02)
        intent = next((intent for word, intent in WORDS.items() if word in text.lower()), "out_of_scope")
        entities = [
            {"entity": "person", "value": name, "start": text.index(name), "end": text.index(name) + len(name)}
            for name in ("Weber", "Li Wei")
            if name in text
        ]
        facts = {"money": {"value": "yes", "clause": text}} if "budget" in text else {}
        return {
            "text": text,
            "intent": {"name": intent, "confidence": 0.95},
            "entities": entities,
            "labels": {},
            "facts": facts,
        }
