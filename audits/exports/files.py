"""A report as a file to keep: its formats, and what a file is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from audits.actions.packs import answer_pack, answer_pack_with_sources
from audits.actions.reports import answer
from audits.exports.asked import Asked
from audits.exports.plain import as_csv
from audits.exports.typeset import as_pdf
from audits.exports.workbook import as_xlsx
from audits.queries.sums import Query


@dataclass(frozen=True)
class Format:
    """`make` answers a query as of a moment with the bytes of a file."""

    content_type: str
    make: Callable[[Query, Asked, datetime], bytes]


def _csv(query: Query, asked: Asked, at: datetime) -> bytes:
    return as_csv(answer(query, at=at)).encode()


def _xlsx(query: Query, asked: Asked, at: datetime) -> bytes:
    pack, sources = answer_pack_with_sources(query, at=at)
    return as_xlsx(pack, sources, asked)


def _pdf(query: Query, asked: Asked, at: datetime) -> bytes:
    return as_pdf(answer_pack(query, at=at), asked)


FORMATS = {
    "csv": Format("text/csv; charset=utf-8", _csv),
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
    "pdf": Format("application/pdf", _pdf),
}


def file_name(query: Query, suffix: str) -> str:
    """Return a name that says what is inside: truecost-2026-10-by-tier.xlsx."""
    first, last = query.period.first, query.period.last
    months = str(first) if first == last else f"{first}-to-{last}"
    return f"truecost-{months}-by-{'-'.join(query.by).replace('_', '-')}.{suffix}"
