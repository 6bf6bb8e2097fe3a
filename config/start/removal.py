"""Remove the sample: all facts and what was made of them, and the reference data that came with it.

The ledger is append-only for the application's role; only the owner of the tables can empty it, and only this does.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Model, ProtectedError, QuerySet
from django.db.utils import OperationalError, ProgrammingError
from psycopg import sql

from accounts.models import Team
from audits import models as audits_models
from audits.models import (
    AlertRecipient,
    AlertRule,
    AuditPlan,
    Budget,
    Correction,
    FixedCost,
    Incident,
    LabourRate,
    Mail,
    ProviderTolerance,
    ReconciliationDecision,
    ReportNote,
    Scenario,
    Schedule,
    ScheduleRecipient,
    Switch,
    Webhook,
)
from audits.sample import insurer
from audits.sample.llms import UNLISTED
from audits.sample.records import SIMULATED
from spend.domain.reference.parse import parse
from spend.domain.reference.records import Reference
from spend.models import (
    Bill,
    BillLine,
    Call,
    DemotedCall,
    DirtyKey,
    DirtySlice,
    Installation,
    Llm,
    Outcome,
    Price,
    RejectedItem,
    RepricedMonth,
    Repricing,
    Source,
    Span,
    Task,
    TaskType,
)  # fmt: skip
from spend.queries.installation import is_simulated
from trail.store import note_emptied

OWNER = "owner"
# Of audits: reference data, ways in and what people set up, not facts.
KEPT = (
    AlertRecipient, AlertRule, Budget, FixedCost, LabourRate, ProviderTolerance, Schedule, ScheduleRecipient, Webhook,
)  # fmt: skip
FILES = ("organisation.yaml", "insurer.yaml")


class Refused(Exception):
    """The sample cannot be removed; the message says why."""


def own_facts() -> dict[str, int]:
    """Return how many facts of each kind, bills, notes and decisions are not of the sample."""
    loaded = loaded_at()
    kinds = (("call", Call), ("outcome", Outcome), ("correction", Correction), ("incident", Incident))
    found = {kind: model.objects.exclude(received_at__in=loaded).count() for kind, model in kinds}
    found["bill"] = Bill.objects.exclude(imported_at__in=loaded).count()
    found["note"] = ReportNote.objects.count()
    found["decision"] = ReconciliationDecision.objects.count()
    found["audit plan"] = AuditPlan.objects.exclude(made_by=None).count()
    found["switch"], found["scenario"] = Switch.objects.count(), Scenario.objects.count()
    return {kind: count for kind, count in found.items() if count}


def loaded_at() -> set[datetime]:
    """Return when the sample was loaded: all its facts were received at one moment, and many of its calls say so."""
    return set(_of_sample().values_list("received_at", flat=True).distinct())


def _of_sample() -> QuerySet[Call]:
    return Call.objects.filter(metadata__data=SIMULATED)


def remove_sample() -> None:
    """Empty the installation of facts. Raises Refused where it is not a sample, or where the role may not."""
    if not is_simulated():
        raise Refused("No sample is loaded.")
    try:
        with transaction.atomic(using=OWNER):
            teams = set(_of_sample().using(OWNER).values_list("team__name", flat=True).distinct())
            _empty(_tables())
            Source.objects.using(OWNER).all().delete()
            _remove_reference(teams)
            Installation.objects.using(OWNER).update(simulated=False)
    except OperationalError as problem:
        raise Refused("The database is busy; nothing was removed. Try again in a moment.") from problem
    except ProgrammingError as problem:
        raise Refused(
            "This database role may not empty tables; nothing was removed."
            " Run `manage.py remove_sample` with DATABASE_OWNER_URL set."
        ) from problem


def _tables() -> list[type[Model]]:
    derived = [getattr(audits_models, name) for name in audits_models.__all__]
    facts = [
        BillLine,
        Bill,
        Call,
        Task,
        Span,
        DemotedCall,
        Outcome,
        RejectedItem,
        DirtySlice,
        DirtyKey,
        RepricedMonth,
        Repricing,
    ]
    return [*facts, Mail.files.through, *(model for model in derived if model not in KEPT)]


def _empty(tables: list[type[Model]]) -> None:
    names = [table._meta.db_table for table in tables]
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '10s'")
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname, CASE tgenabled WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END"
            " FROM pg_trigger WHERE tgtype & 32 > 0 AND NOT tgisinternal AND tgrelid::regclass::text = ANY(%s)",
            [names],
        )
        guards = cursor.fetchall()
        _switch(cursor, [(table, trigger, "DISABLE") for table, trigger, _ in guards])  # and nobody writes any more
        for name in names:
            note_emptied(name, using=OWNER)
        cursor.execute(sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, names))))
        _switch(cursor, guards)


def _switch(cursor: CursorWrapper, triggers: list[tuple[str, str, str]]) -> None:
    for table, trigger, how in triggers:
        statement = sql.SQL("ALTER TABLE {} {} TRIGGER {}")
        cursor.execute(statement.format(sql.Identifier(table), sql.SQL(how), sql.Identifier(trigger)))


def _remove_reference(teams: set[str]) -> None:
    """Remove what the files of the sample's `teams` name, but for what something of one's own holds on to."""
    for file in FILES:
        wanted, _ = parse((Path(insurer.__file__).parent / file).read_text(encoding="utf-8"))
        if teams.isdisjoint(team.name for team in wanted.teams):
            continue
        for rows in _rows_of(wanted):
            _remove(rows)
    _remove(Llm.objects.using(OWNER).filter(name=UNLISTED.name, prices=None))


def _rows_of(wanted: Reference) -> list[QuerySet[Model]]:
    """Return the rows, those that hold on to others first. Tiers stay, as any installation has them; so do teams that
    people or keys belong to.
    """
    rows: list[QuerySet[Model]] = [
        FixedCost.objects.using(OWNER).filter(name__in=[cost.name for cost in wanted.fixed_costs]),
        TaskType.objects.using(OWNER).filter(name__in=[each.name for each in wanted.task_types]),
    ]
    rows += [
        LabourRate.objects.using(OWNER).filter(role=rate.role, starts_on=rate.starts_on) for rate in wanted.labour_rates
    ]
    for price in wanted.model_prices:
        llm = {"llm__provider": price.provider, "llm__name": price.name}
        rows.append(Price.objects.using(OWNER).filter(**llm, source=price.source, starts_on=price.starts_on))
    for each in wanted.models:
        rows.append(Llm.objects.using(OWNER).filter(provider=each.provider, name=each.name, prices=None))
    names = [team.name for team in wanted.teams]
    rows.append(Team.objects.using(OWNER).filter(name__in=names, memberships=None, api_keys=None))
    return rows


def _remove(rows: QuerySet[Model]) -> None:
    for row in rows:
        try:
            with transaction.atomic(using=OWNER):
                row.delete(using=OWNER)
        except ProtectedError:
            continue
