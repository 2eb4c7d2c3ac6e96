"""How somebody says who they are."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from members.models import User


class LogInForm(forms.Form):
    """Member number or phone, and the password."""

    login = forms.CharField(
        label=_("Phone or member number"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages={"required": _("Enter your phone or member number.")},
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your password.")},
    )
    user: User | None = None

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean(self) -> dict[str, Any]:
        """Find out who it is; which of the two was wrong stays untold."""
        typed = self.cleaned_data
        if "login" in typed and "password" in typed:
            user = authenticate(self.request, username=typed["login"], password=typed["password"])
            if user is None:
                self.add_error("password", _("The log-in name or the password is wrong."))
            self.user = user
        return typed
