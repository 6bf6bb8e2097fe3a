"""What all forms of ours have in common: inputs that look like the rest of the page."""

from __future__ import annotations

from typing import Any, TypeVar

from django import forms

F = TypeVar("F", bound=forms.BaseForm)

_CLASSES: dict[type, str] = {
    forms.Select: "form-select",
    forms.SelectMultiple: "form-select",
    forms.CheckboxInput: "form-check-input",
    forms.RadioSelect: "",
    forms.CheckboxSelectMultiple: "",
    forms.HiddenInput: "",
}


class PlainForm(forms.Form):
    """A form to be shown with templates/_field.html, field by field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        styled(self)


def styled(form: F) -> F:
    """Give a form that is not of ours the looks of one."""
    form.label_suffix = ""
    for field in form.fields.values():
        classes = _CLASSES.get(type(field.widget), "form-control")
        if classes:
            field.widget.attrs.setdefault("class", classes)
    return form


class PasswordLinkForm(PlainForm):
    email = forms.EmailField(
        label="E-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
