"""Claimed fail rates against measured ones."""

from __future__ import annotations

import numpy as np
import pytest

from audits.domain.decisions.claims import Measured, hold
from audits.domain.intervals import wilson


def test_the_tiers_of_the_design_by_hand():
    """Commodity claims 53 %, mid 22 %, frontier 5 %; each is right on easy work, and two are not on hard work."""
    rows = {
        0.53: {"low": Measured(106, 200), "high": Measured(160, 200)},
        0.22: {"low": Measured(20, 200), "high": Measured(50, 200)},
        0.05: {"low": Measured(10, 200), "high": Measured(30, 200)},
    }
    found = {claimed: hold(claimed, row) for claimed, row in rows.items()}
    assert {claimed: [row.verdict for row in by.values()] for claimed, (_, by) in found.items()} == {
        0.53: ["as_claimed", "fails_more"],
        0.22: ["fails_less", "as_claimed"],
        0.05: ["as_claimed", "fails_more"],
    }
    whole = found[0.53][0]
    assert (whole.measured, whole.verdict, whole.ends) == (266 / 400, "fails_more", wilson(266, 400))


def test_rows_share_the_level():
    """12.5 % of 200 is no more than 8 % of one row at 95 %, and is not told from it as one of four."""
    row = Measured(25, 200)
    _, alone = hold(0.085, {"low": row})
    _, among = hold(0.085, dict.fromkeys("abcd", row))
    assert (alone["low"].verdict, among["a"].verdict) == ("fails_more", "as_claimed")


@pytest.mark.parametrize(("missed", "tries"), [(29, 29), (0, 0)])
def test_few_tries_are_not_enough_data(missed, tries):
    whole, rows = hold(0.05, {"low": Measured(missed, tries)})
    assert (whole.verdict, rows["low"].verdict) == ("few", "few")


def test_of_nothing_nothing_was_measured():
    whole, rows = hold(0.05, {})
    assert (whole.measured, whole.ends, whole.verdict, rows) == (None, None, "few", {})


def test_who_claims_nothing_is_measured_all_the_same():
    whole, _ = hold(None, {"low": Measured(3, 60)})
    assert (whole.measured, whole.verdict, whole.ends) == (0.05, "no_claim", wilson(3, 60))


def test_a_claim_is_a_share():
    with pytest.raises(ValueError, match="between 0 and 1"):
        hold(53, {})


def test_a_claim_that_is_true_is_called_false_in_about_one_of_twenty():
    rng = np.random.default_rng(20261123)
    runs = rng.binomial(400, 0.22, (1000, 3))
    broken = sum(
        any(
            row.verdict != "as_claimed"
            for row in hold(0.22, {str(n): Measured(int(k), 400) for n, k in enumerate(run)})[1].values()
        )
        for run in runs
    )
    assert 20 <= broken <= 73
