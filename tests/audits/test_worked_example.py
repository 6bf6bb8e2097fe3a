"""The worked example of DESIGN 3.10 through REST and the command line: the payout that saved $4,000 a month."""

from __future__ import annotations

import csv
import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from tests.product import KINDS, Record, installed
from tests.scenes.insurer import insurer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

SEPTEMBER_AND_OCTOBER = {"first": "2026-09", "last": "2026-10", "by": ("month",)}
MOST_ITEMS = 10_000


def test_it_has_the_figures_of_the_design_to_the_last_digit() -> None:
    with installed(insurer()) as product:
        for kind in KINDS:
            records = list(getattr(insurer(), kind))
            product.send((kind, records[at : at + MOST_ITEMS]) for at in range(0, len(records), MOST_ITEMS))
        answer = product.answer(SEPTEMBER_AND_OCTOBER)
        check(*answer["rows"])
        assert json.loads(command("json")) == answer
        assert command("csv") == product.ask(SEPTEMBER_AND_OCTOBER, "true-cost.csv").content.decode()
        check(*list(csv.DictReader(StringIO(command("csv"))))[:2])


def command(form: str) -> str:
    out = StringIO()
    options = {"from": "2026-09", "to": "2026-10", "by": "month", "format": form}
    call_command("true_cost", stdout=out, **options)
    return out.getvalue()


def check(before: Record, after: Record) -> None:
    assert (before["month"], after["month"]) == ("2026-09", "2026-10")
    assert (int(before["successes"]), int(after["successes"]), int(after["failures"])) == (20_000, 19_999, 1)
    saving = Decimal(before["token_bill"]) - Decimal(after["token_bill"])
    assert (before["token_bill"], after["token_bill"], saving) == ("4705.88", "705.88", Decimal("4000.00"))
    assert after["true_cost"] == "250705.88"
    assert before["true_cost_per_success"] == "0.235294"
    assert round(Decimal(before["true_cost_per_success"]), 4) == Decimal("0.2353")
    assert round(Decimal(after["true_cost_per_success"]), 4) == Decimal("12.5359")
    assert round(float(before["multiplier"]), 2) == 1.00
    assert round(float(after["multiplier"]), 2) == 355.17
    assert Decimal(after["external_failure"]) / saving == Decimal("62.5")
