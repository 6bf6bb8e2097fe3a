"""How much of a report is known: shares as small bars, each with the list of what is missing."""

from __future__ import annotations

from dataclasses import dataclass

from audits.queries.reports import TrueCost
from audits.views.links import Words, link
from spend.templatetags.figures import plain_money, plural


@dataclass(frozen=True)
class Known:
    """A share that is known, or of which to beware; `rest` says what it leaves open, `href` where that is listed."""

    name: str
    label: str
    share: float | None
    rest: str
    href: str
    is_good: bool = True  # the more the better

    @property
    def filled(self) -> float:
        return 100 * (self.share or 0.0)


def strip(report: TrueCost, words: Words) -> list[Known]:
    """Return the shares in the order in which a report is read: bill, outcomes, links, attribution."""
    total, coverage = report.total, report.coverage
    unattributed = coverage.unattributed_cost / total.true_cost if total.true_cost else None
    heeded = "from", "to", "team"  # by the coverage of records
    dated: Words = {name: words[name] for name in heeded if name in words}
    presumed = {"state": ["success"], "decided_by": ["window"]}
    return [
        Known("calls_priced", "Calls priced", coverage.calls_priced,
              f"{plural(coverage.unpriced_calls, 'call')} without a price", link("calls", words, {"priced": ["no"]})),
        Known("tasks_judged", "Tasks judged", coverage.tasks_judged,
              f"{plural(total.tasks - total.judged, 'task')} without outcome or verdict",
              link("tasks", words, {"judged": ["no"]})),
        Known("presumed_share", "Successes presumed", coverage.presumed_share,
              f"{plural(total.presumed, 'task')} that nobody spoke of", link("tasks", words, presumed), is_good=False),
        Known("corrections_linked", "Corrections linked", coverage.corrections_linked,
              "to the task or call that they name", link("corrections", dated, {"linked": ["no"]})),
        Known("incidents_linked", "Incidents linked", coverage.incidents_linked,
              "to the tasks and calls that they name", ""),
        Known("unattributed_cost", "Cost of no tier", unattributed,
              f"{plain_money(coverage.unattributed_cost)} of {plain_money(total.true_cost)}",
              link("entries", words, {"tier": ["unattributed"]}), is_good=False),
    ]  # fmt: skip
