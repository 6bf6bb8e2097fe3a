"""Latencies as counts in log buckets, which add up where percentiles do not.

Bucket 0 holds up to 1 ms, each next one up to 1.25 times more, the last but one up to an hour; what took longer is in
the overflow bucket.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from math import ceil, log, sqrt

_RATIO = 1.25
_HOUR = 3_600_000
_STEPS = ceil(log(_HOUR) / log(_RATIO))

# The highest whole millisecond of each bucket. Low buckets that no whole millisecond falls into stay empty.
EDGES = [min(int(_RATIO**step), _HOUR) for step in range(_STEPS + 1)]
LATENCY_BUCKETS = len(EDGES) + 1

# The rank is taken in floats; this keeps 0.95 x 20 from becoming the 20th for a last binary digit.
_TOLERANCE = 1e-9


def bucket_of(milliseconds: int) -> int:
    """Return the bucket of a latency."""
    return bisect_left(EDGES, milliseconds)


def quantile(counts: Sequence[int], q: float) -> float | None:
    """Return about the smallest latency that at least a share `q` of the calls did not exceed; None of no calls.

    The answer is the geometric middle of what the bucket can hold, so it is never more than 12 % off (the root of
    1.25), wherever in the bucket the calls lie. More than an hour reads as an hour. What adjustments of closed months
    take away more than there is in a bucket counts as none in it.
    """
    counts = [max(count, 0) for count in counts]
    total = sum(counts)
    if total == 0:
        return None
    rank = max(ceil(q * total - _TOLERANCE), 1)
    return _middle(bisect_left(list(accumulate(counts)), rank))


def _middle(bucket: int) -> float:
    if bucket == 0:
        return EDGES[0]
    if bucket == len(EDGES):
        return _HOUR
    return sqrt((EDGES[bucket - 1] + 1) * EDGES[bucket])
