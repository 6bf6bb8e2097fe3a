"""The folder of a server: whose it is, who runs it, and where its socket is to be found."""

from __future__ import annotations

import fcntl
import os
import pwd
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from config.embedded.errors import AlreadyRunning, CannotStart
from config.embedded.processes import binary
from config.lifeline import ON_LINUX

FORMER_SERVER_SECONDS = 30.0


def place_of_running(home: Path) -> Path | None:
    """Return the recorded socket folder when a server answers there."""
    try:
        folder = Path((home / "socket").read_text().strip())
    except FileNotFoundError:
        return None
    except PermissionError as problem:
        raise CannotStart(belongs_to_another(home)) from problem
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(folder / ".s.PGSQL.5432"))
        except OSError:
            return None
    return folder


def belongs_to_another(home: Path) -> str:
    return f"{home} belongs to another user; use that user, or set VAR_DIR or DATABASE_URL."


def record(home: Path, folder: Path) -> None:
    draft = home / "socket.new"
    draft.write_text(str(folder))
    draft.rename(home / "socket")


def remove_former_place(record: Path) -> None:
    """Remove the socket folder of a server whose owner was killed; it is empty."""
    with suppress(OSError):
        Path(record.read_text().strip()).rmdir()


def make_home(home: Path, options: dict[str, Any]) -> None:
    """Make the folder, for its user alone; no folder above it is touched."""
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        home.mkdir(mode=0o700, exist_ok=True)
    except PermissionError as problem:
        raise CannotStart(f"{home} cannot be made: its folder belongs to another user. Set VAR_DIR.") from problem
    if "user" not in options:
        if home.stat().st_uid != os.geteuid():
            raise CannotStart(belongs_to_another(home))
        return
    os.chown(home, options["user"], options["group"])
    for needed in (home, binary("postgres")):
        _check_reachable(needed, options)


def _check_reachable(path: Path, options: dict[str, Any]) -> None:
    """PostgreSQL refuses to run as root; the user it runs as instead must be able to get there."""
    if subprocess.run(["test", "-x", path], check=False, cwd="/", **options).returncode == 0:
        return
    closed = next((folder for folder in reversed(path.parents) if not folder.stat().st_mode & 0o001), path)
    user = pwd.getpwuid(options["user"]).pw_name
    raise CannotStart(
        f"PostgreSQL does not run as root, and the user it runs as, {user!r}, cannot enter {closed}.\n"
        "Use a checkout in a folder that others may enter (such as /srv or /opt), run as a normal user, "
        "or set DATABASE_URL to a PostgreSQL of your own."
    )


def unprivileged_user() -> pwd.struct_passwd | None:
    """Return whom the server runs as when we are root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def as_user(user: pwd.struct_passwd | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def locked(path: Path) -> IO[str]:
    """Own the server of this folder; after a crash of its owner wait a moment for the old server to end."""
    file = path.open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise AlreadyRunning(f"Another process already runs the database in {path.parent}.") from None
    _wait_for_former_server(path.parent / "data" / "postmaster.pid")
    return file


def _wait_for_former_server(pid_file: Path) -> None:
    deadline = time.monotonic() + FORMER_SERVER_SECONDS
    while _is_server(pid_file) and time.monotonic() < deadline:
        time.sleep(0.05)


def forget_foreign_pid(pid_file: Path) -> None:
    """Remove the pid file of a crash when its number now belongs to some other program, which would block the start."""
    if ON_LINUX and pid_file.exists() and not _is_server(pid_file):
        pid_file.unlink(missing_ok=True)


def _is_server(pid_file: Path) -> bool:
    """Tell whether the process of this pid file is a PostgreSQL on that very folder."""
    try:
        number = int(pid_file.read_text().split()[0])
        arguments = Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError, IndexError):
        return False
    return os.fsencode(pid_file.parent) in arguments


def private_folder(options: dict[str, Any]) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="truecost-", dir="/tmp"))  # TMPDIR may be too long for a socket
    if "user" in options:
        os.chown(folder, options["user"], options["group"])
    return folder
