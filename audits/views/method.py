"""How each figure is worked out: docs/method.md as it stands, by section, so that a figure can link to its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt

from accounts.views.guards import needs_scope

_HEADING = re.compile(r"^## (\d+)\. (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Section:
    number: int
    title: str
    html: SafeString


@require_safe
@needs_scope("read")
def method(request: HttpRequest) -> HttpResponse:
    return render(request, "audits/method.html", {"sections": _sections()})


@cache
def _sections() -> list[Section]:
    _, *rest = _HEADING.split((settings.BASE_DIR / "docs" / "method.md").read_text("utf-8"))
    three = zip(rest[::3], rest[1::3], rest[2::3], strict=True)
    return [Section(int(number), title, _rendered(body)) for number, title, body in three]


def _rendered(text: str) -> SafeString:
    """Render a text of our own. Its links lead to other files, which no page serves; their words stay."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    for name, shown in _SHOWN.items():
        reader.add_render_rule(name, lambda *_, shown=shown: shown)
    safe: SafeString = mark_safe(reader.render(text))  # noqa: S308 - of a file of this repository, and HTML in it is escaped
    return safe


_SHOWN = {
    "link_open": "",
    "link_close": "",
    "table_open": '<div class="card scroll" tabindex="0"><table class="figures list">',
    "table_close": "</table></div>",
    # As Markdown aligns columns, it would write styles, which the policy forbids.
    "th_open": '<th scope="col">',
    "td_open": "<td>",
}
