"""Who asked for a file and in which words, so that the file can say so and lead back to the installation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from audits.queries.sums import FILTERS, Query

Words = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Asked:
    """`words` are the parameters as they were given, `by_whom` the name of the person or key."""

    words: Words
    by_whom: str

    def filters(self) -> dict[str, str]:
        """Return what the report is narrowed to, in names."""
        given = {name: [value for value in self.words.get(name, ()) if value] for name in FILTERS}
        return {name: ", ".join(values) for name, values in given.items() if values}

    def address(self, page: str, query: Query, only: Words | None = None) -> str:
        """Return where the installation lists what the report is made of."""
        words: dict[str, Sequence[str]] = {"from": [str(query.period.first)], "to": [str(query.period.last)]}
        if query.lens != "responsible":
            words["lens"] = [query.lens]
        if query.basis != "restated":
            words["basis"] = [query.basis]
        if page == "report" and query.success != "final":
            words["success"] = [query.success]
        if page == "report" and query.bill != "computed":
            words["bill"] = [query.bill]
        words |= {name: self.words[name] for name in FILTERS if name in self.words}
        return f"{settings.PUBLIC_URL}{reverse(page)}?{urlencode({**words, **(only or {})}, doseq=True)}"
