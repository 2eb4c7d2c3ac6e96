"""The member's pages around redeeming and around the orders that come of it."""

from orders.views.following import cancel, confirm, live, my_orders, order_page
from orders.views.redeeming import gift, redeem

__all__ = ["cancel", "confirm", "gift", "live", "my_orders", "order_page", "redeem"]
