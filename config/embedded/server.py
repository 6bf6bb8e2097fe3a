"""One PostgreSQL server as a child of this process."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psycopg

from config.embedded import home as homes
from config.embedded.errors import CannotStart
from config.embedded.processes import binary, in_lasting_thread, watch
from config.lifeline import ON_LINUX, end_with_parent

OWNER, APP, DATABASE = "truecost_owner", "truecost_app", "truecost"
START_SECONDS = 60.0  # recovery after a crash may take a while
STOP_SECONDS = 30.0


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
        self._options = homes.as_user(homes.unprivileged_user())
        homes.make_home(self.home, self._options)
        self._lock = homes.locked(self.home / "lock")
        try:
            if not (self.data / "PG_VERSION").exists():
                self._initialise()
            homes.remove_former_place(self.home / "socket")
            self.socket_folder = homes.private_folder(self._options)
            self._launch()
            self._make_roles_and_database()
        except BaseException:
            self.stop()
            raise
        homes.record(self.home, self.socket_folder)
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
            [binary("initdb"), *arguments], capture_output=True, text=True, check=False, cwd="/", **self._options
        )
        if done.returncode:
            raise CannotStart(f"PostgreSQL could not make its data folder {self.data}:\n{done.stderr.strip()}")
        draft.rename(self.data)

    def _launch(self) -> None:
        homes.forget_foreign_pid(self.data / "postmaster.pid")
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
            self._process = in_lasting_thread(
                lambda: subprocess.Popen(
                    [binary("postgres"), "-D", self.data, *arguments],
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
            self._watchdog = watch(self._process.pid)
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
