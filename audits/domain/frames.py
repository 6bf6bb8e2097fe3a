"""The one home of pandas: row sets of several queries, joined by key.

Money in nanos outgrows the 53 bits that floats keep, and pandas turns integers into floats wherever a join leaves a
gap. So every column is of Python objects, gaps are filled with 0, and keys are joined by their place in a list: a None
in an index would become a float too. No DataFrame leaves this module.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

Key = tuple[Any, ...]
RowSet = Sequence[tuple[Key, Mapping[str, Any]]]
Sums = dict[str, dict[str, int]]  # by name of the row set, then of the column


def join(row_sets: Mapping[str, RowSet], columns: Mapping[str, Sequence[str]]) -> list[tuple[Key, Sums]]:
    """Return for each key that occurs in any of `row_sets` the `columns` of each set, 0 where a set has no such row.

    Rows of a set with one key are added up, an empty text in a key being as good as None. Sorted by key, None last.
    """
    keys = sorted({_key(key) for rows in row_sets.values() for key, _ in rows}, key=_none_last)
    places = {key: place for place, key in enumerate(keys)}
    parts = {name: _records(_frame(rows, columns[name], places), len(keys)) for name, rows in row_sets.items()}
    return [(key, {name: records[place] for name, records in parts.items()}) for key, place in places.items()]


def total(rows: Sequence[tuple[Key, Sums]], columns: Mapping[str, Sequence[str]]) -> Sums:
    """Return the sums of all rows."""
    sums: Sums = {}
    for name, wanted in columns.items():
        frame = pd.DataFrame([sums_of[name] for _, sums_of in rows], columns=list(wanted), dtype=object)
        sums[name] = {str(column): int(value) for column, value in frame.sum().items()}
    return sums


def _frame(rows: RowSet, columns: Sequence[str], places: Mapping[Key, int]) -> pd.DataFrame:
    frame = pd.DataFrame(
        [[int(sums[column] or 0) for column in columns] for _, sums in rows],
        index=[places[_key(key)] for key, _ in rows],
        columns=list(columns),
        dtype=object,
    )
    return frame if frame.index.is_unique else frame.groupby(level=0).sum()


def _records(frame: pd.DataFrame, count: int) -> list[dict[str, int]]:
    filled = frame.reindex(range(count), fill_value=0)
    return [dict(zip(filled.columns, row, strict=True)) for row in filled.to_numpy().tolist()]


def _key(key: Key) -> Key:
    return tuple(None if value == "" else value for value in key)


def _none_last(key: Key) -> Key:
    return tuple((value is None, value) if value is not None else (True, 0) for value in key)
