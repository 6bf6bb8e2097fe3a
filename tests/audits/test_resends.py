"""A record that was taken once is never refused, and what is refused changes nothing (R12, R13)."""

from __future__ import annotations

import pytest

from tests.product import Product, Record, installed
from tests.scenes.cast import call, correction, facts, incident, outcome

pytestmark = pytest.mark.django_db

OURS = call("c1", "10-05", task="t1")
THEIRS = call("c1", "10-06", task="t1", team="Support")
NAMELESS = [
    ("outcomes", outcome("t1", "failure", team=None)),
    ("corrections", correction("k1", "10-07", 3, team=None, task="t1", verdict="rejected")),
    ("corrections", correction("k2", "10-07", 3, team=None, call="c1", verdict="rejected")),
    ("incidents", incident("i1", "10-07", 3, team=None, tasks=[{"task": "t1"}])),
    ("incidents", incident("i2", "10-07", 3, team=None, calls=[{"call": "c1"}])),
]


def statuses(product: Product) -> dict[str | None, tuple[int, int]]:
    rows = product.report({"by": ("team",)})["rows"]
    return {row["team"]: (row["successes"], row["failures"]) for row in rows}


@pytest.mark.parametrize(("kind", "record"), NAMELESS)
def test_R13_a_resend_is_a_duplicate_though_its_name_became_doubtful(kind: str, record: Record) -> None:
    with installed(facts()) as product:
        product.send([("calls", [OURS]), (kind, [record])])
        before = statuses(product)
        assert before == {"Claims": (0, 1)}
        product.send([("calls", [THEIRS])])
        receipt = product.post(kind, [record, record])
        assert (receipt["status"], receipt["duplicates"]) == (200, 2)
        assert statuses(product) == before | {"Support": (1, 0)}


@pytest.mark.parametrize(("kind", "record"), NAMELESS[:3])
def test_R12_a_later_version_stays_with_the_team_that_the_first_linked_to(kind: str, record: Record) -> None:
    with installed(facts()) as product:
        product.send([("calls", [OURS]), (kind, [record]), ("calls", [THEIRS])])
        receipt = product.post(kind, [{**record, "version": 2}])
        assert (receipt["status"], receipt["accepted"]) == (200, 1)
        assert statuses(product) == {"Claims": (0, 1), "Support": (1, 0)}


@pytest.mark.parametrize(("kind", "record"), NAMELESS[3:])
def test_R12_a_version_that_is_refused_leaves_the_one_before_in_force(kind: str, record: Record) -> None:
    """An incident may name tasks of several teams, so none of them is the team of its later versions."""
    with installed(facts()) as product:
        product.send([("calls", [OURS]), (kind, [record]), ("calls", [THEIRS])])
        receipt = product.post(kind, [{**record, "version": 2}])
        assert (receipt["status"], list(receipt["rejected"][0]["errors"])) == (400, ["team"])
        assert statuses(product) == {"Claims": (0, 1), "Support": (1, 0)}


@pytest.mark.parametrize("kind", ["corrections", "incidents"])
def test_R13_the_team_of_a_key_is_the_default_of_what_it_sends(kind: str) -> None:
    """A period entry by the key of a team is that team's, whether it says so or not."""
    entry = correction("k1", "10-07", 3) if kind == "corrections" else incident("i1", "10-07", 3)
    unsaid = {name: value for name, value in entry.items() if name != "team"}
    with installed(facts()) as product:
        product.send([("calls", [OURS])])
        assert product.post(kind, [unsaid], team="Claims")["accepted"] == 1
        assert product.post(kind, [entry], team="Claims")["duplicates"] == 1
        assert product.post(kind, [entry])["duplicates"] == 1
        (row,) = product.report({"by": ("team", "tier")})["rows"]
        assert (row["team"], row["tier"], row["allocated"]) == ("Claims", "commodity", 3 * 10**9)
