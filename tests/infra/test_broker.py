"""The broker in the database: its tables are kombu's own, and the application's role can use them."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from kombu.connection import Connection
from kombu.transport.sqlalchemy import Channel
from sqlalchemy import create_engine, inspect

from config.broker import forget_messages_before
from config.celery import sqlalchemy_url


@pytest.fixture
def broker(transactional_db: None) -> str:
    return sqlalchemy_url(connection.get_connection_params())


def test_a_message_goes_through(broker: str) -> None:
    with Connection(broker) as link, link.SimpleQueue("nudges") as queue:
        queue.put({"about": "slices"})
        message = queue.get(timeout=5)
        assert message.payload == {"about": "slices"}
        message.ack()
    _dispose()
    assert forget_messages_before(datetime(2026, 1, 1)) == 0  # noqa: DTZ001 - kombu's times have no zone
    assert forget_messages_before(datetime(9999, 1, 1)) == 1  # noqa: DTZ001


def test_the_tables_are_those_that_kombu_would_make(broker: str) -> None:
    with Connection(broker) as link:
        metadata = link.default_channel.queue_cls.metadata
    engine = create_engine(broker.removeprefix("sqla+"))
    made = inspect(engine)
    for table in metadata.sorted_tables:
        assert {column["name"]: column["type"].compile(engine.dialect) for column in made.get_columns(table.name)} == {
            column.name: column.type.compile(engine.dialect) for column in table.columns
        }
        assert {index["name"] for index in made.get_indexes(table.name) if not index.get("duplicates_constraint")} == {
            index.name for index in table.indexes
        }
    engine.dispose()
    _dispose()


def _dispose() -> None:
    for engine, _ in Channel._engines.values():
        engine.dispose()
    Channel._engines.clear()
