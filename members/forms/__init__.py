"""What members type about themselves, checked beside each field."""

from members.forms.addresses import AddressForm, PasteForm, region_values, values_of
from members.forms.signing_in import LogInForm
from members.forms.statement import KIND_LABELS, StatementForm

__all__ = ["KIND_LABELS", "AddressForm", "LogInForm", "PasteForm", "StatementForm", "region_values", "values_of"]
