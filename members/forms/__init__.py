"""What members type about themselves, checked beside each field."""

from members.forms.addresses import AddressForm, PasteForm, region_values, values_of
from members.forms.signing_in import CodeForm, DeskLogInForm, LogInForm, MailForm, NumberForm, PasswordForm
from members.forms.statement import KIND_LABELS, StatementForm

__all__ = [
    "KIND_LABELS",
    "AddressForm",
    "CodeForm",
    "DeskLogInForm",
    "LogInForm",
    "MailForm",
    "NumberForm",
    "PasswordForm",
    "PasteForm",
    "StatementForm",
    "region_values",
    "values_of",
]
