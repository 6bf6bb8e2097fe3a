"""Units and candidates of decisions: what a test does not say has the dullest value there is."""

from __future__ import annotations

import numpy as np

from audits.domain.decisions.fair import Candidate
from audits.domain.decisions.units import NONE, Units
from tests.audits.domain.build import DOLLAR, make_line

CENT = DOLLAR // 100


def flat(tasks, cost, successes=None):
    """Return `tasks` tasks of which each costs `cost` nanos, give or take a hundredth in turn."""
    give, successes = cost // 100, tasks if successes is None else successes
    odd = tasks % 2
    square = tasks * cost * cost + (tasks - odd) * give * give
    shift = give * (successes % 2)
    return Units(tasks, tasks, tasks * cost, square, successes, successes * cost + shift, successes)


def drawn(x, y):
    """Return the sums of each run: rows are runs, columns are tasks."""
    sums = (each.sum(axis=1) for each in (x, x * x, y, x * y))
    n = x.shape[1]
    return [Units(n, n, int(a), int(b), int(c), int(d), int(c)) for a, b, c, d in zip(*sums, strict=True)]


def candidate(name, strata, allocated=0, **line):
    whole = sum(strata.values(), NONE)
    given = {"tasks": whole.tasks, "successes": whole.sum_y, "judged": whole.tasks, "true_cost_per_success_low": 0}
    return Candidate(name, make_line(**(given | line)), strata, allocated)


def noisy(rng, runs, tasks, yield_, cost):
    """Return runs of a stratum: rework on failures and on some successes, log-normal, as in life."""
    y = (rng.random((runs, tasks)) < yield_).astype(float)
    rework = (rng.random((runs, tasks)) < 0.2) * rng.lognormal(0, 0.8, (runs, tasks))
    return drawn(np.rint(1e6 * cost * (0.5 + (1 - y) + rework)), y)
