"""Starts Rasa's HTTP server for one model: `python serve.py --port 5005 --model models/x.tar.gz`.

The token comes in the environment (MANNY_NLU_TOKEN), for arguments show in the process list. With
--with-parent the server ends when its standard input closes: then whoever started it is gone.
"""

import argparse
import gc
import io
import os
import signal
import sys
import threading
import time
import warnings
from functools import partial
from pathlib import Path

QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "LOG_LEVEL": "WARNING",
    "LOG_LEVEL_LIBRARIES": "ERROR",
    "SANIC_ACCESS_LOG": "false",
    "SANIC_MOTD": "false",
    # Threads that wait for each other cost more than they bring for one short sentence.
    "OMP_NUM_THREADS": "1",
}
GRACE = 5.0


class Veil(io.TextIOBase):
    """A stream that never shows the token: it stands in addresses, which errors like to quote."""

    def __init__(self, stream: io.TextIOBase, secret: str) -> None:
        self._stream = stream
        self._secret = secret

    def write(self, text: str) -> int:
        """Writes with the secret blotted out."""
        return self._stream.write(text.replace(self._secret, "***") if self._secret else text)

    def flush(self) -> None:
        """Flushes the stream beneath."""
        self._stream.flush()


def end_with_parent() -> None:
    """Waits for standard input to close, which the system does even for a parent killed with -9."""
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)


def serve(model: Path, host: str, port: int, token: str) -> None:
    """Runs the server until it is told to stop."""
    warnings.simplefilter("ignore")  # Rasa's dependencies warn of their own old age at each start
    # Importing makes a million objects that stay: looking through them for garbage takes time for nothing.
    gc.disable()
    from rasa.core.run import configure_app, load_agent_on_start
    from rasa.utils.common import configure_logging_and_warnings, update_sanic_log_level
    from rasa.utils.log_utils import configure_structlog

    configure_logging_and_warnings()
    configure_structlog()
    app = configure_app(auth_token=token)
    update_sanic_log_level()
    app.register_listener(partial(load_agent_on_start, str(model), None, None), "before_server_start")
    gc.freeze()
    gc.enable()
    app.run(host=host, port=port, access_log=False)


def main(arguments: list[str] | None = None) -> None:
    """Reads arguments and environment, then serves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="the trained model (a .tar.gz file)")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", type=int, default=5005)
    parser.add_argument("--with-parent", action="store_true", help="end when standard input closes")
    options = parser.parse_args(arguments)
    token = os.environ.pop("MANNY_NLU_TOKEN", "")
    if not token:
        parser.error("MANNY_NLU_TOKEN is not set")
    if not options.model.is_file():
        parser.error(f"there is no model at {options.model}")
    os.environ.update(QUIET)
    if options.with_parent:
        threading.Thread(target=end_with_parent, daemon=True).start()
    sys.stdout, sys.stderr = Veil(sys.stdout, token), Veil(sys.stderr, token)  # type: ignore[arg-type]
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    serve(options.model, options.host, options.port, token)


if __name__ == "__main__":
    main()
