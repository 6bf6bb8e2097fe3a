"""Import bills: kept as they came, lines in dollars; a later report of the same days takes the place of an earlier."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, localcontext
from hashlib import sha256

import zstandard
from django.db import connection, transaction
from django.db.models import QuerySet

from accounts.models import User
from spend.domain.money import to_nanos
from spend.ingest.bills.reading import read_bill
from spend.ingest.bills.records import BadBill, Line, Statement
from spend.ingest.records import Problem
from spend.models import Bill, BillLine
from spend.queries.book import book
from spend.queries.exchange import DOLLAR, NoRate, Rate, rate_on
from spend.store import lock_reference_data

_LOCK = 17
MOST_RAW = 16 * 1024 * 1024
_LINES_AT_ONCE = 2_000
# What an endpoint reports of days: a later answer replaces an earlier one. Invoices stand side by side.
REPORTS = (Bill.Kind.OPENAI_COSTS, Bill.Kind.OPENAI_USAGE, Bill.Kind.ANTHROPIC_COST, Bill.Kind.ANTHROPIC_USAGE)


class Overlaps(Exception):
    """A bill of the same kind covers some of the days, and not only these."""

    def __init__(self, bill: Bill) -> None:
        super().__init__(
            f"Bill {bill.pk} of {bill} is of {bill.first_day} to before {bill.end_day}, which covers some of these days"
            " and others too: withdraw it first, or import the same days."
        )


@dataclass(frozen=True)
class Valued:
    """A line with its amount in dollars. `nanos` None: it counts without pricing."""

    line: Line
    nanos: int | None
    rate: Rate | None
    llm: int | None


@dataclass
class Draft:
    """What a file would become: a statement with its lines in dollars, or the problems that stand in its way."""

    statement: Statement | None
    lines: list[Valued] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def nanos(self) -> int | None:
        """The sum in dollars; None where no line has an amount."""
        amounts = [valued.nanos for valued in self.lines if valued.nanos is not None]
        return sum(amounts) if amounts else None

    @property
    def unknown_models(self) -> list[str]:
        """Models that the bill names and nobody knows, so that they are compared by their text."""
        return sorted({valued.line.model for valued in self.lines if valued.line.model and valued.llm is None})


@dataclass(frozen=True)
class Imported:
    """The bill, whether it was here already, and the bills whose place it took."""

    bill: Bill
    is_duplicate: bool
    superseded: Sequence[Bill] = ()


def draft(content: bytes, *, shape: str = "", provider: str = "", rate: Decimal | None = None) -> Draft:
    """Read a file without writing. `rate`: USD for one of its currency, instead of the European Central Bank's.

    Raises BadBill where the file as a whole is no bill.
    """
    if len(content) > MOST_RAW:
        raise BadBill(f"It has more than {MOST_RAW // 2**20} MiB: import it in parts, month by month.")
    read = read_bill(content, shape=shape, provider=provider)
    if read.statement is None:
        return Draft(None, problems=read.problems)
    return valued(read.statement, rate=rate)


def valued(statement: Statement, *, rate: Decimal | None = None) -> Draft:
    """Return the statement with its lines in dollars and the models they are of. Raises BadBill for a rate of two."""
    found, reference = Draft(statement), book()
    foreign = {line.currency for line in statement.lines if line.amount is not None} - {DOLLAR}
    if rate is not None and len(foreign) > 1:
        named = ", ".join(sorted(foreign))
        raise BadBill(f"A rate is of one currency, and it has {named}: import each as a file of its own.")
    for number, line in enumerate(statement.lines, 1):
        try:
            used = _rate_of(line, rate)
        except NoRate as error:
            found.problems.append(Problem(number, None, {"currency": [str(error)]}))
            break
        llm = reference.llm_named(line.provider, line.model) if line.model else None
        found.lines.append(Valued(line, _nanos(line.amount, used), used, llm))
    return found


def _rate_of(line: Line, given: Decimal | None) -> Rate | None:
    if line.currency == DOLLAR or line.amount is None:
        return None
    return rate_on(line.currency, line.day) if given is None else Rate(given, line.day)


def _nanos(amount: Decimal | None, rate: Rate | None) -> int | None:
    if amount is None:
        return None
    with localcontext(prec=60):
        return to_nanos(amount if rate is None else amount * rate.dollars)


@transaction.atomic
def import_bill(found: Draft, content: bytes, *, by: User | None, at: datetime) -> Imported:
    """Keep a draft without problems. The same bytes again change nothing. Raises Overlaps."""
    statement = found.statement
    if statement is None or found.problems:
        raise ValueError("a draft with problems is not imported")
    lock_reference_data()  # who closes a month reads bills more than once
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_LOCK])
    known = duplicate_of(statement, content)
    if known is not None:
        return Imported(known, is_duplicate=True)
    replaced = list(replaced_by(statement))
    Bill.objects.filter(pk__in=[bill.pk for bill in replaced]).update(superseded_at=at)
    bill = Bill.objects.create(
        provider=statement.provider,
        kind=statement.kind,
        number=statement.number,
        issued_on=statement.issued_on,
        first_day=statement.first_day,
        end_day=statement.end_day,
        currency=statement.currency,
        raw=zstandard.compress(content),
        digest=sha256(content).digest(),
        imported_at=at,
        imported_by=by,
    )
    BillLine.objects.bulk_create((_row(bill, each) for each in found.lines), batch_size=_LINES_AT_ONCE)
    return Imported(bill, is_duplicate=False, superseded=replaced)


def duplicate_of(statement: Statement, content: bytes) -> Bill | None:
    """Return the bill in force that came with the same bytes."""
    digest = sha256(content).digest()
    return Bill.objects.defer("raw").filter(digest=digest, superseded_at=None, kind=statement.kind).first()


def replaced_by(statement: Statement) -> QuerySet[Bill]:
    """Return the bills whose place it takes. Raises Overlaps."""
    same = Bill.objects.defer("raw").filter(provider=statement.provider, kind=statement.kind, superseded_at=None)
    if statement.kind not in REPORTS:
        return same.filter(number=statement.number) if statement.number else same.none()
    touching = same.filter(first_day__lt=statement.end_day, end_day__gt=statement.first_day)
    for bill in touching:
        if bill.first_day < statement.first_day or bill.end_day > statement.end_day:
            raise Overlaps(bill)
    return touching


def _row(bill: Bill, each: Valued) -> BillLine:
    line = each.line
    return BillLine(
        bill=bill,
        day=line.day,
        provider=line.provider,
        llm_id=each.llm,
        model_text=line.model,
        service_tier=line.service_tier,
        token_kind=line.token_kind,
        charge_category=line.category,
        quantity=line.quantity,
        amount=line.amount,
        currency=line.currency,
        amount_nanos=each.nanos,
        rate=each.rate.dollars if each.rate else None,
        rate_on=each.rate.published_on if each.rate else None,
        description=line.description,
    )


@transaction.atomic
def withdraw_bill(bill: Bill, *, reason: str, at: datetime) -> None:
    """Take a bill out of what is compared; it stays, with the reason, and can be looked at."""
    if not reason.strip():
        raise ValueError("a reason is required")
    lock_reference_data()
    Bill.objects.filter(pk=bill.pk, superseded_at=None).update(superseded_at=at, withdrawn_because=reason.strip())


def raw_of(bill: Bill) -> bytes:
    """Return the file as it came."""
    return zstandard.decompress(bytes(bill.raw))
