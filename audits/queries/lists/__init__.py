"""The rows that a report's figures are made of, for pages and API alike.

`parse_listing` turns the words of an address into a Listing; `calls`, `tasks`, `corrections`, `incidents` and
`entries` return its rows, a page at a time. Money is in nanos, names stand for ids, None is unattributed or unknown.
"""

from audits.queries.lists.asking import REPORT_WORDS, WORDS, Listing, parse_listing
from audits.queries.lists.calls import calls, sums_of_calls
from audits.queries.lists.corrections import corrections, sums_of_corrections
from audits.queries.lists.entries import entries, sums_of_entries
from audits.queries.lists.incidents import incidents, incidents_in_short, sums_of_incidents
from audits.queries.lists.reading import AT_MOST, PAGE, Page, Sums
from audits.queries.lists.tasks import sums_of_tasks, task_of, tasks

__all__ = [
    "AT_MOST", "PAGE", "REPORT_WORDS", "WORDS", "Listing", "Page", "Sums", "calls", "corrections", "entries",
    "incidents", "incidents_in_short", "parse_listing", "sums_of_calls", "sums_of_corrections", "sums_of_entries",
    "sums_of_incidents", "sums_of_tasks", "task_of", "tasks",
]  # fmt: skip
