"""Make a key for an integration and print it, once."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.actions import BadKey, create_key
from accounts.domain.keys import start_of
from accounts.queries import NoTeam, team_named


class Command(BaseCommand):
    help = "Make a key for an integration and print it. It is shown this once; only its hash is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("--team", metavar="NAME", help="the one team the key writes and reads")
        whose.add_argument("--all-teams", action="store_true", help="a key that reaches every team")
        parser.add_argument("--scopes", required=True, help="one or more of ingest,read,audit")
        parser.add_argument("--expires", metavar="DATE", help="first day on which it no longer works, like 2027-01-31")
        parser.add_argument("--name", help="what it is for; default: the team's name")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            team = None if options["all_teams"] else team_named(options["team"])
            key, text = create_key(
                name=options["name"] or (team.name if team else "all teams"),
                scopes=[scope.strip() for scope in options["scopes"].split(",") if scope.strip()],
                team=team,
                at=timezone.now(),
                expires_at=_start_of(options["expires"]),
            )
        except NoTeam as problem:
            raise CommandError(str(problem)) from problem
        except BadKey as problem:
            raise CommandError(f"No key made: {problem}.") from problem
        self.stderr.write(f"Key of {team or 'all teams'} for {', '.join(key.scopes)}. It is not shown again:")
        self.stdout.write(text)


def _start_of(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as problem:
        raise CommandError(f"--expires is {text!r}; it must be a date like 2027-01-31.") from problem
    return start_of(day, ZoneInfo(settings.REPORTING_TIME_ZONE))
