"""Organisations made by chance, through the REST API, against a second implementation that shares no code."""

from __future__ import annotations

import os
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from spend.models import Llm
from tests.agreement import disagreements
from tests.oracle import Facts, entries
from tests.oracle.report import Query, report_of
from tests.oracle.tasks import read_book
from tests.organisations import DIMENSIONS, MONTHS, organisations, queries
from tests.product import Product, loaded, net_entries, read, untrue_reversals

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# The same organisations every time in CI, others at every start elsewhere.
EXAMPLES = int(os.environ.get("EXAMPLES", "24"))
CHANCE = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize="CI" in os.environ,
    database=None, phases=(Phase.explicit, Phase.generate),  # a run that shrinks takes minutes: print what failed
)  # fmt: skip
LENSES = ("responsible", "route")
WHOLE = {"first": MONTHS[0], "last": MONTHS[-1]}
PAIRS = list(combinations(DIMENSIONS, 2))


def agrees(product: Product, facts: Facts, asked: list[dict[str, Any]]) -> None:
    """The answers to all that is asked are those of the oracle."""
    book = read_book(facts)
    for query in asked:
        response = product.ask(query)
        expected = report_of(book, Query(**in_full(query)))
        if response.status_code == 400:  # a filter names what was never heard of
            assert expected["rows"] == [], (query, response.content)
            continue
        found = read(response.json())
        wrong = disagreements(found, expected, query["by"], query.get("lens", "responsible"))
        assert wrong == [], query


def in_full(query: dict[str, Any]) -> dict[str, Any]:
    """A model may be filtered by its bare name where no other has that; the oracle wants the whole one."""
    name = query.get("filters", {}).get("model")
    llms = {str(llm): llm.name for llm in Llm.objects.all()}
    same = [full for full, bare in llms.items() if bare == name]
    if name in llms or len(same) != 1:
        return query
    return {**query, "filters": {**query["filters"], "model": same[0]}}


@CHANCE
@given(organisations(), queries())
def test_every_question_has_the_same_answer(organisation: Facts, query: dict[str, Any]) -> None:
    with loaded(organisation) as product:
        agrees(product, organisation, [{**WHOLE, "by": ("month",)}, query])
        assert net_entries() == entries(organisation)
        assert untrue_reversals() == []


@settings(CHANCE, max_examples=max(EXAMPLES // 6, 1))
@given(organisations())
def test_by_every_dimension_and_every_pair(organisation: Facts) -> None:
    asked = [{**WHOLE, "by": (name,), "lens": lens} for name in DIMENSIONS for lens in LENSES]
    asked += [{**WHOLE, "by": pair, "lens": lens} for pair in PAIRS for lens in LENSES]
    with loaded(organisation) as product:
        agrees(product, organisation, asked)
