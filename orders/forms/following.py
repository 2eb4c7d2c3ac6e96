"""What members choose and type while they follow their orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Address
from orders.models import CancelReason, OrderLine
from orders.rules.numbers import SHANGHAI
from orders.rules.searching import days_meant


class ListForm(forms.Form):
    """What somebody looks for among their orders."""

    q = forms.CharField(label=_("Order number, gift or date"), max_length=60, required=False, strip=True)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        """Read a date typed into the box as days: what is looked for are then no words any more."""
        typed = self.cleaned_data.get("q", "")
        days = days_meant(typed, timezone.localdate(timezone=SHANGHAI)) if typed else None
        if days:
            first, last = days
            since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
            self.cleaned_data["q"] = ""
            self.cleaned_data["since"] = max(first, since) if since else first
            self.cleaned_data["until"] = min(last, until) if until else last
        return self.cleaned_data

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

    REASONS = (("", _("Rather not say")), *CancelReason.choices)
    reason = forms.ChoiceField(label=_("Why do you cancel? (optional)"), choices=REASONS, required=False)
    fee = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class PartForm(forms.Form):
    """How many of each line (a field `line-<id>` each) somebody does not want any more.

    `key` and `fee` come with the click that agrees to what was shown.
    """

    reason = forms.ChoiceField(
        label=_("Why do you cancel? (optional)"), choices=CancelForm.REASONS, required=False
    )
    key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    fee = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, lines: Sequence[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if line.left]
        for line in self.lines:
            limit = _("Enter a whole number from 0 to %(limit)s.") % {"limit": line.left}
            self.fields[f"line-{line.pk}"] = forms.IntegerField(
                label=line.label,
                min_value=0,
                max_value=line.left,
                required=False,
                error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), limit),
            )

    def rows(self) -> list[tuple[OrderLine, forms.BoundField]]:
        """Pair each line with its field, for the page."""
        return [(line, self[f"line-{line.pk}"]) for line in self.lines]

    def units(self) -> list[tuple[OrderLine, int]]:
        """Return what somebody does not want any more."""
        asked = [(line, self.cleaned_data.get(f"line-{line.pk}") or 0) for line in self.lines]
        return [(line, quantity) for line, quantity in asked if quantity]

    @property
    def is_agreed(self) -> bool:
        """Tell whether somebody agreed to a fee that they were shown."""
        return bool(self.cleaned_data.get("key")) and self.cleaned_data.get("fee") is not None

    def clean(self) -> dict[str, Any]:
        """Refuse to cancel nothing."""
        if self.lines and not self.errors and not self.units():
            self.add_error(f"line-{self.lines[0].pk}", _("Say how many you do not want any more."))
        return self.cleaned_data


class AddressChoice(forms.Form):
    """Where an order should go instead."""

    address = forms.ChoiceField(
        label=_("Deliver to"),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose where we deliver to.")),
    )

    def __init__(self, *args: Any, addresses: Sequence[Address], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.addresses = {str(address.pk): address for address in addresses}
        field = self.fields["address"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(pk, str(address)) for pk, address in self.addresses.items()]

    @property
    def chosen(self) -> Address:
        """The address that was chosen."""
        return self.addresses[self.cleaned_data["address"]]
