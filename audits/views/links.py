"""From a figure to the list of what it is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from audits.queries.lists.asking import NO_ROUTE
from audits.queries.reports import UNATTRIBUTED
from audits.queries.sums import FILTERS, Query

Words = dict[str, Sequence[str]]


def given(request: HttpRequest) -> Words:
    """Return the words of an address that say something."""
    return {name: values for name in request.GET if (values := [v for v in request.GET.getlist(name) if v])}


def words_of(query: Query, asked: Mapping[str, Sequence[str]]) -> Words:
    """Return what a list must be asked for to hold all that a report is about; filters in the words of `asked`."""
    words: Words = {"from": [str(query.period.first)], "to": [str(query.period.last)]}
    if query.lens != "responsible":
        words["lens"] = [query.lens]
    if query.basis != "restated":
        words["basis"] = [query.basis]
    return words | {name: asked[name] for name in FILTERS if name in asked}


def words_of_row(words: Mapping[str, Sequence[str]], names: Mapping[str, str | None]) -> Words:
    """Narrow `words` down to a row by the names of its dimensions."""
    row: Words = dict(words)
    for dimension, name in names.items():
        if dimension == "month":
            row["from"] = row["to"] = [name or ""]
        else:
            row[dimension] = [name or (NO_ROUTE if dimension == "route" else UNATTRIBUTED)]
    return row


def link(
    page: str, words: Mapping[str, Sequence[str]], more: Mapping[str, Sequence[str]] | None = None, **path: str
) -> str:
    """Return the address of a page for these words; `path` are the parts of it that stand before them."""
    return f"{reverse(page, kwargs=path or None)}?{urlencode({**words, **(more or {})}, doseq=True)}"


def at_address(request: HttpRequest, response: HttpResponse, page: str, words: Words) -> HttpResponse:
    """Let the browser show the address of what a form asked for without a new page: no word in it that says nothing."""
    if "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers:
        response.headers["HX-Push-Url"] = link(page, words) if words else reverse(page)
    return response
