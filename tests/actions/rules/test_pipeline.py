"""It sums the pipeline up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import playbook
from actions.rules.pipeline import forecast_minor, win_rate
from nlu.understanding import STAGES

CHANCES = {"lead": 0.05, "proposal": 0.5, "negotiation": 0.75, "won": 1.0, "lost": 0.0}


@pytest.mark.parametrize(
    ("deals", "forecast"),
    [
        ([], 0),
        ([("won", 1_000)], 1_000),
        ([("lost", 1_000)], 0),
        ([("proposal", 1_000), ("won", 500)], 1_000),
        ([("lead", 10)], 1),  # half a cent counts as one
        ([("lead", 9)], 0),
        ([("lead", 5), ("lead", 5)], 1),  # rounded in the end, not deal by deal
        ([("proposal", 1)], 1),
        ([("negotiation", 9_007_199_254_740_993 * 4)], 9_007_199_254_740_993 * 3),  # beyond what a float can hold
    ],
)
def test_it_weighs_every_amount_with_the_chance_of_its_stage(deals: list[tuple[str, int]], forecast: int) -> None:
    assert forecast_minor(deals, CHANCES) == forecast


def test_it_refuses_a_stage_of_which_no_chance_is_known() -> None:
    with pytest.raises(KeyError):
        forecast_minor([("dreaming", 1)], CHANCES)


@given(st.lists(st.tuples(st.sampled_from(sorted(CHANCES)), st.integers(0, 10**15))))
def test_it_never_forecasts_more_than_there_is(deals: list[tuple[str, int]]) -> None:
    assert 0 <= forecast_minor(deals, CHANCES) <= sum(amount for _, amount in deals)


def test_it_knows_the_chance_of_every_stage() -> None:
    chances = {name: stage.chance for name, stage in playbook.load().stages.items()}
    assert set(chances) == set(STAGES)
    open_ones = [chances[stage] for stage in STAGES[:-2]]
    assert open_ones == sorted(open_ones)
    assert (chances["won"], chances["lost"]) == (1, 0)


@pytest.mark.parametrize(("won", "lost", "rate"), [(0, 0, None), (1, 0, 1.0), (0, 3, 0.0), (1, 3, 0.25)])
def test_it_gives_the_share_of_closed_deals_that_were_won(won: int, lost: int, rate: float | None) -> None:
    assert win_rate(won, lost) == rate
