"""What members type about themselves, checked beside each field."""

from members.forms.addresses import AddressForm, values_of
from members.forms.signing_in import LogInForm
from members.forms.statement import KIND_LABELS, StatementForm

__all__ = ["KIND_LABELS", "AddressForm", "LogInForm", "StatementForm", "values_of"]
