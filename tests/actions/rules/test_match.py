"""It holds what a customer is worth against what we can do."""

from __future__ import annotations

import pytest

from actions.rules.match import FITS, fit


@pytest.mark.parametrize(
    ("attractive", "able", "says"),
    [
        (None, None, None),
        (5, None, None),
        (None, 5, None),
        (3, 3, "match"),
        (5, 2, "beyond_us"),
        (2, 5, "not_worth"),
        (2, 2, "neither"),
        (0, 0, "neither"),
    ],
)
def test_it_needs_both_scores_and_counts_each_from_enough_on(
    attractive: int | None, able: int | None, says: str | None
) -> None:
    assert fit(attractive, able, enough=3) == says
    assert says is None or says in FITS
