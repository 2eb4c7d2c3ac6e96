"""Which delivered gifts a member wants refunded, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from aftersales.services import Wanted
from orders.models import OrderLine


class RefundForm(forms.Form):
    """How many of each line (a field `line-<id>` each), and the reason in the member's words."""

    REASONS = (
        ("", _("Choose a reason")),
        ("damaged", _("Damaged or broken")),
        ("wrong", _("Not what I redeemed")),
        ("missing", _("Something is missing")),
        ("unlike", _("Not as described")),
        ("unwanted", _("I do not want it any more")),
    )
    why = forms.ChoiceField(
        label=_("Reason"),
        choices=REASONS,
        error_messages={"required": _("Choose a reason."), "invalid_choice": _("Choose a reason.")},
    )
    words = forms.CharField(
        label=_("Tell us more (optional)"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What happened? At most 200 characters."),
    )

    def __init__(self, *args: Any, lines: Sequence[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if line.refundable]
        for line in self.lines:
            limit = _("Enter a whole number from 0 to %(limit)s.") % {"limit": line.refundable}
            self.fields[f"line-{line.pk}"] = forms.IntegerField(
                label=line.label,
                min_value=0,
                max_value=line.refundable,
                initial=line.refundable if len(self.lines) == 1 else 0,
                error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), limit),
            )

    def rows(self) -> list[tuple[OrderLine, forms.BoundField]]:
        """Pair each line with its field, for the page."""
        return [(line, self[f"line-{line.pk}"]) for line in self.lines]

    def wanted(self) -> list[Wanted]:
        """Return what was asked for."""
        quantities = [(line.pk, self.cleaned_data[f"line-{line.pk}"]) for line in self.lines]
        return [Wanted(pk, quantity) for pk, quantity in quantities if quantity]

    def reason(self) -> str:
        """Return the reason as the reviewer will read it."""
        chosen = str(dict(self.REASONS)[self.cleaned_data["why"]])
        words = self.cleaned_data["words"].strip()
        return gettext("%(why)s: %(words)s") % {"why": chosen, "words": words} if words else chosen

    def clean(self) -> dict[str, Any]:
        """Refuse a request for nothing."""
        names = [f"line-{line.pk}" for line in self.lines]
        if all(name in self.cleaned_data for name in names) and not any(
            self.cleaned_data[name] for name in names
        ):
            self.add_error(names[0] if names else None, _("Say how many you want refunded."))
        return self.cleaned_data
