"""What a statistic of cost and success needs of tasks: sums that can be added (docs/method.md, 16)."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from audits.domain.intervals import ratio

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Units:
    """Sums over `n` independent units of `tasks` tasks: x is a unit's cost in nanos, y how many of its tasks succeeded.

    As in R17 x is without incident cost and without what no task caused, and pending tasks are no units. A unit is a
    task, or the tasks that one incident joins: what happens to them happens together (`joined`).
    """

    n: int
    tasks: int
    sum_x: int
    sum_xx: int
    sum_y: int
    sum_xy: int
    sum_yy: int

    def __add__(self, other: Units) -> Units:
        return Units(
            self.n + other.n,
            self.tasks + other.tasks,
            self.sum_x + other.sum_x,
            self.sum_xx + other.sum_xx,
            self.sum_y + other.sum_y,
            self.sum_xy + other.sum_xy,
            self.sum_yy + other.sum_yy,
        )

    @property
    def cost_per_task(self) -> Fraction | None:
        return Fraction(self.sum_x, self.tasks) if self.tasks else None

    @property
    def success_per_task(self) -> Fraction | None:
        return Fraction(self.sum_y, self.tasks) if self.tasks else None

    @property
    def cost_per_success(self) -> Fraction | None:
        return Fraction(self.sum_x, self.sum_y) if self.sum_y else None

    @property
    def ends(self) -> Pair | None:
        """The 95 % interval of cost per success, in nanos (R17)."""
        return ratio(
            n=self.n, sum_x=self.sum_x, sum_xx=self.sum_xx, sum_y=self.sum_y, sum_xy=self.sum_xy, sum_yy=self.sum_yy
        )

    def spread(self, r: Fraction) -> Fraction:
        """Return s^2 of x - r y over the units, with n - 1, exactly. Raises ValueError for fewer than two units."""
        if self.n < 2:
            raise ValueError("one unit has no spread")
        total = self.sum_x - r * self.sum_y
        squares = self.sum_xx - 2 * r * self.sum_xy + r * r * self.sum_yy
        return (squares - total * total / self.n) / (self.n - 1)

    def moments(self) -> tuple[float, float, float]:
        """Return the variances of cost per task and of success per task, and their covariance."""
        if self.n < 2:
            raise ValueError("one unit has no spread")
        times = Fraction(self.n, (self.n - 1) * self.tasks * self.tasks)
        x, y, n = self.sum_x, self.sum_y, self.n
        sums = (self.sum_xx - Fraction(x * x, n), self.sum_yy - Fraction(y * y, n), self.sum_xy - Fraction(x * y, n))
        var_x, var_y, cov = (float(times * each) for each in sums)
        return var_x, var_y, cov


NONE = Units(0, 0, 0, 0, 0, 0, 0)


def units_of(tasks: Iterable[Pair]) -> Units:
    """Return the sums of tasks of (cost in nanos, 1 for success or 0) that nothing joins."""
    return _sums((1, cost, success) for cost, success in tasks)


def joined(tasks: Mapping[Hashable, Pair], incidents: Iterable[Collection[Hashable]]) -> Units:
    """Return the sums of `tasks` by name where each incident joins the tasks it names into one unit.

    Tasks that share an incident with a third are joined by it too. Names of other tasks are passed over.
    """
    head = _heads([[name] for name in tasks])
    _join(head, ([name for name in names if name in head] for names in incidents))
    return _by_head((_head_of(head, name), 1, cost, success) for name, (cost, success) in tasks.items())


def clustered(parts: Iterable[tuple[Collection[Hashable], int, int, int]]) -> Units:
    """Return the sums of parts (names of incidents, tasks, cost, successes): those that share an incident are one unit.

    The same as `joined`, of tasks that were added up by their incidents before.
    """
    known = list(parts)
    head = _heads(names for names, *_ in known)
    _join(head, (names for names, *_ in known))
    return _by_head((_head_of(head, min(names, key=repr)), tasks, x, y) for names, tasks, x, y in known)


def _heads(groups: Iterable[Collection[Hashable]]) -> dict[Hashable, Hashable]:
    return {name: name for names in groups for name in names}


def _join(head: dict[Hashable, Hashable], groups: Iterable[Collection[Hashable]]) -> None:
    for names in groups:
        heads = {_head_of(head, name) for name in names}
        first = min(heads, key=repr, default=None)
        head.update((each, first) for each in heads)


def _by_head(parts: Iterable[tuple[Hashable, int, int, int]]) -> Units:
    clusters: dict[Hashable, tuple[int, int, int]] = {}
    for head, tasks, cost, success in parts:
        size, x, y = clusters.get(head, (0, 0, 0))
        clusters[head] = (size + tasks, x + cost, y + success)
    return _sums(cluster for cluster in clusters.values() if cluster[0])


def _head_of(head: Mapping[Hashable, Hashable], name: Hashable) -> Hashable:
    while head[name] != name:
        name = head[name]
    return name


def _sums(clusters: Iterable[tuple[int, int, int]]) -> Units:
    n = tasks = sum_x = sum_xx = sum_y = sum_xy = sum_yy = 0
    for size, x, y in clusters:
        n, tasks, sum_x, sum_y = n + 1, tasks + size, sum_x + x, sum_y + y
        sum_xx, sum_xy, sum_yy = sum_xx + x * x, sum_xy + x * y, sum_yy + y * y
    return Units(n, tasks, sum_x, sum_xx, sum_y, sum_xy, sum_yy)
