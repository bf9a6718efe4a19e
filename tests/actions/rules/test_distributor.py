"""It scores a customer who resells by the company's weights, which sum to 100."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from actions import playbook
from actions.playbook import FOLDER, PlaybookError
from actions.rules.scoring import grade, weigh

DISTRIBUTOR = playbook.load().distributor
CUT_OFFS = [each.at_least for each in DISTRIBUTOR.verdicts]


def test_it_has_the_criteria_of_the_method_with_weights_that_sum_to_100() -> None:
    table = ["coverage", "scope", "size", "finances", "people", "range"]
    also = ["initiative", "ability", "reputation", "relations"]
    assert list(DISTRIBUTOR.weights) == table + also
    assert sum(DISTRIBUTOR.weights.values()) == 100


@pytest.mark.parametrize(
    ("score", "place"), [(5, 0), (4, 0), (3, 1), (2, 2), (1, 3), (0, 3)], ids=lambda value: str(value)
)
def test_it_grades_all_the_same_scores(score: int, place: int) -> None:
    weighed = weigh(DISTRIBUTOR.weights, dict.fromkeys(DISTRIBUTOR.weights, score))
    assert (weighed.result, weighed.known) == (Fraction(20 * score), 100)
    assert grade(weighed, CUT_OFFS, DISTRIBUTOR.needed) == place


@pytest.mark.parametrize(
    ("known", "place"),
    [
        (["coverage", "scope", "size"], None),
        # 20 + 15 + 10 + 15 = 60: enough.
        (["coverage", "scope", "size", "finances"], 0),
        (["coverage", "scope", "people", "range"], None),
        ([], None),
    ],
)
def test_it_says_nothing_of_a_reseller_of_whom_too_little_is_known(known: list[str], place: int | None) -> None:
    assert grade(weigh(DISTRIBUTOR.weights, dict.fromkeys(known, 5)), CUT_OFFS, DISTRIBUTOR.needed) == place


@given(scores=st.permutations([(key, len(key) % 6) for key in DISTRIBUTOR.weights]))
def test_the_order_of_answers_does_not_matter(scores: list[tuple[str, int]]) -> None:
    assert weigh(DISTRIBUTOR.weights, dict(scores)) == weigh(DISTRIBUTOR.weights, dict(sorted(scores)))


# --- what a company may get wrong in the three files


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(FOLDER, tmp_path / "playbook", ignore=shutil.ignore_patterns("*.py", "__pycache__"))


CRITERIA, VERDICTS = "criteria", "verdicts"
MISTAKES: list[tuple[str, tuple[Any, ...], Any, str]] = [
    ("distributor", (CRITERIA, 0, "weight"), 25, "distributor.yml: criteria: the weights sum to 105, not 100"),
    ("distributor", (CRITERIA, 0, "weight"), 0, "distributor.yml: criteria: 0: weight: Input should be greater than"),
    ("distributor", (CRITERIA, 1, "key"), "coverage", "distributor.yml: coverage is there twice"),
    ("distributor", (CRITERIA, 1, "key"), "Large Scope", "distributor.yml: criteria: 1: key: String should match"),
    ("distributor", (VERDICTS, -1, "from"), 10, "distributor.yml: verdicts: the best one comes first, and the last"),
    ("distributor", (VERDICTS, 0, "from"), 50, "distributor.yml: verdicts: the best one comes first"),
    ("distributor", ("needed",), 101, "distributor.yml: needed: Input should be less than or equal to 100"),
    ("audit", ("questions",), [], "audit.yml: questions: Tuple should have at least 1 item"),
    (
        "audit",
        ("questions", 0, "means"),
        {0: {"en": "no", "zh": "不"}},
        "audit.yml: questions: 0: means: 3, 5 is missing",
    ),
    ("audit", ("questions", 0, "means", 4), {"en": "x", "zh": "好"}, "audit.yml: questions: 0: means: 4"),
    ("audit", ("questions", 4, "key"), "fit", "audit.yml: fit is there twice"),
    ("audit", (VERDICTS, -1, "lowest"), 1, "audit.yml: verdicts: the last one takes all the rest"),
    ("audit", (VERDICTS, 0, "total"), 20, "audit.yml: verdicts: the best one comes first, by `total`"),
    ("audit", (VERDICTS, 0, "lowest"), 6, "audit.yml: verdicts: 0: lowest: Input should be less than or equal to 5"),
    ("credit", ("indicators", 0, "points"), 17, "credit.yml: indicators: the non-financial points sum to 71, not 70"),
    ("credit", ("indicators", -1, "points"), 5, "credit.yml: indicators: the financial points sum to 31, not 30"),
    ("credit", ("cut_offs", "AA"), 95, "credit.yml: cut_offs: the best one comes first"),
    ("credit", ("cut_offs",), {"AAA": 90, "A": 70, "C": 0}, "credit.yml: cut_offs: needs AAA, AA, A, B, C"),
    (
        "credit",
        ("indicators", 11, "scores"),
        [2, 1.5, 1.7, 1, 0],
        "credit.yml: indicators: 11: scores: needs five limits",
    ),
    ("credit", ("indicators", 11, "scores"), [2, 1], "credit.yml: indicators: 11: scores: needs five limits"),
    ("credit", ("indicators", 11, "key"), "acid_test", "credit.yml: indicators: 11: is no ratio; these are: current"),
    ("credit", ("indicators", 0, "key"), "inventory", "credit.yml: indicators: 0: is the name of a figure or a ratio"),
    ("credit", ("indicators", 0, "ask"), None, "credit.yml: indicators: 0: needs `ask` and `means` to be judged"),
    ("credit", ("indicators", 11, "said"), {"late": 1}, "credit.yml: indicators: 11: is computed: it has no `ask`"),
    ("credit", ("indicators", 0, "said"), {"late": 6}, "credit.yml: indicators: 0: said: late: Input should be less"),
]


@pytest.mark.parametrize(("name", "keys", "value", "said"), MISTAKES, ids=[said for *_, said in MISTAKES])
def test_it_names_a_mistake_by_file_and_entry(
    folder: Path, name: str, keys: tuple[Any, ...], value: Any, said: str
) -> None:
    path = folder / f"{name}.yml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    place = entries
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = value
    path.write_text(yaml.safe_dump(entries, allow_unicode=True, sort_keys=False), encoding="utf-8")
    with pytest.raises(PlaybookError) as error:
        playbook.load(folder)
    assert any(line.startswith(said) for line in str(error.value).splitlines()), error.value


def test_it_takes_a_question_of_the_company_s_own(folder: Path) -> None:
    path = folder / "audit.yml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    entries["questions"].append({**entries["questions"][0], "key": "reference"})
    path.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
    assert [each.key for each in playbook.load(folder).audit.questions][-1] == "reference"


def test_it_takes_away_an_indicator_only_with_a_word_about_it(folder: Path) -> None:
    path = folder / "credit.yml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    dropped = entries["indicators"].pop(4)
    entries["indicators"][5]["points"] += dropped["points"]
    path.write_text(yaml.safe_dump(entries, allow_unicode=True, sort_keys=False), encoding="utf-8")
    with pytest.raises(PlaybookError, match=r"credit\.yml: indicators: there are 19, not 20"):
        playbook.load(folder)
