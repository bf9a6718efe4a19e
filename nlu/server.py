"""Starts and watches the embedded Rasa server: loopback, a random token, gone with its owner."""

import os
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[1]
MODEL_DIR = ROOT / "nlu" / "model"
LOG = ROOT / "var" / "nlu-server.log"

START_LIMIT = 180.0
STOP_LIMIT = 8.0
POLL = 0.25


class NluServerError(Exception):
    """The server didn't start, or isn't there any more; the message is fit to be shown."""


def island_python(model_dir: Path = MODEL_DIR) -> Path:
    """The interpreter of the Rasa environment; raises NluServerError when it isn't installed."""
    python = model_dir / ".venv" / "bin" / "python"
    if not python.exists():
        raise NluServerError(
            f"The language model's environment is missing ({python}); `uv sync --directory nlu/model` makes it."
        )
    return python


def island_environment() -> dict[str, str]:
    """The environment for the island's processes: none of our own secrets, and no noise."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("MANNY_", "VIRTUAL_ENV"))}
    quiet = {
        "PYTHONWARNINGS": "ignore",
        "PYTHONUNBUFFERED": "1",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # Rasa's error reporter would ask git for a release name at each start.
        "SENTRY_RELEASE": "manny",
    }
    return {**kept, **quiet}


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class NluServer:
    """A Rasa server of our own: `with NluServer(model) as server: use(server.url, server.token)`."""

    def __init__(
        self,
        model: Path,
        *,
        host: str = "127.0.0.1",
        port: int | None = None,
        token: str | None = None,
        log: Path = LOG,
        model_dir: Path = MODEL_DIR,
        start_limit: float = START_LIMIT,
    ) -> None:
        self.model = model
        self.host = host
        self.port = port or free_port()
        self.token = token or secrets.token_urlsafe(32)
        self.log = log
        self._model_dir = model_dir
        self._start_limit = start_limit
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the server answers."""
        reachable = "127.0.0.1" if self.host in ("0.0.0.0", "") else self.host
        return f"http://{reachable}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The server's process, if it was started."""
        return self._process.pid if self._process else None

    def running(self) -> bool:
        """Whether the process is alive."""
        return self._process is not None and self._process.poll() is None

    def start(self, on_wait: Callable[[float], None] | None = None) -> Self:
        """Starts the server and returns when it answers; `on_wait` hears the seconds that went by."""
        self._launch()
        begun = time.monotonic()
        try:
            while not self._answers():
                waited = time.monotonic() - begun
                self._check(waited)
                if on_wait:
                    on_wait(waited)
                time.sleep(POLL)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Ends the server and whatever it started; doing it twice is no fault."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin:
            process.stdin.close()
        try:
            process.terminate()
            process.wait(STOP_LIMIT)
        except subprocess.TimeoutExpired:
            pass
        _kill_group(process.pid)
        process.wait()

    def wait(self) -> int:
        """Blocks until the server ends, for running it in the foreground; gives its exit code."""
        if self._process is None:
            raise NluServerError("The language model's server was not started.")
        return self._process.wait()

    def __enter__(self) -> Self:
        return self if self.running() else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _launch(self) -> None:
        python = island_python(self._model_dir)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        arguments = [
            "--model",
            str(self.model),
            "--host",
            self.host,
            "--port",
            str(self.port),
            "--with-parent",
        ]
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(python), str(self._model_dir / "serve.py"), *arguments],
                cwd=self._model_dir,
                env=island_environment() | {"MANNY_NLU_TOKEN": self.token},
                # The server ends when this pipe closes, which happens even if we are killed with -9.
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A group of its own: Ctrl-C in the terminal is ours to handle.
                start_new_session=True,
            )

    def _answers(self) -> bool:
        query = urllib.parse.urlencode({"token": self.token})
        try:
            with urllib.request.urlopen(f"{self.url}/status?{query}", timeout=5) as response:
                return bool(response.status == 200)
        except OSError:
            return False

    def _check(self, waited: float) -> None:
        assert self._process is not None
        code = self._process.poll()
        if code is not None:
            raise NluServerError(f"The language model's server ended with code {code}; its log is {self.log}.")
        if waited > self._start_limit:
            raise NluServerError(
                f"The language model's server gave no answer within {self._start_limit:.0f} s; its log is {self.log}."
            )


def _kill_group(leader: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
