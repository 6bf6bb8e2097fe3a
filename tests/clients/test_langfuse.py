"""The real Langfuse SDK, pointed at us by three settings: traces, nested spans, scores, corrections with minutes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer
from rest_framework.test import APIClient

from accounts.actions import create_key
from accounts.models import Scope, Team
from audits.models import Correction
from spend.models import Call
from tests.build import have_reference
from tests.cast import NOON

pytestmark = pytest.mark.django_db(transaction=True)

REFERENCE = """
labour_rates: [{role: adjuster, hourly: 60, from: 2020-01-01}]
tiers:        [{name: commodity, from_blended: 0}, {name: frontier, from_blended: 4}]
models:
  - {provider: own, name: small-1, tier: commodity, prices: [{from: 2020-01-01, input: 1, cache_read: 0.1, output: 2}]}
  - {provider: own, name: large-1, tier: frontier, prices: [{from: 2020-01-01, input: 10, cache_read: 1, output: 20}]}
"""
# A task named by metadata, with a judge and a router of a dear model beside its draft; and one that is its trace.
PROGRAM = """
import json
from langfuse import Langfuse, propagate_attributes

langfuse = Langfuse()
assert langfuse.auth_check()
usage = {"input": 1000, "input_cached_tokens": 200, "output": 300}
with propagate_attributes(metadata={"task": "claim-1", "task_type": "claim"}):
    with langfuse.start_as_current_observation(name="claim", as_type="generation", model="small-1") as claim:
        with claim.start_as_current_observation(name="tools", as_type="agent") as agent:
            with agent.start_as_current_observation(name="draft", as_type="generation", model="small-1") as draft:
                draft.update(input="A secret question", output="A secret answer", usage_details=usage)
            for purpose, kind in (("judge", "evaluator"), ("triage", "chain")):
                with propagate_attributes(metadata={"purpose": purpose}):
                    with agent.start_as_current_observation(name=purpose, as_type=kind) as beside:
                        with beside.start_as_current_observation(name="a", as_type="generation", model="large-1") as g:
                            g.update(usage_details=usage)
        claim.update(usage_details={"input": 3000, "input_cached_tokens": 600, "output": 900})  # the sum of it, again
draft.score(score_id="reviewed", name="human_verdict", value="amended", data_type="CATEGORICAL",
            comment="A secret remark", metadata={"rework_minutes": 30, "role": "adjuster"})
draft.score(name="relevance", value=0.5)
with langfuse.start_as_current_observation(name="summary", as_type="generation", model="small-1") as summary:
    summary.update(usage_details=usage)
    langfuse.score_current_trace(name="task_success", value=True, data_type="BOOLEAN")
    langfuse.score_current_trace(name="human_verdict", value="accepted", metadata={"role": "wizard"})
langfuse.flush()
langfuse.shutdown()
print(json.dumps([draft.trace_id, draft.id, summary.trace_id]))
"""


def run(live_server: LiveServer, folder: Path) -> tuple[APIClient, list[str], str]:
    """Run the program with nothing set but address and keys; return who reads, the ids, and what the SDK logged."""
    have_reference(REFERENCE, at=NOON)
    key = create_key(name="langfuse", scopes=Scope.values, team=Team.objects.create(name="Claims"), at=NOON)[1]
    _, public, secret = key.split("_", 2)
    (folder / "theirs.py").write_text(PROGRAM, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "theirs.py"],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANGFUSE_BASE_URL": live_server.url,
            "LANGFUSE_PUBLIC_KEY": public,
            "LANGFUSE_SECRET_KEY": secret,
            "LANGFUSE_TIMEOUT": "60",  # of its 5 seconds a busy machine may need more
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return APIClient(headers={"Authorization": f"Bearer {key}"}), json.loads(done.stdout), done.stderr


def test_the_sdk_pointed_at_us(live_server: LiveServer, tmp_path: Path) -> None:
    """One run, for its processes take seconds to start."""
    client, (trace, span, _), logged = run(live_server, tmp_path)
    the_calls_are_there_once()
    the_report_has_them_with_verdict_and_rework(client)
    the_verdict_is_of_the_call(f"{trace}-{span}")
    the_sdk_was_told_what_was_refused(logged)
    no_text_was_kept()


def the_calls_are_there_once() -> None:
    found = sorted(Call.objects.filter(counted=True).values_list("llm__name", "purpose"))
    assert found == [("large-1", "judge"), ("large-1", "triage"), ("small-1", "attempt"), ("small-1", "attempt")]
    assert Call.objects.filter(repeated=True).count() == 1


def the_report_has_them_with_verdict_and_rework(client: APIClient) -> None:
    month = f"{timezone.now():%Y-%m}"
    report = client.get("/api/v1/reports/true-cost", {"from": month, "to": month, "by": "tier"}).json()
    row = report["total"]
    assert (row["tasks"], row["successes"], row["amended"]) == (2, 2, 1)
    assert row["internal_failure"] == "30.00"
    tiers = {line["tier"]: line for line in report["rows"]}
    # (1,000 x 1 + 200 x 0.1 + 300 x 2) / 1,000,000 each; ten times that of the dear model
    assert Decimal(tiers["commodity"]["token_bill"]) == Decimal("0.00324")
    assert Decimal(tiers["frontier"]["token_bill"]) == Decimal("0.0324")
    assert (tiers["commodity"]["tasks"], tiers["frontier"]["tasks"]) == (2, 0)  # a judge and a router decide nothing


def the_verdict_is_of_the_call(name: str) -> None:
    draft = Call.objects.get(external_id=name)
    assert (draft.input_tokens, draft.cache_read_tokens, draft.output_tokens) == (1000, 200, 300)
    assert (draft.task.external_id, str(draft.task_type)) == ("claim-1", "claim")
    found = Correction.objects.get()
    assert (found.call_key, found.verdict, found.minutes) == (draft.pk, "amended", Decimal(30))


def the_sdk_was_told_what_was_refused(logged: str) -> None:
    assert "rejected 1 of 4 scores" in logged
    assert "metadata.role no labour rate for 'wizard'" in logged
    assert "Failed to export" not in logged


def no_text_was_kept() -> None:
    rows = [str(list(model.objects.values())) for model in (Call, Correction)]
    assert "secret" not in "".join(rows)
