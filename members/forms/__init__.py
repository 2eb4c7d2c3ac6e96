"""What members type about themselves, checked beside each field."""

from members.forms.addresses import AddressForm, values_of
from members.forms.signing_in import LogInForm

__all__ = ["AddressForm", "LogInForm", "values_of"]
