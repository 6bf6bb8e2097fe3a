#!/usr/bin/env python
"""Run administrative commands; see `python manage.py help`."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    from trail.context import Doer, of_this_process, os_user

    of_this_process(Doer("command", f"{' '.join(sys.argv[1:2])} by {os_user()}"))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
