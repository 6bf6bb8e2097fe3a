"""A process that does the least a durable, idempotent writer can: binary COPY into staging, INSERT ... ON CONFLICT.

It reads the rows whose external ids begin with `prefix` from `spend_call`, and writes them, a commit for each batch, to
a table of the same columns and indexes. Prints `ready`, begins at a line on stdin, prints seconds.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import Any

import psycopg

from benchmarks.facts import BATCH

STAGE = "CREATE TEMP TABLE staged ON COMMIT DELETE ROWS AS SELECT {columns} FROM bare_call WITH NO DATA"
INSERT = "INSERT INTO bare_call ({columns}) SELECT {columns} FROM staged ON CONFLICT (id) DO NOTHING"
COLUMNS = (
    "SELECT column_name, udt_name FROM information_schema.columns WHERE table_name = 'spend_call'"
    " ORDER BY ordinal_position"
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--dsn", required=True)
    parser.add_argument("--prefix", required=True, help="how the external ids of the rows begin")
    parser.add_argument("--part", type=int, required=True)
    parser.add_argument("--parts", type=int, required=True)
    given = parser.parse_args()
    with psycopg.connect(given.dsn) as connection:
        types = dict(connection.execute(COLUMNS).fetchall())
        columns = ", ".join(types)
        with psycopg.Cursor(connection) as cursor:
            cursor.execute(
                f"SELECT {columns} FROM spend_call WHERE external_id LIKE %s ORDER BY received_at, external_id",
                [f"{given.prefix}%"],
                binary=True,
            )
            rows = cursor.fetchall()
        batches = [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)][given.part :: given.parts]
        connection.execute(STAGE.format(columns=columns))
        connection.commit()
        print("ready", flush=True)
        sys.stdin.readline()
        begun = time.perf_counter()
        for batch in batches:
            _write(connection, columns, list(types.values()), batch)
        print(time.perf_counter() - begun, flush=True)


def _write(connection: psycopg.Connection[Any], columns: str, types: list[str], rows: list[Any]) -> None:
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY staged ({columns}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)
        cursor.execute(INSERT.format(columns=columns))
    connection.commit()


if __name__ == "__main__":
    main()
