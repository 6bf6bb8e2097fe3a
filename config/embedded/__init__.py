"""The embedded PostgreSQL: a real server on the binaries of a wheel, its data under var/, gone with its owner.

The server is a direct child that ends with its parent, even by kill -9; its socket is in a short private folder (a
socket's path may have 107 bytes), whose place is kept in var/. `up` owns a server for hours; a command that finds none
starts its own and stops it at the end. docs/decisions/0002-embedded-postgresql.md says why it is done this way.
"""

from config.embedded.errors import AlreadyRunning, CannotStart
from config.embedded.home import place_of_running
from config.embedded.server import APP, DATABASE, OWNER, Server
from config.embedded.shared import server_for_this_process

__all__ = [
    "APP",
    "DATABASE",
    "OWNER",
    "AlreadyRunning",
    "CannotStart",
    "Server",
    "place_of_running",
    "server_for_this_process",
]
