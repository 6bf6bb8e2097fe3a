"""A report as a workbook: a sheet for each view, live formulas over sheets of sums, native charts, lineage.

docs/report.md says what each sheet holds.
"""

from __future__ import annotations

from audits.actions.packs import Pack, Sources
from audits.exports.asked import Asked
from audits.exports.describing import SIMULATED, noted, uncertain
from audits.exports.wording import period_name
from audits.exports.workbook import lineage, sheets
from audits.exports.workbook.book import Book
from audits.exports.workbook.data import Keys, where_data_is, write_data
from audits.exports.workbook.summary import write_summary
from audits.exports.workbook.views import ViewSheet


def as_xlsx(pack: Pack, sources: Sources, asked: Asked) -> bytes:
    """Return the workbook of a report."""
    report = pack.asked_for
    at, title = report.as_of, f"True cost of AI work, {period_name(report.query.period)}"
    book = Book(_properties(title, asked, pack))
    keys, grains = Keys(), sources.grains
    data = where_data_is(grains) if grains else None
    first = pack.by(*report.query.by[:1]) if len(report.query.by) > 1 else None
    views = [ViewSheet(book, view, first if view is pack.views[0] else None, data, keys) for view in pack.views]
    summary = book.sheet("Summary", title=title, at=at)  # the first sheet shows what the later ones compute
    for view in views:
        view.write(title)
    tiers = next(view for view in views if view.by == ("tier",))
    write_summary(book, summary, pack, views, asked)
    if grains and data:
        sheets.write_quality(book, tiers.view, grains, data, keys, title)
    sheets.write_claims(book, pack, title)
    sheets.write_coverage(book, pack, views[0], title)
    notes = [*([SIMULATED] if pack.is_simulated else []), *noted(pack), *uncertain(report)]
    sheets.write_notes(book, pack, notes, bool(grains), title)
    lineage.write_lineage(book, pack, asked, bool(grains), title)
    lineage.write_entries(book, pack, sources, asked, title)
    lineage.write_exact(book, pack, title)
    if grains:
        write_data(book, grains, keys, title, at)
    return book.close()


def _properties(title: str, asked: Asked, pack: Pack) -> dict[str, object]:
    return {
        "title": title,
        "subject": "True cost per successful task, next to the token bill",
        "author": asked.by_whom,
        "company": "",
        "keywords": "simulated" if pack.is_simulated else "",
        "comments": "Made by Truecost. Figures are formulas over the sheets of sums.",
        "created": pack.asked_for.as_of.replace(tzinfo=None),
    }
