"""What members choose and type while they follow their orders."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from orders.rules.numbers import SHANGHAI


class ListForm(forms.Form):
    """What somebody looks for among their orders."""

    q = forms.CharField(label=_("Order number or gift"), max_length=60, required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def placed_from(self) -> datetime | None:
        """Return the first moment looked for."""
        return _start(self.cleaned_data.get("since"))

    def placed_to(self) -> datetime | None:
        """Return the moment before which orders are looked for: the end of the last day."""
        until = self.cleaned_data.get("until")
        return _start(until + timedelta(days=1)) if until and until < date.max else None


def _start(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), SHANGHAI) if day and day.year > 1 else None


class CancelForm(forms.Form):
    """Why somebody cancels, if they want to say, and the fee they were shown."""

    REASONS = (
        ("", _("Rather not say")),
        ("changed-mind", _("I changed my mind")),
        ("wrong-choice", _("I chose the wrong gift or variant")),
        ("wrong-address", _("The address is wrong")),
        ("too-slow", _("It takes too long")),
    )
    reason = forms.ChoiceField(label=_("Why do you cancel? (optional)"), choices=REASONS, required=False)
    fee = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
