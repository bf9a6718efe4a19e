"""The language model's environment: its own tests, and a server that never outlives its owner."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from nlu.server import MODEL_DIR, ROOT, NluServer, NluServerError, island_python
from nlu.training import Meter, fingerprint

needs_island = pytest.mark.skipif(not (MODEL_DIR / ".venv").exists(), reason="the model's environment is missing")

OWNER = """
import sys, time
from pathlib import Path
from nlu.server import NluServer
server = NluServer(Path(sys.argv[1]), log=Path(sys.argv[2]))
server._launch()
print(server.pid, server.token, flush=True)
time.sleep(60)
"""


def until(true: Callable[[], bool], limit: float = 15.0) -> bool:
    """Whether something came true in time."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


def gone(pid: int) -> bool:
    """Whether a process is over; nobody may have collected it."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A file that passes for a model until Rasa opens it."""
    path = tmp_path / "model.tar.gz"
    path.write_bytes(b"no model")
    return path


@needs_island
@pytest.mark.slow
def test_the_components_pass_their_own_tests() -> None:
    run = subprocess.run(
        [island_python(), "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=MODEL_DIR,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@needs_island
@pytest.mark.slow
def test_the_server_dies_with_its_owner_even_by_kill_9(model: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", OWNER, str(model), str(tmp_path / "log")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        pid, token = owner.stdout.readline().split()
        try:
            assert not gone(int(pid))
            assert token not in " ".join(psutil.Process(int(pid)).cmdline())
        finally:
            owner.send_signal(signal.SIGKILL)
    assert until(lambda: gone(int(pid)))


@needs_island
@pytest.mark.slow
def test_a_stopped_server_leaves_no_process(model: Path, tmp_path: Path) -> None:
    server = NluServer(model, log=tmp_path / "log")
    server._launch()
    pid = server.pid
    assert pid is not None
    server.stop()
    server.stop()
    assert gone(pid)
    assert not server.running()


@needs_island
@pytest.mark.slow
def test_a_server_that_dies_says_where_its_log_is(tmp_path: Path) -> None:
    log = tmp_path / "log"
    server = NluServer(tmp_path / "missing.tar.gz", log=log)
    with pytest.raises(NluServerError, match=str(log)):
        server.start()
    assert "there is no model" in log.read_text()
    assert server.token not in log.read_text()


@needs_island
@pytest.mark.slow
def test_a_server_that_is_too_slow_is_stopped(model: Path, tmp_path: Path) -> None:
    waits: list[float] = []
    server = NluServer(model, log=tmp_path / "log", start_limit=0.5)
    with pytest.raises(NluServerError, match="gave no answer"):
        server.start(waits.append)
    assert waits
    assert not server.running()


def test_a_missing_environment_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(NluServerError, match="uv sync"):
        NluServer(tmp_path / "x", log=tmp_path / "log", model_dir=tmp_path).start()


def project(root: Path) -> Path:
    """The files that decide what a model says."""
    for name in ("config.yml", "domain.yml", "uv.lock", "data/en/undo.yml", "components/tokenizer.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    return root


@pytest.mark.parametrize("name", ["config.yml", "uv.lock", "data/en/undo.yml", "components/tokenizer.py"])
def test_a_change_that_matters_changes_the_fingerprint(tmp_path: Path, name: str) -> None:
    before = fingerprint(project(tmp_path))
    assert fingerprint(tmp_path) == before
    (tmp_path / name).write_text("changed")
    assert fingerprint(tmp_path) != before


def test_progress_goes_from_nothing_to_everything_and_never_back() -> None:
    meter = Meter(["BilingualTokenizer", "SentenceFeaturizer", "FactClassifier"])
    lines = [
        "INFO hooks - Starting to train component 'SentenceFeaturizer'.",
        "progress: embedding sentences 0/200",
        "progress: embedding sentences 100/200",
        "INFO hooks - Finished training component 'SentenceFeaturizer'.",
        "INFO hooks - Starting to train component 'FactClassifier'.",
        "progress: embedding sentences 100/200",
        "progress: facts 0/3",
        "INFO hooks - Restored component 'FactClassifier' from cache.",
    ]
    seen = [meter.fraction for line in lines if meter.read(line)]
    assert len(seen) == len(lines)
    assert seen == sorted(seen)
    assert seen[0] < 0.1
    assert seen[-1] > 0.9
    assert not meter.read("something else")


def test_steps_of_components_that_learn_side_by_side_are_shown_but_not_counted() -> None:
    meter = Meter(["FactClassifier", "EntityExtractor"])
    for line in ("Starting to train component 'FactClassifier'", "Starting to train component 'EntityExtractor'"):
        assert meter.read(line)
    assert meter.read("progress: words 1/2")
    assert (meter.step, meter.fraction) == ("words", 0.0)
    assert meter.read("Finished training component 'EntityExtractor'")
    assert 0.3 < meter.fraction < 1.0
