"""Bills of providers: imported after a look at what they say, kept as they came. Finance and administrators only."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.views.guards import needs_reference
from config.pages.bill_forms import Invoice, UploadBill, Withdrawal, carried_of
from spend.actions.bills import (
    Draft,
    Imported,
    Overlaps,
    draft,
    duplicate_of,
    import_bill,
    raw_of,
    replaced_by,
    valued,
    withdraw_bill,
)
from spend.ingest.bills import manual
from spend.ingest.bills.records import BadBill
from spend.models import Bill
from spend.models.billing import plain
from spend.queries.bills import bills as all_bills
from spend.queries.bills import lines_of, sums_by_model

SHOWN_PROBLEMS = 20
A_PAGE = 100


@require_safe
@needs_reference
def bills(request: HttpRequest) -> HttpResponse:
    page = Paginator(all_bills(), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "config/bills.html", {"page": page, "as_of": timezone.now()})


@require_safe
@needs_reference
def bill(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(all_bills(), pk=pk)
    lines = Paginator(lines_of(found), A_PAGE)
    context = {
        "bill": found,
        "sums": sums_by_model(found),
        "page": lines.get_page(request.GET.get("page")),
        "form": Withdrawal(),
        "as_of": timezone.now(),
    }
    return render(request, "config/bill.html", context)


@require_safe
@needs_reference
def bill_raw(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Bill, pk=pk)
    is_table = found.kind in (Bill.Kind.FOCUS, Bill.Kind.CSV)
    answer = HttpResponse(raw_of(found), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="bill-{found.pk}.{"csv" if is_table else "json"}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@needs_reference
def bill_new(request: HttpRequest) -> HttpResponse:
    """A file: looked at first, imported when asked to."""
    form = UploadBill(*((request.POST, request.FILES) if request.method == "POST" else (None, None)))
    if request.method != "POST" or not form.is_valid():
        return render(request, "config/bill_new.html", {"form": form}, status=400 if form.errors else 200)
    said = form.cleaned_data
    try:
        found = draft(form.content, shape=said["shape"], provider=said["provider"], rate=said["rate"])
        if "save" in request.POST and not found.problems:
            return _imported(request, import_bill(found, form.content, by=_person(request), at=timezone.now()))
        shown = _shown(found, form.content)
    except (BadBill, Overlaps) as error:
        form.add_error("file", str(error))
        return render(request, "config/bill_new.html", {"form": form}, status=400)
    form = UploadBill(initial={**said, "carried": carried_of(form.content)})
    return render(request, "config/bill_new.html", {"form": form, **shown})


@require_http_methods(["GET", "HEAD", "POST"])
@needs_reference
def bill_invoice(request: HttpRequest) -> HttpResponse:
    """An invoice, typed in."""
    form = Invoice(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        typed = form.typed()
        found = valued(manual.statement_of(typed), rate=form.cleaned_data["rate"])
        if not found.problems:
            at = timezone.now()
            return _imported(request, import_bill(found, manual.raw_of(typed), by=_person(request), at=at))
        form.add_error("currency", found.problems[0].errors["currency"][0])
    return render(request, "config/bill_invoice.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["POST"])
@needs_reference
def bill_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Bill.objects.defer("raw"), pk=pk, superseded_at=None)
    form = Withdrawal(request.POST)
    if not form.is_valid():
        messages.error(request, "Say why it is withdrawn.")
        return redirect("bill", pk)
    withdraw_bill(found, reason=form.cleaned_data["reason"], at=timezone.now())
    messages.success(request, f"Bill {pk} is withdrawn: nothing is compared with it any more. It stays.")
    return redirect("bill", pk)


def _person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def _imported(request: HttpRequest, done: Imported) -> HttpResponse:
    if done.is_duplicate:
        messages.info(request, "It was imported before; nothing changed.")
    else:
        place = "".join(f" It takes the place of bill {bill.pk}." for bill in done.superseded)
        messages.success(request, f"Imported as bill {done.bill.pk}.{place}")
    return redirect("bill", done.bill.pk)


def _shown(found: Draft, content: bytes) -> dict[str, Any]:
    """Return what the page says of a file that was looked at. Raises Overlaps."""
    lines = [
        (problem.index, [(name, ", ".join(said)) for name, said in problem.errors.items()])
        for problem in found.problems[:SHOWN_PROBLEMS]
    ]
    amount = found.statement.amount if found.statement else None
    duplicate = duplicate_of(found.statement, content) if found.statement else None
    return {
        "amount": amount and plain(amount),
        "found": found,
        "statement": found.statement,
        "problems": lines,
        "number": len(found.problems),
        "duplicate": duplicate,
        "replaced": list(replaced_by(found.statement)) if found.statement and not duplicate else [],
    }
