"""It goes on from the last model only where a few messages changed, and reads the data as Rasa does."""

import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from components.importer import ClauseImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from relearn import HERE, Lesson, relearn, remember

MESSAGES = "\n".join(f"    - met [Li Wei {number}](person)" for number in range(1000))
NLU = f"nlu:\n- intent: log_contact\n  metadata: {{money: 'yes'}}\n  examples: |\n{MESSAGES}\n"
CLAUSES = "clauses:\n- money: 'yes'\n  examples: |\n    - has budget\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small project whose model has learnt all that there is."""
    for name, content in {
        "config.yml": "pipeline: [{name: components.intents.IntentRegression, c: 1.0}]",
        "domain.yml": "",
        "uv.lock": "",
        "components/one.py": "",
        "data/en/log_contact.yml": NLU,
        "data/en/clauses.yml": CLAUSES,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    with tarfile.open(tmp_path / "last.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "config.yml", "metadata.json")
    remember(Lesson.read(tmp_path), "last.tar.gz", tmp_path / "learnt.json")
    return tmp_path


def written(name: str, old: str, new: str) -> Callable[[Path], None]:
    """What replaces words in a file."""

    def change(folder: Path) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")

    return change


EXAMPLES = "data/en/log_contact.yml"


@pytest.mark.parametrize(
    ("change", "goes_on"),
    [
        (written(EXAMPLES, "met [Li Wei 7](person)", "saw [Li Wei 7](person)"), True),
        (written(EXAMPLES, "    - met [Li Wei 7](person)\n", ""), True),
        (written(EXAMPLES, "    - met [Li Wei 7](person)\n", "    - met [Li Wei 7](person)\n    - hello\n"), True),
        # Three messages became others, that is six.
        (written(EXAMPLES, "Wei 99", "Yu 99"), False),
        (written(EXAMPLES, "money: 'yes'", "money: 'no'"), False),
        (written("data/en/clauses.yml", "has budget", "has money"), False),
        (written("config.yml", "1.0", "2.0"), False),
        (lambda folder: (folder / "components" / "one.py").write_text("ONE = 1"), False),
        (lambda folder: (folder / "last.tar.gz").unlink(), False),
        (lambda folder: (folder / "last.tar.gz").write_text("half of a mo"), False),
        (lambda folder: (folder / "learnt.json").unlink(), False),
        (lambda folder: (folder / "learnt.json").write_text("{"), False),
    ],
)
def test_it_goes_on_only_where_little_changed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], None], goes_on: bool
) -> None:
    monkeypatch.setattr("relearn._learn_intents", lambda *given: True)
    change(folder)
    new = folder / "new.tar.gz"
    assert relearn(Lesson.read(folder), folder, new, folder / "learnt.json", folder) == goes_on == new.exists()


def test_it_reads_the_messages_that_rasa_reads() -> None:
    read = ClauseImporter(str(HERE / "config.yml"), None, [str(HERE / "data")]).get_nlu_data()
    theirs = {(message.get(TEXT), message.get(INTENT)) for message in read.intent_examples}
    lesson = Lesson.read()
    assert set(lesson.messages.values()) == theirs
    assert set(lesson.texts()) == {message.get(TEXT) for message in read.training_examples}
