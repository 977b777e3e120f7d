"""A run that is cut off, by whatever, leaves nothing behind once it is cleaned up."""

from __future__ import annotations

from operator import attrgetter

import pytest
from support.sampling import one_of_each
from writes_cut import Cut, cuts, left


@pytest.mark.parametrize("cut", one_of_each(cuts(seed=3, runs=3), attrgetter("number")), ids=str)
def test_a_run_that_is_cut_leaves_nothing(cut: Cut) -> None:
    """`contract-test cleanup` finds what the journal tells, and all is as it was."""
    assert [] == left(cut)
