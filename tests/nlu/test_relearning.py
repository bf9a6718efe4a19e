"""A correction is in the model within seconds, and the model knows all that it knew."""

import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from nlu.client import NluClient
from nlu.learning import add_example
from nlu.server import MODEL_DIR, NluServer, island_python
from nlu.training import model_path, train

NOW = datetime(2026, 3, 2, 9)
UNHEARD = "zorble me the flumphs"


@pytest.fixture
def project(nlu_server: NluServer, tmp_path: Path) -> Path:
    """The model's project with a model that has learnt all; what is written to it is written to a copy."""
    learnt = model_path()
    assert learnt is not None
    project = tmp_path / "nlu" / "model"
    project.mkdir(parents=True)
    for name in ("components", "data"):
        shutil.copytree(MODEL_DIR / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("config.yml", "domain.yml", "uv.lock", "train.py", "relearn.py", "runner.py", "serve.py"):
        shutil.copy(MODEL_DIR / name, project / name)
    (project / ".venv").symlink_to(MODEL_DIR / ".venv")
    for folder, file in (("models", learnt.name), (".cache", "encoded.npz")):
        (project / folder).mkdir()
        if (MODEL_DIR / folder / file).exists():
            (project / folder / file).symlink_to(MODEL_DIR / folder / file)
    note = f"from relearn import Lesson, remember; remember(Lesson.read(), {learnt.name!r})"
    subprocess.run([island_python(project), "-c", note], cwd=project, check=True)
    return project


@pytest.mark.slow
def test_a_correction_is_learnt_without_learning_all_anew(project: Path) -> None:
    add_example("en", "export", UNHEARD, data=project / "data")
    steps: set[str] = set()
    trained = train(lambda share, step: steps.add(step), model_dir=project)
    assert trained.trained
    assert trained.path == model_path(project)
    assert "intents" in steps
    assert not {"names", "facts", "labels"} & steps
    with NluServer(trained.path, log=project / "server.log") as server:
        manny = NluClient(server.url, server.token)
        said = manny.parse(UNHEARD, NOW)
        assert (said.intent, said.confidence > 0.5) == ("export", True)
        met = manny.parse("met Li Wei from Acme, has budget, no authority", NOW)
        assert (met.intent, met.person, met.company) == ("log_contact", "Li Wei", "Acme")
        assert (met.money, met.authority) == ("yes", "no")
    assert not train(lambda share, step: None, model_dir=project).trained
