"""A JSON object into a form of the pages: every rule about it has one home."""

from __future__ import annotations

from typing import Any, TypeVar

from django import forms
from rest_framework.exceptions import ValidationError

from spend.ingest.fields import UNSTORABLE

Filled = TypeVar("Filled", bound=forms.Form)


def fields_of(body: Any, form: type[forms.Form], *more: str) -> dict[str, Any]:
    """Return what `body` says of the fields of a form, and of `more`. Raises ValidationError."""
    if not isinstance(body, dict):
        raise ValidationError({"record": ["must be an object"]})
    known = {name: field for name, field in form.base_fields.items() if name != "seen"}
    errors = {name: ["is not a field"] for name in body if name not in known and name not in more}
    errors |= {
        name: ["is no such value"] for name, value in body.items() if name in known and not _fits(value, known[name])
    }
    if errors:
        raise ValidationError(errors)
    return body


def checked(form: Filled) -> Filled:
    """Return a form that is valid. Raises ValidationError with what is wrong, by field."""
    if not form.is_valid():
        raise ValidationError(
            {name.replace("__all__", "record"): [str(each) for each in told] for name, told in form.errors.items()}
        )
    return form


def _fits(value: Any, field: forms.Field) -> bool:
    """Whether JSON has the shape of what a form would send: a list where many may be chosen, else one plain value."""
    if isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
        return isinstance(value, list) and all(isinstance(each, str) and not UNSTORABLE.search(each) for each in value)
    if isinstance(field, forms.BooleanField):
        return isinstance(value, bool)
    is_plain = value is None or (isinstance(value, str | int | float) and not isinstance(value, bool))
    return is_plain and not UNSTORABLE.search(str(value))
