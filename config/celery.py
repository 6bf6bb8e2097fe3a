"""Background work. With no CELERY_BROKER_URL the messages are in PostgreSQL, in tables of this app's migration."""

from __future__ import annotations

import os
import warnings
from typing import Any
from urllib.parse import quote, urlencode

from celery import Celery
from celery.platforms import SecurityWarning
from celery.signals import task_prerun, worker_process_init

from config.lifeline import end_with_my_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# A message is only a nudge: what there is to do is in tables, and this sweep of them is the guarantee.
SWEEP_SECONDS = 2.0
ORDERS_SECONDS = 5.0
FORGET_SECONDS = 3600.0
DRAW_SECONDS = 3600.0  # a plan draws once in a week; asked more often, a new one need not wait for Monday
POST_SECONDS = 60.0
ALERT_SECONDS = 600.0  # a rule is evaluated once in an hour; asked more often, a restart skips none

if os.environ.get("UNDER_UP"):  # root tries it out on a machine of its own; elsewhere the warning stands
    warnings.simplefilter("ignore", SecurityWarning)
    worker_process_init.connect(lambda **kwargs: end_with_my_parent(), weak=False)

app = Celery("truecost")


@task_prerun.connect
def _is_at_it(task: Any, **kwargs: Any) -> None:
    """Each worker does one job at a time, so a job is who this process is until the next one."""
    from trail.context import Doer, of_this_process

    of_this_process(Doer("job", task.name))


app.autodiscover_tasks(related_name="jobs")


@app.add_defaults
def settings_of_celery() -> dict[str, Any]:
    """Return them; asked for at first use, so that the embedded server's place is known by then."""
    from django.conf import settings

    return {
        **_broker(),
        "accept_content": ["json"],
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_publish_retry_policy": {"max_retries": 1, "interval_start": 0.1},
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,  # mail that is printed instead of sent stays readable
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "broker_connection_retry_on_startup": True,
        "beat_schedule_filename": str(settings.VAR_DIR / "celerybeat-schedule"),
        "beat_schedule": {
            "refresh stale slices": {
                "task": "audits.refresh_stale",
                "schedule": SWEEP_SECONDS,
                "options": {"expires": SWEEP_SECONDS * 5},
            },
            "carry out orders": {
                "task": "config.carry_out",
                "schedule": ORDERS_SECONDS,
                "options": {"expires": ORDERS_SECONDS},
            },
            "work off repricings": {
                "task": "spend.work_off_repricings",
                "schedule": ORDERS_SECONDS,
                "options": {"expires": ORDERS_SECONDS},
            },
            "forget spans": {"task": "spend.forget_spans", "schedule": 21_600.0, "options": {"expires": 21_600.0}},
            "forget rejected items": {
                "task": "spend.forget_rejected",
                "schedule": FORGET_SECONDS,
                "options": {"expires": FORGET_SECONDS},
            },
            "post": {"task": "audits.post", "schedule": POST_SECONDS, "options": {"expires": POST_SECONDS}},
            "evaluate alerts": {
                "task": "audits.evaluate_alerts",
                "schedule": ALERT_SECONDS,
                "options": {"expires": ALERT_SECONDS},
            },
            "draw audits": {
                "task": "audits.draw_audits",
                "schedule": DRAW_SECONDS,
                "options": {"expires": DRAW_SECONDS},
            },
            "seal the trail": {"task": "trail.seal", "schedule": 3600.0, "options": {"expires": 3600.0}},
            "forget messages": {"task": "config.forget_messages", "schedule": 600.0, "options": {"expires": 600.0}},
        },
    }


def _broker() -> dict[str, Any]:
    from django.conf import settings
    from django.db import connections

    if settings.CELERY_BROKER_URL:
        return {"broker_url": settings.CELERY_BROKER_URL}
    return {
        "broker_url": sqlalchemy_url(connections["default"].get_connection_params()),
        "broker_transport_options": {"pool_pre_ping": True, "pool_size": 2},
    }


def sqlalchemy_url(parameters: dict[str, Any]) -> str:
    who = quote(parameters["user"], safe="")
    if parameters.get("password"):
        who += ":" + quote(parameters["password"], safe="")
    where = {name: parameters.get(name) for name in ("host", "port", "sslmode", "sslrootcert")}
    query = urlencode({name: value for name, value in where.items() if value})
    return f"sqla+postgresql+psycopg://{who}@/{quote(parameters['dbname'], safe='')}?{query}"
