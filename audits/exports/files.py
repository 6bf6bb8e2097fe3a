"""A report as a file to keep: its formats, and what a file is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from audits.actions.packs import pack_of, pack_with_sources_of
from audits.actions.reports import bring_up_to_date
from audits.exports.asked import Asked
from audits.exports.plain import as_csv
from audits.exports.typeset import as_pdf
from audits.exports.workbook import as_xlsx
from audits.queries.reports import one_moment, true_cost
from audits.queries.sums import Query


@dataclass(frozen=True)
class Format:
    """`read` makes the bytes of a file of a report as the rows have it in the caller's moment."""

    content_type: str
    read: Callable[[Query, Asked, datetime], bytes]

    def make(self, query: Query, asked: Asked, at: datetime) -> bytes:
        """Work in what was committed so far, and make the file of one moment."""
        bring_up_to_date(at=at)
        with one_moment():
            return self.read(query, asked, at)


def _csv(query: Query, asked: Asked, at: datetime) -> bytes:
    return as_csv(true_cost(query, as_of=at)).encode()


def _xlsx(query: Query, asked: Asked, at: datetime) -> bytes:
    pack, sources = pack_with_sources_of(query, at=at)
    return as_xlsx(pack, sources, asked)


def _pdf(query: Query, asked: Asked, at: datetime) -> bytes:
    return as_pdf(pack_of(query, at=at), asked)


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
