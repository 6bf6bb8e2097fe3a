"""How each figure is worked out: docs/method.md as it stands, by section, so that a figure can link to its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.views.guards import needs_scope

_HEADING = re.compile(r"^## (\d+)\. (.+)$", re.MULTILINE)
_WRAPPED = re.compile(r"\n(?!\s*(?:- |\d+\. ))")  # a line that goes on, not the next of a list
_MARKS = re.compile(r"\*\*|`")  # bold and code; the words read as well without


@dataclass(frozen=True)
class Part:
    """A paragraph or a list, a line for each entry; or a table, as it stands in the file."""

    text: str
    is_table: bool


@dataclass(frozen=True)
class Section:
    number: int
    title: str
    parts: list[Part]


@require_safe
@needs_scope("read")
def method(request: HttpRequest) -> HttpResponse:
    return render(request, "audits/method.html", {"sections": _sections()})


@cache
def _sections() -> list[Section]:
    _, *rest = _HEADING.split((settings.BASE_DIR / "docs" / "method.md").read_text("utf-8"))
    three = zip(rest[::3], rest[1::3], rest[2::3], strict=True)
    return [
        Section(int(number), title, [_part(text) for text in body.strip().split("\n\n")])
        for number, title, body in three
    ]


def _part(text: str) -> Part:
    is_table = text.startswith(("|", "    ", "```"))
    return Part(text if is_table else _MARKS.sub("", _WRAPPED.sub(" ", text)), is_table)
