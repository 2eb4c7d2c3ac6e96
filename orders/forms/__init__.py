"""What members choose and type around an order, checked beside each field."""

from orders.forms.following import CancelForm, ListForm
from orders.forms.redeeming import RedeemForm, WishForm, new_key

__all__ = ["CancelForm", "ListForm", "RedeemForm", "WishForm", "new_key"]
