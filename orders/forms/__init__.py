"""What members choose and type around an order, checked beside each field."""

from orders.forms.following import CancelForm, ListForm
from orders.forms.redeeming import CartForm, RedeemForm, WishForm, line_text, lines_asked, new_key

__all__ = [
    "CancelForm",
    "CartForm",
    "ListForm",
    "RedeemForm",
    "WishForm",
    "line_text",
    "lines_asked",
    "new_key",
]
