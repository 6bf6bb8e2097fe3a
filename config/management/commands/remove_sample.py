from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.start.removal import Refused, own_facts, remove_sample
from spend.templatetags.figures import plural


class Command(BaseCommand):
    help = "Remove the sample: its facts, what was made of them, and its reference data. People and keys stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--own-too", action="store_true", help="also remove facts that are not of the sample")

    def handle(self, *args: Any, **options: Any) -> None:
        if (own := own_facts()) and not options["own_too"]:
            counted = ", ".join(plural(count, kind) for kind, count in own.items())
            raise CommandError(
                f"Among the sample are {counted} of your own, which would go with it. Allow that with"
                " --own-too, and send them again afterwards."
            )
        try:
            remove_sample()
        except Refused as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write("The sample is removed.")
