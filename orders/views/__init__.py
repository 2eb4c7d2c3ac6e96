"""The member's pages around redeeming and around the orders that come of it."""

from orders.views.cart import cart, put
from orders.views.changing import cancel, cancel_part, change_address
from orders.views.codes import codes
from orders.views.following import confirm, live, order_page
from orders.views.gifts import gift
from orders.views.listing import my_orders
from orders.views.placed import placed, placed_live
from orders.views.redeeming import redeem, redeem_cart

__all__ = [
    "cancel",
    "cancel_part",
    "cart",
    "change_address",
    "codes",
    "confirm",
    "gift",
    "live",
    "my_orders",
    "order_page",
    "placed",
    "placed_live",
    "put",
    "redeem",
    "redeem_cart",
]
