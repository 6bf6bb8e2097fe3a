from __future__ import annotations

import hashlib
import os
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from config import embedded, env
from config.start.invitation import path_for_the_first
from config.supervisor import GivesUp, Program, Supervisor
from config.welcome import how_to_sign_in
from spend.models import Price

# Measured (MEASURED.md, 4): two workers with few threads beat one with many.
WEB_WORKERS, WEB_THREADS = 2, 2
# Have glibc map large bodies apart, so that they leave no holes behind; once it has seen one freed it would not.
GIVES_MEMORY_BACK = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": str(1024 * 1024)}
READY_SECONDS = 60.0


class Command(BaseCommand):
    help = "Run everything in this terminal: database, web server, worker. Ctrl-C stops all of it."

    def add_arguments(self, parser: CommandParser) -> None:
        port = env.whole("PORT", 8000, least=1, most=65535)
        parser.add_argument("--port", type=int, default=port, help="the web server's port (or PORT=; default 8000)")
        parser.add_argument("--host", default=env.text("HOST_ADDRESS", "127.0.0.1"), help="the address to listen on")
        parser.add_argument("--demo", action="store_true", help="load the sample organisation first")

    def handle(self, *, port: int, host: str, demo: bool, **options: Any) -> None:
        refuse_taken_port(host, port)
        os.environ["PORT"] = str(port)  # where links in mails lead, unless PUBLIC_URL says otherwise
        supervisor = Supervisor(say=self.stderr.write)
        supervisor.listen()
        try:
            self._prepare(supervisor, demo=demo)
            self._serve(supervisor, host, port, demo=demo)
            supervisor.watch()
        except (embedded.CannotStart, GivesUp) as problem:
            raise CommandError(str(problem)) from problem
        finally:
            connections.close_all()
            supervisor.stop()
        self.stdout.write("Stopped.")

    def _prepare(self, supervisor: Supervisor, *, demo: bool) -> None:
        if settings.DATABASES["default"]["ENGINE"] == "config.postgres":
            supervisor.start(Database())
        migrate_if_needed()
        collect_if_needed()
        if demo and not supervisor.stopping:
            call_command("demo", logins=False)
        elif not supervisor.stopping and not Price.objects.exists():
            call_command("prices", "import")  # the first call should not be unpriced for want of a list
        connections.close_all()

    def _serve(self, supervisor: Supervisor, host: str, port: int, *, demo: bool) -> None:
        refuse_taken_port(host, port)  # again: preparing took its time, and the web server would share a taken port
        for program in (web(host, port), worker(), beat()):
            if not supervisor.stopping:
                supervisor.start(program)
        address = f"http://{host}:{port}"
        deadline = time.monotonic() + READY_SECONDS
        while not supervisor.stopping:
            supervisor.look()
            if answers(f"{address}/healthz"):
                self.stdout.write(f"\nTruecost is at {address}/    (Ctrl-C stops it)")
                if demo:
                    self.stdout.write(how_to_sign_in(address))
                elif path := path_for_the_first():
                    self.stdout.write(f"Nobody can log in yet. Make the first account at\n  {address}{path}")
                connections.close_all()
                self.stdout.flush()
                return
            if time.monotonic() > deadline:
                raise GivesUp(f"The web server did not answer at {address} within {READY_SECONDS:.0f} seconds.")
            time.sleep(0.1)


class Database:
    """The embedded server as a child like the others."""

    name = "database"

    def __init__(self) -> None:
        self.server = embedded.Server(Path(settings.VAR_DIR) / "postgres")

    def start(self) -> None:
        self.server.start()

    def is_alive(self) -> bool:
        return self.server.is_alive()

    def restart(self) -> None:
        self.server.restart()

    def ask_to_stop(self) -> None:
        """Do nothing yet: the others need it to finish."""

    def stop(self) -> None:
        self.server.stop()


def web(host: str, port: int) -> Program:
    arguments = ["--interface", "wsgi", "--host", host, "--port", str(port), "--log-level", "warning", "--no-ws"]
    arguments += ["--workers", str(WEB_WORKERS), "--blocking-threads", str(WEB_THREADS), "--respawn-failed-workers"]
    arguments += ["--http1-buffer-size", str(64 * 1024)]
    environment = {"DATABASE_POOL": str(WEB_THREADS), **GIVES_MEMORY_BACK}
    return _python("web", "granian", [*arguments, "config.wsgi:application"], environment)


def worker() -> Program:
    arguments = ["-A", "config", "-q", "worker", "--loglevel", "WARNING", "--concurrency", "2"]
    return _python("worker", "celery", [*arguments, "--without-gossip", "--without-mingle", "--without-heartbeat"])


def beat() -> Program:
    """Its own process: embedded in a worker it would outlive one that is killed."""
    return _python("beat", "celery", ["-A", "config", "-q", "beat", "--loglevel", "WARNING", "--pidfile="])


def _python(name: str, module: str, arguments: list[str], environment: dict[str, str] | None = None) -> Program:
    common = {"DJANGO_SETTINGS_MODULE": "config.settings", "UNDER_UP": "true"}
    return Program(
        name=name,
        arguments=[sys.executable, "-m", module, *arguments],
        environment=common | (environment or {}),
        folder=str(settings.BASE_DIR),
    )


def refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            message = f"Port {port} on {host} is not free ({problem.strerror}); choose another with PORT={port + 1}."
            raise CommandError(message) from problem


def migrate_if_needed() -> None:
    executor = MigrationExecutor(connections["owner"])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0)


def collect_if_needed() -> None:
    """Collect front-end files when any of them has changed since the last time."""
    stamp = Path(settings.VAR_DIR) / "static.stamp"
    now = digest_of_static_files()
    if stamp.exists() and stamp.read_text() == now and settings.STATIC_ROOT.exists():
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(now)


def digest_of_static_files() -> str:
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            status = Path(storage.path(name)).stat()
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - our own address
    except urllib.error.HTTPError:
        return True  # not well, but there; its messages say why
    except OSError:
        return False
    return True
