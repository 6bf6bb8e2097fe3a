"""The product, driven through its real doors with the facts of the oracle, its answers in the oracle's shape.

Reference data goes in by `apply`, facts by the REST API with API keys, the report comes from the REST API. The clock
stands at noon of `as_of` in the reporting zone.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import time_machine
from django.db import connection, transaction
from django.test import override_settings
from rest_framework.test import APIClient

from accounts.actions import create_key
from accounts.models import Scope, Team
from audits.exports.plain import MONEY
from audits.models import Correction, Entry, FixedCost, Incident
from config.reference import apply
from spend.domain.reference.parse import parse
from spend.models import Llm, Task, TaskType, Tier
from tests.oracle import Facts

Record = dict[str, Any]
Batch = tuple[str, Sequence[Record]]
KINDS = ("calls", "outcomes", "corrections", "incidents")
COVERAGE_MONEY = ("unattributed_cost", "other_months_token_bill")


@dataclass
class Product:
    """An installation with the reference data of an organisation, and keys to it."""

    client: APIClient = field(default_factory=APIClient)
    keys: dict[str | None, str] = field(default_factory=dict)  # by team; None: of all teams

    def post(self, kind: str, records: Sequence[Record], team: str | None = None) -> Record:
        """Send a batch and return the receipt, of whatever status; with `team`, by the key of that team."""
        body = json.dumps({kind: records}, default=str)
        headers = self._headers(team)
        response = self.client.post(f"/api/v1/{kind}", body, content_type="application/json", headers=headers)
        return {**response.json(), "status": response.status_code}

    def send(self, batches: Iterable[Batch]) -> None:
        """Send batches that nothing may be said against."""
        for kind, records in batches:
            receipt = self.post(kind, records)
            assert receipt["status"] == 200, receipt

    def report(self, query: Record) -> Record:
        """Return the report as the oracle would say it."""
        return read(self.answer(query))

    def answer(self, query: Record) -> Record:
        """Return the report as the API says it."""
        response = self.ask(query)
        assert response.status_code == 200, response.content
        return response.json()

    def ask(self, query: Record, route: str = "true-cost") -> Any:
        return self.client.get(f"/api/v1/reports/{route}", parameters(query), headers=self._headers(None))

    def _headers(self, team: str | None) -> dict[str, str]:
        if team not in self.keys:
            owner = None if team is None else Team.objects.get(name=team)
            made = create_key(name=team or "all", scopes=Scope.values, team=owner, at=datetime.now(ZoneInfo("UTC")))
            self.keys[team] = made[1]
        return {"Authorization": f"Bearer {self.keys[team]}"}


@contextmanager
def installed(facts: Facts) -> Iterator[Product]:
    """An installation as of `facts.as_of`, with its reference data and no facts yet. Leaves nothing behind."""
    with at_noon_of(facts), settings_of(facts), transaction.atomic():
        point = transaction.savepoint()
        apply_reference(facts)
        yield Product()
        transaction.savepoint_rollback(point)


@contextmanager
def loaded(facts: Facts) -> Iterator[Product]:
    """The same with all facts, each kind in one batch."""
    with installed(facts) as product:
        product.send([(kind, records) for kind in KINDS if (records := list(getattr(facts, kind)))])
        yield product


def at_noon_of(facts: Facts) -> Any:
    noon = datetime.combine(facts.as_of, time(12), ZoneInfo(facts.zone))
    return time_machine.travel(noon, tick=False)


def settings_of(facts: Facts) -> Any:
    return override_settings(
        REPORTING_TIME_ZONE=facts.zone,
        ATTRIBUTION_POLICY=facts.policy,
        ACCEPTANCE_DAYS=facts.acceptance_days,
        REPORTING_ENVIRONMENTS=facts.reporting_environments,
    )


def apply_reference(facts: Facts) -> None:
    """JSON is YAML: a file as people would write it."""
    wanted, problems = parse(json.dumps(with_catalogue(facts), default=str))
    assert problems == []
    apply(wanted, at=datetime.now(ZoneInfo("UTC")))


def with_catalogue(facts: Facts) -> Record:
    """The reference data, list prices beside those agreed on."""
    models = {(model.get("provider"), model["name"]): dict(model) for model in facts.reference.get("models") or []}
    for row in facts.catalogue:
        price = {name: value for name, value in row.items() if name not in ("provider", "name")}
        model = models.setdefault((row["provider"], row["name"]), {"provider": row["provider"], "name": row["name"]})
        model["prices"] = [*(model.get("prices") or []), {**price, "source": "catalogue"}]
    return {**facts.reference, "models": list(models.values())}


# -- questions and answers --------------------------------------------------------------------------------------------


def parameters(query: Record) -> Record:
    """A query of the oracle as the parameters of an address."""
    found = {"from": query.get("first", "2026-10"), "to": query.get("last", "2026-10")}
    found["by"] = ",".join(query.get("by", ("tier",)))
    found |= {name: query[name] for name in ("lens", "basis", "success") if name in query}
    filters = query.get("filters", {})
    return found | {name: "unattributed" if value is None else value for name, value in filters.items()}


def read(answer: Record) -> Record:
    """An answer of the API with its money as nano-dollars."""
    coverage = answer["coverage"]
    return {
        "rows": [read_line(row) for row in answer["rows"]],
        "total": read_line(answer["total"]),
        "coverage": {name: nanos(value) if name in COVERAGE_MONEY else value for name, value in coverage.items()},
    }


def read_line(line: Record) -> Record:
    return {name: nanos(value) if name in MONEY else value for name, value in line.items()}


def nanos(text: str | None) -> int | None:
    if text is None:
        return None
    amount = Decimal(text).scaleb(9)
    assert amount == int(amount)
    return int(amount)


# -- the ledger -------------------------------------------------------------------------------------------------------


def net_entries() -> list[tuple[Any, ...]]:
    """The ledger as `tests.oracle.entries` has it: what is left of it when reversals are netted."""
    names = Names()
    net: Counter[tuple[Any, ...]] = Counter()
    for entry in Entry.objects.all():
        key = (entry.source_kind, names.sources[entry.source], entry.service_date, entry.rule, entry.category,
               entry.nature, names.teams.get(entry.team_id), names.task_types.get(entry.task_type_id),
               names.tasks.get(entry.task_key), names.tiers.get(entry.tier_id),
               names.llms.get(entry.llm_id))  # fmt: skip
        net[key] += entry.amount_nanos
    rows = [(*key, amount) for key, amount in net.items() if amount]
    return sorted(rows, key=lambda row: [str(field) for field in row])


class Names:
    """What people call what entries point at."""

    def __init__(self) -> None:
        self.teams: dict[Any, str] = dict(Team.objects.values_list("id", "name"))
        self.tiers: dict[Any, str] = dict(Tier.objects.values_list("id", "name"))
        self.task_types: dict[Any, str] = dict(TaskType.objects.values_list("id", "name"))
        self.llms: dict[Any, str] = {llm.pk: str(llm) for llm in Llm.objects.all()}
        self.tasks: dict[Any, str] = dict(Task.objects.values_list("id", "external_id"))
        self.sources: dict[UUID, str] = {
            **dict(Correction.objects.values_list("identity", "external_id")),
            **dict(Incident.objects.values_list("identity", "external_id")),
            **dict(FixedCost.objects.values_list("identity", "name")),
        }


def untrue_reversals() -> list[Any]:
    """Reversals that do not repeat the entry they reverse with the amount negated, or that are reversed themselves."""
    same = (
        "source_kind", "source", "category", "nature", "rule", "policy_version", "traced", "service_date", "team_id",
        "tier_id", "llm_id", "task_type_id", "task_key", "call_key",
    )  # fmt: skip
    differs = " OR ".join(f"r.{name} IS DISTINCT FROM e.{name}" for name in same)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.id FROM audits_entry r JOIN audits_entry e ON e.id = r.reverses_id"
            f" WHERE r.amount_nanos <> -e.amount_nanos OR e.reverses_id IS NOT NULL OR {differs}"
            " UNION ALL SELECT id FROM audits_entry WHERE amount_nanos < 0 AND reverses_id IS NULL"
        )
        return cursor.fetchall()
