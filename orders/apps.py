from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    name = "orders"
    verbose_name = _("Orders")

    def ready(self) -> None:
        from members.services.shown import show_with_user
        from orders import (
            queries,
            subscribers,  # noqa: F401
        )

        show_with_user("in_cart", queries.IN_CART)
