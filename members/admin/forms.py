"""What operators fill in about members."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.admin import DeedForm
from foundation.instants import OUR_TIMES
from members.models import ApiKey, Member, User
from members.rules import OWN_CHANNELS

MOST_POINTS = 10_000_000
SCOPES = [
    ("orders:read", _("read orders")),
    ("orders:write", _("place and cancel orders")),
    ("points:grant", _("grant points")),
]


class DayInput(forms.DateTimeInput):
    """The browser's own picker for a moment."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        """Write what the picker reads."""
        super().__init__(format="%Y-%m-%dT%H:%M")


class GrantForm(DeedForm):
    """Points for one member."""

    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=MOST_POINTS)
    expires_at = forms.DateTimeField(label=_("Expire at"), widget=DayInput(), validators=OUR_TIMES)
    reference = forms.CharField(
        label=_("Reference"),
        max_length=80,
        help_text=_("Names the reason, such as the campaign and the member; the same reference grants once."),
    )
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer a year and a reference that nobody has used."""
        super().__init__(*args, **kwargs)
        self.fields["expires_at"].initial = lambda: timezone.localtime() + timedelta(days=365)
        self.fields["reference"].initial = lambda: f"desk/{timezone.localdate():%y%m%d}/{uuid4().hex[:8]}"


class MemberForm(forms.ModelForm[Member]):
    """A new member, as the bank tells us of them."""

    password = forms.CharField(
        label=_("First password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Without one nobody can log in yet."),
    )

    class Meta:
        model = Member
        fields = ["number", "bank_reference", "name", "phone", "email", "tier", "language"]
        widgets = {"language": forms.Select(choices=[("zh-hans", "简体中文"), ("en", "English")])}

    def clean_number(self) -> str:
        """Refuse a number that somebody logs in with."""
        number = str(self.cleaned_data["number"])
        if User.objects.filter(username=number).exists():
            raise forms.ValidationError(_("Somebody logs in under this number already."))
        return number


class ApiKeyForm(forms.ModelForm[ApiKey]):
    """A new key for an integrator."""

    scopes = forms.MultipleChoiceField(label=_("Scopes"), choices=SCOPES, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = ApiKey
        fields = ["name", "channel", "scopes"]

    def clean_channel(self) -> str:
        """Refuse a channel that would open the orders members placed themselves."""
        channel = str(self.cleaned_data["channel"])
        if channel in OWN_CHANNELS:
            raise forms.ValidationError(
                _("Members' own orders come through this channel. Choose another name.")
            )
        return channel
