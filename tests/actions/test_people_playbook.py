"""It names what is wrong in a company's own questions, parts and thanks."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions import playbook
from actions.playbook import FOLDER, PlaybookError
from actions.playbook.people import Naming

Entries = dict[str, Any]


def _aspects(entries: Entries) -> Entries:
    found: Entries = entries["pieces"]["need"]["aspects"]
    return found


@pytest.mark.parametrize(
    ("name", "change", "mistake"),
    [
        ("people", lambda entries: entries["parts"].pop("supporter"), "wanted are decision_maker, recommender"),
        ("people", lambda entries: entries["parts"]["supporter"].update(find=[]), "parts: supporter: find"),
        ("people", lambda entries: entries["thanks"]["task"].update(zh="谢谢"), "task: zh: {name} is missing"),
        ("people", lambda entries: entries["thanks"].update(days=0), "thanks: days"),
        ("information", lambda entries: entries["pieces"].pop("competition"), "wanted are need, budget"),
        ("information", lambda entries: _aspects(entries)["wants"].pop("ask"), "wants: lacks `ask`"),
        ("information", lambda entries: _aspects(entries)["wants"].pop("aloud"), "wants: `ask` goes with `aloud`"),
        (
            "information",
            lambda entries: _aspects(entries)["need"].update(ask={"en": "Need?", "zh": "需要吗？"}),
            "need: questions.yml asks for it, not `ask`",
        ),
        (
            "information",
            lambda entries: _aspects(entries)["wants"].update(known_by=["color"]),
            "wants: known_by: nothing tells color",
        ),
        ("information", lambda entries: _aspects(entries)["wants"].update(tells=["power"]), "wants: tells: power"),
        ("information", lambda entries: entries.update(wait_days=0), "information.yml: wait_days"),
        (
            "information",
            lambda entries: entries["pieces"]["budget"]["aspects"].update(wants=_aspects(entries)["wants"]),
            "two aspects have the same key",
        ),
    ],
)
def test_it_names_the_mistake(tmp_path: Path, name: str, change: Callable[[Entries], Any], mistake: str) -> None:
    folder = shutil.copytree(FOLDER, tmp_path / "playbook", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    path = folder / f"{name}.yml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(entries)
    path.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
    with pytest.raises(PlaybookError) as error:
        playbook.load(folder)
    assert mistake in str(error.value)
    assert str(error.value).startswith(f"{name}.yml")


def test_it_forms_every_way_of_saying_a_name() -> None:
    naming = Naming(opens=("he is", "他是"), before_company=("from",), after_company=("的",))
    assert naming.forms("Li", None) == {"he is Li", "他是 Li"}
    assert naming.forms("Li", "Acme") == {
        "he is Li from Acme",
        "他是 Li from Acme",
        "he is Acme 的 Li",
        "他是 Acme 的 Li",
    }
