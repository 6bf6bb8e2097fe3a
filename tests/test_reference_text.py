"""The scenes' reference data survives being written as a file, to the last digit."""

import yaml

from tests.reference_text import as_yaml


def test_numbers_keep_their_digits_and_dates_are_dates():
    text = as_yaml({
        "labour_rates": [{"role": "clerk", "hourly": "0.00000009", "from": "2026-01-01"}],
        "fixed_costs": [{"name": "5", "amount": 5e-09, "to": "2026-02-01"}],
        "task_types": [{"name": "claim", "value": 12.50, "acceptance_days": 3}],
    })  # fmt: skip
    assert "hourly: 0.00000009\n" in text
    assert "amount: 0.000000005\n" in text
    assert "value: 12.5\n" in text
    assert "acceptance_days: 3\n" in text
    assert "from: 2026-01-01\n" in text
    assert yaml.safe_load(text)["fixed_costs"][0]["name"] == "5"
