"""Each call is stamped with where it came from, and read as its team says that source is to be read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from accounts.models import Team
from spend.actions.calls import record_calls
from spend.ingest.mapping import Mapping, default_of
from spend.ingest.native import decode
from spend.models import Call, Source, SourceMapping
from spend.queries.mappings import mapping_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_calls_are_stamped_with_way_and_emitter() -> None:
    team = Team.objects.create(name="Claims")
    body = b'{"calls": [{"id": "a", "occurred_at": "2026-11-01T11:00:00Z", "model": "gpt-5"}]}'
    (item,) = decode(body, "call", NOON).items
    for emitter, name in (("openai_v2", "a"), ("", "b")):
        record = msgspec.structs.replace(item.record, id=name)
        sent = msgspec.structs.replace(item, record=record, emitter=emitter)
        assert record_calls(items=[sent], reach=frozenset({team.pk}), at=NOON, kind="otlp").accepted == 1
    assert set(Call.objects.values_list("external_id", "source__kind", "source__name", "source__team__name")) == {
        ("a", "otlp", "openai_v2", "Claims"),
        ("b", "otlp", "", "Claims"),
    }
    record_calls(items=[item], reach=frozenset({team.pk}), at=NOON)  # a repeat by another way: the call stays as it is
    assert Source.objects.get(kind="rest").first_seen_at == NOON
    assert Call.objects.filter(external_id="a", source__kind="otlp").exists()


def test_when_a_source_was_last_seen_is_noted_every_half_minute() -> None:
    team = Team.objects.create(name="Claims")
    body = b'{"calls": [{"id": "a", "occurred_at": "2026-11-01T11:00:00Z", "model": "gpt-5"}]}'
    items = decode(body, "call", NOON).items
    for seconds, seen in ((0, 0), (20, 0), (40, 40), (50, 40), (75, 75), (60, 75)):
        record_calls(items=items, reach=frozenset({team.pk}), at=NOON + timedelta(seconds=seconds))
        assert Source.objects.get().last_seen_at == NOON + timedelta(seconds=seen)


def test_a_team_reads_a_source_its_own_way_else_as_all_do_else_by_default() -> None:
    claims, support = (Team.objects.create(name=name) for name in ("Claims", "Support"))
    own, shared = Mapping(task=("claim",)), Mapping(task=("ticket",))
    assert mapping_of("otlp", frozenset({claims.pk})) == default_of("otlp")
    for team, mapping in ((claims, own), (None, shared)):
        SourceMapping.objects.create(team=team, kind="otlp", rules=msgspec.to_builtins(mapping), changed_at=NOON)
    assert mapping_of("otlp", frozenset({claims.pk})) == own
    assert mapping_of("otlp", frozenset({support.pk})) == shared
    assert mapping_of("otlp", None) == shared
    assert mapping_of("litellm", frozenset({claims.pk})) == default_of("litellm")
    SourceMapping.objects.all().delete()
    assert mapping_of("otlp", frozenset({claims.pk})) == default_of("otlp")
