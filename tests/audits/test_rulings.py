"""Every ruling of DESIGN 3.11 through the REST API: the product, the oracle and the figures derived by hand agree."""

from __future__ import annotations

import pytest

from tests.agreement import disagreements
from tests.oracle import entries, report
from tests.product import loaded, net_entries
from tests.scenes import SCENES, Scene
from tests.test_oracle import by_hand

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("scene", SCENES, ids=[scene.name for scene in SCENES])
def test_it_holds(scene: Scene) -> None:
    with loaded(scene.facts) as product:
        found, ledger = product.report(scene.asked), net_entries()
    by, lens = scene.asked["by"], scene.asked.get("lens", "responsible")
    assert by_hand(scene, found) == []
    assert disagreements(found, report(scene.facts, **scene.asked), by, lens) == []
    assert ledger == entries(scene.facts)
