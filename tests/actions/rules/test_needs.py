"""It tells what people and organisations are likely to need, and nothing where nothing points to it."""

from __future__ import annotations

import pytest

from actions.rules.needs import Signs, likely, of_organisation

SIGNS = {
    "power": Signs(frozenset(["yellow"]), frozenset()),
    "achievement": Signs(frozenset(["yellow"]), frozenset(["decision_maker"])),
    "order": Signs(frozenset(["blue"]), frozenset(["finance"])),
    "safety": Signs(frozenset(), frozenset(["recommender", "technical"])),
}


@pytest.mark.parametrize(
    ("style", "roles", "needs"),
    [
        (None, [], ()),
        (None, ["user"], ()),
        ("green", ["user"], ()),
        ("yellow", [], ("power", "achievement")),
        ("yellow", ["decision_maker"], ("achievement", "power")),
        ("blue", ["decision_maker"], ("order", "achievement")),
        ("blue", ["finance", "recommender"], ("order", "safety")),
        (None, ["recommender", "technical"], ("safety",)),
    ],
)
def test_it_goes_by_style_and_role_together_then_by_style_then_by_role(
    style: str | None, roles: list[str], needs: tuple[str, ...]
) -> None:
    assert likely(SIGNS, style, roles) == needs


def test_an_organisation_needs_what_the_benefits_it_asked_for_are_good_for() -> None:
    serves = {"financial": ["saves_cost", "low_price"], "performance": ["failures"], "image": ["brand"]}
    assert of_organisation(serves, []) == ()
    assert of_organisation(serves, ["simple"]) == ()
    assert of_organisation(serves, ["brand", "low_price", "saves_cost"]) == ("financial", "image")
