"""How the kinds of sources and the fields of their mappings are called on the page, and what each is for."""

from __future__ import annotations

TITLES = {
    "otlp": "OpenTelemetry",
    "langfuse": "Langfuse",
    "litellm": "LiteLLM",
    "github": "GitHub",
    "jira": "Jira",
    "zendesk": "Zendesk",
    "csv": "CSV",
}
COMES = {
    "otlp": "Spans of calls, by OTLP.",
    "langfuse": "Traces and scores of the Langfuse SDKs.",
    "litellm": "Calls that a LiteLLM gateway logs.",
    "github": "Reviews of pull requests, by webhook or export.",
    "jira": "Worklogs, as an export.",
    "zendesk": "Tickets and time tracking, as an export.",
    "csv": "Rework from any other tool, as a CSV file.",
}
# What a sample of it may be.
SAMPLES = {
    "otlp": "An OTLP request as JSON, as a collector or an SDK sends it.",
    "langfuse": "A score, a list of scores, or an OTLP request as JSON.",
    "litellm": "A StandardLoggingPayload: an array, lines or one object.",
    "github": "Lines of an export with their headings, or the body of a delivery, from its Recent Deliveries.",
    "jira": "Lines of an export with their headings.",
    "zendesk": "Lines of an export with their headings.",
    "csv": "Lines of the file with their headings.",
}
# Said once above all fields.
READS = "Names stand one a line; of several the first that is there counts."
# Label and hint of each field, by its name; of a profile where the two kinds of mapping share a name.
LABELS: dict[str, tuple[str, str]] = {
    "task_type": ("Task type", ""),
    "environment": ("Environment", ""),
    "purposes": ("Purposes", "attribute = … | value = a glob, * any text | purpose = …; the first that fits counts."),
    "spans_are": ("What is said of a span is of", ""),
    "task_pattern": (
        "Part of it that is the task",
        "A regular expression with one group, such as ([A-Z]+-\\d+). Rows in which it finds nothing are left out.",
    ),
    "id": ("Id of the row", "A + B is both together. Without any the row itself is its id."),
    "updated": ("Changed at", "Makes an edited row the next version of what was sent before."),
    "worked_on": ("Day", ""),
    "day_order": ("05/10/2026 is", ""),
    "minutes": ("Time spent", ""),
    "unit": ("It is in", "Words are such as 1h 30m. By heading: seconds, minutes or hours where it says so."),
    "minutes_otherwise": ("Minutes without such a column", "An estimate; 0 keeps the verdict and adds no cost."),
    "author": ("Who did it", ""),
    "roles": ("Roles of people", "Person = role, one a line."),
    "role": ("Role of all others", "Must have a labour rate."),
    "activity_column": ("Activity", ""),
    "activities": ("Words for activities", "Word = activity, one a line."),
    "activity": ("Activity without such a column", ""),
    "verdict": ("Verdict", ""),
    "verdicts": ("Words for verdicts", "Word = verdict, one a line."),
    "cause": ("Cause", ""),
    "causes": ("Words for causes", "Word = cause, one a line."),
    "teams": ("Names of teams", "Their word = our team, one a line; a word not there is our name."),
    "note": ("Note", "Off unless a heading is named: what people write may name people."),
    "provenance": ("How time is known", ""),
    "outcomes": ("Outcomes of pull requests", "merged, closed, reopened = outcome, one a line."),
}
OF_CALLS: dict[str, tuple[str, str]] = {
    "task": ("Task", ""),
    "team": ("Team", "Where a key is of all teams."),
    "outcomes": ("Scores that are outcomes", "names = … | success = … | failure = …; globs, or >=0.8."),
    "verdicts": ("Scores that are verdicts", "names = … | accepted = … | amended = … | rejected = …"),
    "activities": ("Activity by verdict", "Verdict = activity, one a line."),
}
OF_PEOPLE: dict[str, tuple[str, str]] = {"task": ("Task", ""), "team": ("Team", "")}
GROUPS_OF_PEOPLE = (
    ("Which task, and which row", ("task", "task_pattern", "team", "teams", "id", "updated")),
    ("When, and how long", ("worked_on", "day_order", "minutes", "unit", "minutes_otherwise", "provenance")),
    ("Whose time", ("author", "roles", "role")),
    (
        "What it was",
        ("activity_column", "activities", "activity", "verdict", "verdicts", "cause", "causes", "note", "outcomes"),
    ),
)
GROUPS_OF_CALLS = (
    ("Which task, and whose", ("task", "task_type", "team", "teams", "environment")),
    ("What calls are for", ("purposes",)),
    ("Outcomes and verdicts", ("outcomes", "verdicts", "role", "activities", "spans_are")),
)
REST = "Further"
ORDERS = {"": "doubtful: say so", "day": "5 October", "month": "10 May"}


def label_of(name: str, *, is_profile: bool) -> tuple[str, str]:
    """Return how a field is called, and its hint."""
    own = OF_PEOPLE if is_profile else OF_CALLS
    return own.get(name) or LABELS.get(name) or (name.replace("_", " ").capitalize(), "")


def word_of(value: str) -> str:
    """Return a choice in words."""
    return value.replace("_", " ")
