"""What members choose and type around an order, checked beside each field."""

from orders.forms.following import AddressChoice, CancelForm, ListForm, PartForm
from orders.forms.redeeming import CartForm, RedeemForm, WishForm, line_text, lines_asked, new_key

__all__ = [
    "AddressChoice",
    "CancelForm",
    "CartForm",
    "ListForm",
    "PartForm",
    "RedeemForm",
    "WishForm",
    "line_text",
    "lines_asked",
    "new_key",
]
