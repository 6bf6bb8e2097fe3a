"""Latencies in log buckets."""

from __future__ import annotations

from itertools import pairwise
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.domain.latency import EDGES, LATENCY_BUCKETS, bucket_of, quantile

HOUR = 3_600_000
LAST = LATENCY_BUCKETS - 1


def counts_of(latencies):
    counts = [0] * LATENCY_BUCKETS
    for latency in latencies:
        counts[bucket_of(latency)] += 1
    return counts


@pytest.mark.parametrize(
    ("milliseconds", "bucket"),
    [(0, 0), (1, 0), (2, 4), (3, 5), (HOUR, LAST - 1), (HOUR + 1, LAST), (10**15, LAST)],
)
def test_a_latency_has_its_bucket(milliseconds, bucket):
    assert bucket_of(milliseconds) == bucket


def test_edges_are_at_most_a_quarter_apart():
    assert EDGES[-1] == HOUR
    assert all(high <= 1.25 * (low + 1) for low, high in pairwise(EDGES))


def test_of_no_calls_there_is_no_quantile():
    assert quantile(counts_of([]), 0.5) is None


def test_what_took_longer_than_an_hour_reads_as_an_hour():
    assert quantile(counts_of([10 * HOUR]), 0.5) == HOUR


def test_of_twenty_calls_the_nineteenth_is_the_95th_percentile():
    assert quantile(counts_of([2] * 19 + [9_000]), 0.95) == 2


@given(st.lists(st.integers(1, HOUR), min_size=1, max_size=50), st.sampled_from([0.0, 0.05, 0.5, 0.95, 1.0]))
def test_a_quantile_is_within_12_percent_of_the_exact_one(latencies, q):
    exact = sorted(latencies)[max(ceil(round(q * len(latencies), 9)), 1) - 1]
    assert abs(quantile(counts_of(latencies), q) / exact - 1) < 0.12
