"""Which part of their statement a member wants to see."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from members.queries import KINDS, Asked

KIND_LABELS = (
    ("", pgettext_lazy("points", "All")),
    ("earned", pgettext_lazy("points", "Received")),
    ("redeemed", pgettext_lazy("points", "Redeemed")),
    ("returned", pgettext_lazy("points", "Returned")),
    ("expired", pgettext_lazy("points", "Expired")),
)


class StatementForm(forms.Form):
    """A kind of movement and days in the mall's own time, both included; nothing narrows nothing."""

    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        """Refuse days that are the wrong way round."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("The last day lies before the first."))
        return cleaned

    @property
    def kind(self) -> str:
        """The kind that is asked for; what is none of ours asks for all."""
        kind = str(self.data.get("kind", ""))
        return kind if kind in KINDS else ""

    def asked(self) -> Asked:
        """Return what is asked for; only of a form that is valid."""
        until = self.cleaned_data["until"]
        after = until + timedelta(days=1) if until and until < date.max else None
        return Asked(self.kind, _start(self.cleaned_data["since"]), _start(after))


def _start(day: date | None) -> datetime | None:
    """Return the first moment of a day; a day so early that its moment cannot be told in UTC bounds nothing."""
    return datetime.combine(day, time(), timezone.get_default_timezone()) if day and day.year > 1 else None
