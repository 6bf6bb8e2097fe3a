"""Made-up requests against the description: no answer that it does not promise, and never a 5xx."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi

from accounts.actions import create_key
from accounts.models import Scope, Team
from tests.cast import NOON

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXAMPLES = 12  # for each of twelve operations: enough to try each field, and half a minute in all


@schemathesis.serializer("application/x-ndjson")
def _one_line(context: schemathesis.SerializationContext, value: Any) -> bytes:
    return json.dumps(value).encode()


api = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
api.app = get_wsgi_application()
api.config.generation.update(modes=list(schemathesis.GenerationMode))


@pytest.fixture(autouse=True)
def _one_connection():
    """A real request ends by closing its connection; here that is the one with the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def key(claims: Team, support: Team) -> str:
    return create_key(name="gateway", scopes=Scope.values, team=None, at=NOON)[1]


@api.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_one_that_is_described(case, key):
    promised = [
        checks.not_a_server_error,
        openapi.status_code_conformance,
        openapi.content_type_conformance,
        openapi.response_schema_conformance,
    ]
    # An empty word of a query counts as not given, which no schema says; of Langfuse's list each is refused by itself.
    if case.method == "POST" and not case.path.startswith("/api/public/"):
        promised.append(openapi.negative_data_rejection)
    case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=promised)
