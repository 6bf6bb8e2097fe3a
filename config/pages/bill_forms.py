"""Forms of bills: a file that is looked at before it is imported, an invoice typed in, a reason to withdraw."""

from __future__ import annotations

from base64 import b64decode, b64encode
from decimal import Decimal
from io import BytesIO
from typing import Any

import zstandard
from django import forms

from accounts.forms import PlainForm
from config.pages.forms import day, text
from config.pages.forms import number as decimal_number
from spend.actions.bills import MOST_RAW
from spend.domain.periods import Month
from spend.ingest.bills.manual import Typed
from spend.ingest.bills.records import (
    ADJUSTMENT,
    CREDIT,
    FEE,
    TAX,
    USAGE,
    BadValue,
    currency,
    exact,
    exchange_rate,
    instant,
)
from spend.ingest.bodies import BadBody, TooLarge, read_body
from spend.models import Bill

MOST_CARRIED = 2_000_000  # what a form carries between looking and importing, packed, as text
_TOO_LARGE = "It is too large for this page: use the command import_bill, or POST /api/v1/bills, by month."


class UploadBill(PlainForm):
    """`carried` holds a file that was looked at already."""

    file = forms.FileField(
        label="The bill",
        error_messages={"required": "Choose a file."},
        help_text="JSON of OpenAI or Anthropic, FOCUS or plain CSV.",
        widget=forms.FileInput(attrs={"accept": ".json,.ndjson,.csv,application/json,text/csv"}),
    )
    shape = forms.ChoiceField(
        label="What it is",
        required=False,
        choices=[
            ("", "told by its content"),
            *((kind, label) for kind, label in Bill.Kind.choices if kind != "manual"),
        ],
    )
    provider = text("Provider, where the file does not say", hint="Of plain CSV only, like openai.")
    rate = decimal_number("USD for one of its currency", hint="Where the European Central Bank's is not the one.")
    carried = forms.CharField(required=False, widget=forms.HiddenInput, max_length=MOST_CARRIED)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not (self.data.get("carried") or self.initial.get("carried"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file and file.size > MOST_RAW:
            raise forms.ValidationError(_TOO_LARGE)
        return file

    def clean_rate(self) -> Decimal | None:
        return _rate(self.cleaned_data["rate"])

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        file = given.get("file")
        if file:
            self.content = file.read()
            if len(carried_of(self.content)) > MOST_CARRIED:
                self.add_error("file", _TOO_LARGE)
        elif given.get("carried"):
            self.content = content_of(given["carried"])
        return given


def carried_of(content: bytes) -> str:
    return b64encode(zstandard.compress(content)).decode()


def content_of(carried: str) -> bytes:
    try:
        return read_body(BytesIO(b64decode(carried, validate=True)), None, "zstd", limit=MOST_RAW)
    except (ValueError, BadBody, TooLarge) as error:
        raise forms.ValidationError("Choose the file again.") from error


def _rate(said: str) -> Decimal | None:
    if not said:
        return None
    try:
        return exchange_rate(said, "rate")
    except BadValue as error:
        raise forms.ValidationError(str(error)) from error


_AMOUNTS = {"used": USAGE, "fees": FEE, "credits": CREDIT, "tax": TAX, "adjustments": ADJUSTMENT}


class Invoice(PlainForm):
    provider = text("Provider", required=True, hint="As calls name it, like openai.", maxlength=200)
    number = text("Number of the invoice", required=True, maxlength=200)
    issued_on = day("Issued on")
    first_day = day("First day", required=True)
    last_day = day("Last day", required=True, hint="Included.")
    currency = text("Currency", hint="Three letters; USD if left out.", maxlength=3)
    used = decimal_number("For use")
    fees = decimal_number("Fees", hint="Fixed fees, seats, purchases.")
    credits = decimal_number("Credits", hint="Below 0.")
    tax = decimal_number("Tax")
    adjustments = decimal_number("Adjustments")
    rate = decimal_number("USD for one of its currency", hint="Where the European Central Bank's is not the one.")
    note = text("Note", maxlength=500)

    def clean_rate(self) -> Decimal | None:
        return _rate(self.cleaned_data["rate"])

    def clean_currency(self) -> str:
        try:
            return currency(self.cleaned_data["currency"], "currency")
        except BadValue as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        dates = forms.DateField(error_messages={"invalid": "must be a day such as 2026-10-05"})
        for name in ("issued_on", "first_day", "last_day"):
            try:
                given[name] = dates.clean(given[name]) if given.get(name) else None
            except forms.ValidationError as error:
                self.add_error(name, error)
            else:
                self._check_years(given, name)
        for name in _AMOUNTS:
            try:
                given[name] = exact(given[name], name) if given.get(name) else Decimal(0)
            except BadValue as error:
                self.add_error(name, str(error))
        if not self.errors:
            self._check(given)
        return given

    def _check_years(self, given: dict[str, Any], name: str) -> None:
        try:
            if given[name]:
                instant(given[name].isoformat(), name)
        except BadValue as error:
            self.add_error(name, str(error))

    def _check(self, given: dict[str, Any]) -> None:
        if given["last_day"] < given["first_day"]:
            self.add_error("last_day", "is before the first")
        elif Month.of(given["last_day"]) != Month.of(given["first_day"]):
            self.add_error("last_day", "is of a later month: type each month by itself, numbered like 17-1 and 17-2")
        if given["credits"] > 0:
            self.add_error("credits", "must be below 0: a credit lowers the bill")
        if not any(given[name] for name in _AMOUNTS):
            self.add_error("used", "Type at least one amount.")

    def typed(self) -> Typed:
        given = self.cleaned_data
        return Typed(
            provider=given["provider"],
            number=given["number"].strip(),
            issued_on=given["issued_on"],
            first_day=given["first_day"],
            last_day=given["last_day"],
            currency=given["currency"],
            amounts=tuple((category, given[name]) for name, category in _AMOUNTS.items() if given[name]),
            note=given["note"].strip(),
        )


class Withdrawal(PlainForm):
    reason = text("Why", required=True, maxlength=500)
