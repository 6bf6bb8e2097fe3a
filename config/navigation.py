"""What the top of every page leads to: sections, and the pages inside one. Each person sees what they may open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.urls import reverse

from accounts.domain.reach import Reach
from audits.queries.sampling import may_plan
from config.trail.access import reads_trail

May = Callable[[Reach], bool]


def reads(reach: Reach) -> bool:
    return reach.may("read")


def audits(reach: Reach) -> bool:
    return reach.may("audit")


def writes_reference(reach: Reach) -> bool:
    return reach.writes_reference


def administers(reach: Reach) -> bool:
    return reach.administers


@dataclass(frozen=True)
class Page:
    """One address by its name; what lies below it belongs to it."""

    label: str
    name: str
    may: May = reads
    is_alone: bool = False  # what lies below it has pages of its own


@dataclass(frozen=True)
class Section:
    label: str
    pages: tuple[Page, ...]


SECTIONS = (
    Section("Overview", (Page("Overview", "overview"),)),
    Section("Report", (Page("Report", "report"), Page("Assets", "assets"))),
    Section(
        "Decisions",
        (
            Page("Compare", "decide-compare"),
            Page("Break-even", "decide-break-even"),
            Page("Value", "decide-value"),
            Page("Claims", "decide-claims"),
            Page("What incidents cost", "decide-incidents"),
            Page("Switches", "decide-switches"),
            Page("Routing", "decide-routing"),
            Page("Scenarios", "decide-scenarios"),
            Page("Silent failures", "decide-silent-failures"),
        ),
    ),
    Section(
        "Explore",
        (
            Page("Explore", "explore"),
            Page("Tasks", "tasks"),
            Page("Calls", "calls"),
            Page("Corrections", "corrections"),
            Page("Ledger entries", "entries"),
        ),
    ),
    Section(
        "Rework",
        (
            Page("Log rework", "log", audits),
            Page("Paste rows", "log-paste", audits),
            Page("Upload an export", "log-upload", audits),
            Page("My team", "my-team"),
            Page("Audits", "audit-queue", audits, is_alone=True),
            Page("Audit plans", "audit-plans", may_plan),
        ),
    ),
    Section("Incidents", (Page("Incidents", "incidents"),)),
    Section(
        "Close",
        (
            Page("Months", "closes", writes_reference),
            Page("Reconcile", "reconcile", writes_reference),
            Page("Bills", "bills", writes_reference),
            Page("FOCUS export", "focus", writes_reference),
        ),
    ),
    Section(
        "Alerts",
        (Page("Alerts", "alerts"), Page("Budgets", "budgets"), Page("Rules", "settings-alerts", writes_reference)),
    ),
    Section("Connectors", (Page("Sources", "connectors"), Page("Rejected items", "rejected"))),
    Section(
        "Settings",
        (
            Page("All settings", "settings", writes_reference, is_alone=True),
            Page("Models and prices", "settings-models", writes_reference),
            Page("Repricings", "settings-repricings", writes_reference),
            Page("Tiers", "settings-tiers", writes_reference),
            Page("Labour rates", "settings-rates", writes_reference),
            Page("Task types", "settings-task-types", writes_reference),
            Page("Fixed costs", "settings-fixed-costs", writes_reference),
            Page("Schedules", "settings-schedules", writes_reference),
            Page("Mappings", "settings-mappings", writes_reference),
            Page("Webhooks", "settings-webhooks", administers),
            Page("Teams", "settings-teams", administers),
            Page("People", "settings-people", administers),
            Page("API keys", "settings-keys", administers),
            Page("Audit trail", "trail", reads_trail),
            Page("Get started", "start", administers),
        ),
    ),
)


@dataclass(frozen=True)
class Link:
    label: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class Navigation:
    """`sections` for the top of the page; `pages` those of the section one is in, where it has several."""

    sections: list[Link]
    pages: list[Link]


def navigation(reach: Reach, path: str) -> Navigation:
    """Return what somebody of this reach may open, seen from the page at `path`."""
    sections, pages = [], []
    for section in SECTIONS:
        links = _nearest([_link(page, path) for page in section.pages if page.may(reach)])
        if not links:
            continue
        is_current = any(link.is_current for link in links)
        sections.append(Link(section.label, links[0].href, is_current))
        if is_current and len(links) > 1:
            pages = links
    return Navigation(sections, pages)


def _nearest(links: list[Link]) -> list[Link]:
    """Leave one of them current: /log/paste lies below /log, and is a page of its own."""
    nearest = max((link.href for link in links if link.is_current), key=len, default="")
    return [replace(link, is_current=link.href == nearest) for link in links]


def _link(page: Page, path: str) -> Link:
    href = reverse(page.name)
    return Link(page.label, href, path == href or (not page.is_alone and path.startswith(f"{href}/")))
