"""How somebody says who they are."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.refusals import Refusal
from foundation.visitors import address_of
from members import services
from members.models import User
from members.services.signing_in import LONGEST_NAME, LONGEST_PASSWORD

MARK, MARK_SALT = "device", "members.device"
"""The cookie by which a browser is known to have signed in before, and what its signature is salted with."""


def known_device(request: HttpRequest) -> str:
    """Return the mark a browser carries; what we did not sign counts as none."""
    return str(request.get_signed_cookie(MARK, default="", salt=MARK_SALT))


def user_behind(request: HttpRequest, login: str, password: str) -> User:
    """Return whose name and password these are.

    :raises LogInFailed, TooManyTries: as `services.sign_in`
    """
    return services.sign_in(
        login=login,
        password=password,
        address=address_of(request),
        at=timezone.now(),
        known_device=known_device(request),
    )


class _SignInForm(forms.Form):
    """What every way of logging in has: who asks, who it was, and what was said against it."""

    remember = forms.BooleanField(label=_("Stay signed in on this device for 30 days"), required=False)
    user: User | None = None
    refusal: Refusal | None = None

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def refuse(self, refusal: Refusal, field: str) -> None:
        """Say no beside a field, or above the form when it is only a matter of waiting."""
        self.refusal = refusal
        if refusal.status != 429:
            self.add_error(field, str(refusal))

    @property
    def status(self) -> int:
        """The status of the page that shows the form again."""
        if self.refusal is not None:
            return self.refusal.status
        return 401 if self.is_bound else 200


class LogInForm(_SignInForm):
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

    def clean(self) -> dict[str, Any]:
        """Find out who it is; which of the two was wrong stays untold."""
        typed = self.cleaned_data
        if "login" in typed and "password" in typed:
            try:
                self.user = user_behind(self.request, typed["login"], typed["password"])
            except Refusal as refusal:
                self.refuse(refusal, "password")
        return typed

    def is_valid(self) -> bool:
        """Tell whether it is known who it is."""
        return super().is_valid() and self.user is not None


class NumberForm(forms.Form):
    """The phone a code is sent to."""

    number = forms.CharField(
        label=_("Phone"),
        max_length=30,
        help_text=_("The mobile number that the bank knows you by."),
        widget=forms.TextInput(attrs={"autocomplete": "tel-national", "inputmode": "tel"}),
        error_messages={"required": _("Enter your phone number.")},
    )

    def clean_number(self) -> str:
        """Take a number however it is spaced, with the country's code or without, in wide digits, too."""
        text = unicodedata.normalize("NFKC", self.cleaned_data["number"])
        match = re.fullmatch(r"(?:\+?86)?(1\d{10})", re.sub(r"[\s\-()]", "", text), flags=re.ASCII)
        if match is None:
            raise ValidationError(_("This does not look like a mobile number: it has 11 digits."))
        return match[1]


class CodeForm(_SignInForm):
    """The six digits that were sent."""

    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
        error_messages={"required": _("Enter the code from the SMS.")},
    )

    def __init__(self, request: HttpRequest, *args: Any, token: Any = None, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.token = token

    def clean_code(self) -> str:
        """Take the digits however they are spaced."""
        code = re.sub(r"\s", "", unicodedata.normalize("NFKC", self.cleaned_data["code"]))
        if not re.fullmatch(r"\d{6}", code, flags=re.ASCII):
            raise ValidationError(_("The code has six digits."))
        return code

    def clean(self) -> dict[str, Any]:
        """Find out whose phone was sent this code."""
        typed = self.cleaned_data
        if "code" in typed:
            try:
                self.user = services.sign_in_with_code(
                    token=self.token,
                    code=typed["code"],
                    address=address_of(self.request),
                    at=timezone.now(),
                )
            except Refusal as refusal:
                self.refuse(refusal, "code")
        return typed

    def is_valid(self) -> bool:
        """Tell whether it is known who it is."""
        return super().is_valid() and self.user is not None


class DeskLogInForm(AdminAuthenticationForm):
    """Django's form for operators, whose tries are counted like everybody's."""

    refusal: Refusal | None = None

    def clean(self) -> dict[str, Any]:
        """Find out who it is, and whether they work here."""
        typed = self.cleaned_data
        login, password = typed.get("username", ""), typed.get("password", "")
        if login and password and self.request is not None:
            try:
                user = user_behind(self.request, login[:LONGEST_NAME], password[: LONGEST_PASSWORD + 1])
            except services.LogInFailed as refusal:
                raise self.get_invalid_login_error() from refusal
            except Refusal as refusal:
                self.refusal = refusal
                raise ValidationError(str(refusal), code=refusal.code) from refusal
            self.confirm_login_allowed(user)
            self.user_cache = user
        return typed


class PasswordForm(forms.Form):
    """A new password, typed twice, in place of the old one."""

    old = forms.CharField(
        label=_("Current password"),
        max_length=LONGEST_PASSWORD,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your current password.")},
    )
    new = forms.CharField(
        label=_("New password"),
        max_length=128,
        strip=False,
        help_text=_("At least 8 characters, not only digits, and nothing others would guess."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Enter a new password.")},
    )
    again = forms.CharField(
        label=_("New password again"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Enter the new password once more.")},
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        if not user.has_usable_password():
            del self.fields["old"]

    def clean(self) -> dict[str, Any]:
        """Compare the two, and weigh the new one."""
        typed = self.cleaned_data
        new = typed.get("new")
        if new and "again" in typed and typed["again"] != new:
            self.add_error("again", _("This is not the same as above."))
        if new:
            try:
                validate_password(new, self._described())
            except ValidationError as weak:
                self.add_error("new", weak)
        return typed

    def _described(self) -> User:
        """Return the user with what others would guess first as fields of their own."""
        member = getattr(self.user, "member", None)
        if member is not None:
            self.user.last_name = self.user.last_name or member.phone
        return self.user


class MailForm(forms.Form):
    """Where mail shall go from now on."""

    address = forms.EmailField(
        label=_("New mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Enter a mail address."),
            "invalid": _("This does not look like a mail address."),
        },
    )

    def __init__(self, present: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.present = present

    def clean_address(self) -> str:
        """Refuse what would change nothing."""
        address = str(self.cleaned_data["address"])
        if address == self.present:
            raise ValidationError(_("We write to this address already."))
        return address
