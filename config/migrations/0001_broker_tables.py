"""Tables of kombu's SQLAlchemy transport, which would make them itself: the application's role may not.

The definitions are kombu's own (kombu/transport/sqlalchemy/models.py, 5.7), as SQLAlchemy writes them for
PostgreSQL; tests/infra/test_broker.py compares the two.
"""

from django.db import migrations

MAKE = """
CREATE SEQUENCE queue_id_sequence;
CREATE SEQUENCE message_id_sequence;
CREATE TABLE kombu_queue (
    id INTEGER NOT NULL,
    name VARCHAR(200),
    PRIMARY KEY (id),
    UNIQUE (name)
);
CREATE TABLE kombu_message (
    id INTEGER NOT NULL,
    visible BOOLEAN,
    timestamp TIMESTAMP WITHOUT TIME ZONE,
    payload TEXT NOT NULL,
    version SMALLINT NOT NULL,
    queue_id INTEGER,
    PRIMARY KEY (id),
    CONSTRAINT "FK_kombu_message_queue" FOREIGN KEY (queue_id) REFERENCES kombu_queue (id)
);
CREATE INDEX ix_kombu_message_visible ON kombu_message (visible);
CREATE INDEX ix_kombu_message_timestamp ON kombu_message (timestamp);
CREATE INDEX ix_kombu_message_timestamp_id ON kombu_message (timestamp, id);
"""
UNMAKE = """
DROP TABLE kombu_message;
DROP TABLE kombu_queue;
DROP SEQUENCE message_id_sequence;
DROP SEQUENCE queue_id_sequence;
"""


class Migration(migrations.Migration):
    dependencies = []
    operations = [migrations.RunSQL(MAKE, UNMAKE)]
