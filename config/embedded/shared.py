"""One server for all the commands of a checkout."""

from __future__ import annotations

import atexit
import fcntl
import os
import time
from pathlib import Path
from typing import IO

from config.embedded.errors import AlreadyRunning
from config.embedded.home import place_of_running
from config.embedded.server import START_SECONDS, Server


def server_for_this_process() -> Path:
    """Return the socket folder of this checkout's running server; where none runs, start one until this process ends.

    Every user holds a shared lock, so that a command which owns a server waits for the others before it stops it.
    """
    from django.conf import settings

    home = Path(settings.VAR_DIR) / "postgres"
    home.parent.mkdir(parents=True, exist_ok=True)
    users = (home.parent / "postgres.users").open("a")
    deadline = time.monotonic() + START_SECONDS
    while True:
        fcntl.flock(users, fcntl.LOCK_SH)
        if running := place_of_running(home):
            _held.append(users)
            return running
        fcntl.flock(users, fcntl.LOCK_UN)
        server = Server(home)
        try:
            folder = server.start()
        except AlreadyRunning:  # between its start and its record, or between its last user and its stop
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
            continue
        fcntl.flock(users, fcntl.LOCK_SH)
        atexit.register(_stop_after_last_user, server, users, os.getpid())
        return folder


_held: list[IO[str]] = []  # open files are locks: they are held until the process ends


def _stop_after_last_user(server: Server, users: IO[str], owner: int) -> None:
    if os.getpid() != owner:  # a forked child inherits the hook, not the server
        return
    while _held:  # its own, of another of its connections: it would wait for itself
        _held.pop().close()
    fcntl.flock(users, fcntl.LOCK_EX)
    server.stop()
    users.close()
