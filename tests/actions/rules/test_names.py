"""It finds out which of the names on record is meant."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.rules.names import key, match, nearest


@dataclass(frozen=True)
class Named:
    """A name on record."""

    id: int
    key: str
    aliases: tuple[str, ...] = ()


def on_record(*names: str) -> list[Named]:
    return [Named(number, key(name)) for number, name in enumerate(names)]


def found(said: str, *names: str) -> list[str]:
    return [names[each.id] for each in match(said, on_record(*names))]


SAME = (
    ("Li Wei", "li wei"),
    ("Li Wei", "  Li   Wei "),
    ("O'Brien", "OBrien"),
    ("O'Brien", "O’Brien"),
    ("José Núñez", "Jose Nunez"),
    ("Acme", "Acme Ltd."),
    ("Acme", "Acme, Inc."),
    ("Acme", "ACME Co., Ltd."),
    ("Acme", "Acme - Ltd"),
    ("Acme", "ＡＣＭＥ"),
    ("Müller", "Muller GmbH & Co. KG"),
    ("Ferri", "Ferri S.r.l."),
    ("Ferri", "Ferri S.p.A."),
    ("Straße", "STRASSE AG"),
    ("Sterling", "Sterling Holdings Limited"),
    ("星海科技", "星海科技有限公司"),
    ("星海科技", "星海科技股份有限公司"),
    ("星海科技", "星海科技有限责任公司"),
    ("星海", "星海集团公司"),
    ("王总", "王总经理"),
    ("王总", "王副总经理"),
    ("王总", "王总裁"),
    ("王总", "王老总"),
    ("王总", "王老总经理"),
    ("李董", "李董事长"),
    ("赵工", "赵工程师"),
)
DIFFERENT = (
    ("王总", "王工"),
    ("王总", "李总"),
    ("王总", "王经理"),
    ("李伟", "李维"),
    ("Acme", "Acne"),
    ("Acme", "Acme Robotics"),
    ("公司", "有限公司"),
    ("Company", "Ltd"),
)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_it_compares_names_without_their_dress(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_it_keeps_different_names_apart(one: str, other: str) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize("name", ["公司", "Ltd", "总经理", "Inc."])
def test_it_leaves_something_of_a_name_that_is_all_dress(name: str) -> None:
    assert key(name)


FOUND: tuple[tuple[str, str, list[str], list[str]], ...] = (
    ("exactly", "Li Wei", ["Li Wei", "Li Min"], ["Li Wei"]),
    ("without accents and case", "jose", ["José", "Joseph"], ["José"]),
    ("by the first name", "Sarah", ["Sarah Connor", "Peter Miller"], ["Sarah Connor"]),
    ("by the last name", "Connor", ["Sarah Connor", "Peter Miller"], ["Sarah Connor"]),
    ("by words in the middle", "van der", ["Jan van der Berg"], ["Jan van der Berg"]),
    ("by two first names", "Anna Maria", ["Anna Maria Rossi"], ["Anna Maria Rossi"]),
    ("not by words in another order", "Connor Sarah", ["Sarah Connor"], []),
    ("not by a part of a word", "Sar", ["Sarah Connor"], []),
    ("not by one letter", "S", ["S Connor"], []),
    ("two of the same first name", "Sarah", ["Sarah Connor", "Sarah Lee"], ["Sarah Connor", "Sarah Lee"]),
    ("exactly before by a part", "Sarah", ["Sarah Connor", "Sarah"], ["Sarah"]),
    ("with one letter missing", "Petersn", ["Peterson", "Miller"], ["Peterson"]),
    ("with one letter wrong", "Millar", ["Peterson", "Miller"], ["Miller"]),
    ("with two letters swapped", "Tesal", ["Tesla"], ["Tesla"]),
    ("with two typos in a long name", "Sara Conor", ["Sarah Connor"], ["Sarah Connor"]),
    ("not with two typos in a short one", "Telas", ["Tesli"], []),
    ("not with a typo in the first letter", "Biller", ["Miller"], []),
    ("not with a typo in three letters", "Tom", ["Tim"], []),
    ("by the name without legal form", "Acme", ["Acme Ltd.", "Zenith"], ["Acme Ltd."]),
    ("by the name with legal form", "Acme Corporation", ["Acme"], ["Acme"]),
    ("by a word of the firm", "Sterling", ["Sterling Robotics Inc"], ["Sterling Robotics Inc"]),
    ("a title for its longer form", "王总", ["王总经理", "李总"], ["王总经理"]),
    ("a title for a full name", "王总", ["王建国", "李伟"], ["王建国"]),
    ("a full name for a title", "王建国", ["王总", "李总"], ["王总"]),
    ("a full name with a title", "王建国经理", ["王建国", "王总"], ["王建国"]),
    ("a title for a name of two characters of surname", "欧阳总", ["欧阳明月", "王总"], ["欧阳明月"]),
    ("a title for two of this surname", "王总", ["王建国", "王芳"], ["王建国", "王芳"]),
    ("the title before the surname", "王总", ["王建国", "王总"], ["王总"]),
    ("not another title of the surname", "王总", ["王工"], []),
    ("not a title for another surname", "王总", ["李建国"], []),
    ("a short form", "星海", ["星海科技有限公司", "长城汽车"], ["星海科技有限公司"]),
    ("a short form for two", "星海", ["星海科技", "星海物流"], ["星海科技", "星海物流"]),
    ("not a longer form", "星海科技", ["星海"], []),
    ("not a longer name", "李伟", ["李伟明"], []),
    ("not a Chinese name with one other character", "李维", ["李伟"], []),
    ("not by one Chinese character", "星", ["星海科技"], []),
    ("nobody", "Bob", ["Alice", "王总"], []),
    ("nobody where nobody is", "Bob", [], []),
    ("nothing by nothing", "", ["Alice"], []),
    ("nothing by signs", " -., ", ["Alice"], []),
)


@pytest.mark.parametrize(("said", "names", "meant"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_it_finds_who_is_meant(said: str, names: list[str], meant: list[str]) -> None:
    assert found(said, *names) == meant


def test_it_finds_somebody_by_another_name() -> None:
    known = [Named(1, key("Li Wei"), ("David", "老李")), Named(2, key("Zhao Min"))]
    assert [each.id for each in match("david", known)] == [1]
    assert [each.id for each in match("老李", known)] == [1]


@pytest.mark.parametrize(
    ("said", "near"), [("Sara Conner", "Sarah Connor"), ("Acmee Robotic", "Acme Robotics"), ("星海科枝", "星海科技")]
)
def test_it_offers_the_names_that_are_most_alike(said: str, near: str) -> None:
    assert nearest(said, ["Sarah Connor", "Acme Robotics", "星海科技", "Bob"])[0] == near


def test_it_offers_three_names_at_most_and_none_that_is_unlike() -> None:
    assert len(nearest("Li Wei", [f"Li Wei {number}" for number in range(9)])) == 3
    assert nearest("Xerxes", ["Bob", "王总"]) == []


PIECES = st.sampled_from(
    ["王", "总", "经理", "老总", "董事长", "公司", "集团", "有限", " Co", ", Ltd", ".", " - ", "·", "&", "İ", "ß"]
)
TEXTS = st.text(max_size=20) | st.lists(PIECES, max_size=8).map("".join)


@given(TEXTS)
def test_it_gives_a_key_the_same_key(name: str) -> None:
    assert key(key(name)) == key(name)


@given(TEXTS, st.lists(TEXTS, max_size=5))
def test_it_answers_whatever_is_said(said: str, names: list[str]) -> None:
    known = [Named(number, key(name), (name,)) for number, name in enumerate(names)]
    found = match(said, known)
    assert all(each in known for each in found)
    assert len(nearest(said, names)) <= 3


@given(TEXTS, st.lists(TEXTS, max_size=5))
def test_it_finds_a_name_that_is_on_record(name: str, others: list[str]) -> None:
    known = on_record(name, *others)
    assert not key(name) or known[0] in match(name, known)
