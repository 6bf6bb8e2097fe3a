"""How the rows of an export become corrections: which column says what, and what its words mean to us.

Columns are named as the export heads them; case, underscores and hyphens do not matter. Of several the first that
is there and says something counts.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct

from spend.ingest.people.pattern import PATTERN_LENGTH
from spend.ingest.records import Activity, Cause, Name, Provenance, Verdict

ProfileKind = Literal["github", "jira", "zendesk", "csv"]
PROFILE_KINDS: tuple[ProfileKind, ...] = get_args(ProfileKind)

Columns = Annotated[tuple[Name, ...], Meta(max_length=20)]
Unit = Literal["by heading", "seconds", "minutes", "hours", "words"]
SaidVerdict = Literal["accepted", "amended", "rejected", "none", "leave out", "withdraw"]
SaidOutcome = Literal["success", "failure", "leave out", "withdraw"]
Pattern = Annotated[str, Meta(max_length=PATTERN_LENGTH)]
Constant = Annotated[str, Meta(max_length=200)]


class Profile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which columns say what. Tables translate their words, whatever their case; "" and () say nothing."""

    task: Columns = ()
    task_pattern: Pattern = ""  # with one group; rows in which it finds nothing are of no AI task, and left out
    id: Columns = ()  # "A + B": both columns together; none there: the row itself
    updated: Columns = ()  # when the row was last changed: makes the next version of what was sent before
    worked_on: Columns = ()
    day_order: Literal["", "day", "month"] = ""
    minutes: Columns = ()
    unit: Unit = "by heading"
    minutes_otherwise: Constant = ""
    author: Columns = ()
    roles: dict[Name, Name] = {}
    role: Constant = ""
    activity_column: Columns = ()
    activities: dict[Name, Activity] = {}
    activity: Activity = "fix"
    verdict: Columns = ()
    verdicts: dict[Name, SaidVerdict] = {}
    cause: Columns = ()
    causes: dict[Name, Cause] = {}
    team: Columns = ()
    teams: dict[Name, Name] = {}
    note: Columns = ()  # off by default: what people write may name people
    provenance: Provenance = "self_reported"
    outcomes: dict[Name, SaidOutcome] = {}  # of pull requests, by what became of them: merged, closed, reopened


_OWN_VERDICTS: dict[str, SaidVerdict] = {word: word for word in get_args(Verdict)}
_GITHUB = Profile(
    task=("pull request",),
    id=("node id", "review node id", "review id", "id"),
    updated=("updated at",),
    worked_on=("submitted at", "submittedAt", "review submitted at", "created at"),
    minutes=("minutes", "review minutes"),
    minutes_otherwise="0",
    author=("author", "user login", "user.login", "author.login", "reviewer", "login", "user"),
    activity="review",
    verdict=("state", "review state"),
    verdicts={
        "approved": "accepted",
        "changes_requested": "amended",
        "commented": "leave out",
        "pending": "leave out",
        "dismissed": "withdraw",
    },
    provenance="estimated",
    outcomes={"merged": "success", "closed": "failure", "reopened": "withdraw"},
)
_JIRA = Profile(
    task=("issue key", "key", "issue"),
    id=("worklog id", "tempo worklog id", "log id"),
    updated=("worklog updated", "updated", "update date", "worklog update date"),
    worked_on=("started", "worklog started", "start date", "date started", "work date", "started at", "date"),
    minutes=("time spent (seconds)", "time spent seconds", "timeSpentSeconds", "time spent (hours)", "hours",
             "time spent (h)", "time spent", "logged"),
    author=("worklog author", "author", "user", "full name", "username", "worker"),
    activity_column=("activity",),
    verdict=("verdict",),
    verdicts=_OWN_VERDICTS,
)  # fmt: skip
_ZENDESK = Profile(
    task=("ticket id", "ticket", "id"),
    id=("time entry id", "event id", "ticket update id", "update id", "update - id", "ticket id + agent",
        "ticket id + updater name", "ticket id + assignee", "ticket id"),
    updated=("updated at", "updated", "ticket updated", "last updated", "update - timestamp", "update timestamp"),
    worked_on=("date", "update - timestamp", "update timestamp", "solved at", "updated at", "updated",
               "ticket updated", "last updated"),
    minutes=("total time spent (sec)", "time spent (sec)", "time spent last update (sec)",
             "update - time spent (sec)", "total time spent (min)", "time spent (min)", "total time spent",
             "time spent"),
    author=("agent", "updater name", "update - updater name", "assignee", "assignee name"),
    activity="support",
    verdict=("verdict",),
    verdicts=_OWN_VERDICTS,
    provenance="measured",
)  # fmt: skip
_CSV = Profile(
    task=("task", "task id"),
    id=("id",),
    updated=("updated", "updated at"),
    worked_on=("worked on", "date", "day"),
    minutes=("minutes", "hours", "time spent", "duration"),
    author=("role", "author", "person", "who"),
    activity_column=("activity",),
    verdict=("verdict",),
    verdicts=_OWN_VERDICTS,
    cause=("cause",),
    team=("team",),
)
_DEFAULTS: dict[ProfileKind, Profile] = {"github": _GITHUB, "jira": _JIRA, "zendesk": _ZENDESK, "csv": _CSV}


def default_profile(kind: ProfileKind) -> Profile:
    """Return the profile of a kind of export for which nobody has stored one."""
    return _DEFAULTS[kind]


def columns_in(profile: Profile) -> set[str]:
    """Return every column it looks at."""
    listed = (profile.task, profile.id, profile.updated, profile.worked_on, profile.minutes, profile.author,
              profile.activity_column, profile.verdict, profile.cause, profile.team, profile.note)  # fmt: skip
    return {column for columns in listed for column in columns}
