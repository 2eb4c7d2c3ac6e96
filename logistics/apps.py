from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LogisticsConfig(AppConfig):
    name = "logistics"
    verbose_name = _("Logistics")

    def ready(self) -> None:
        from logistics import subscribers  # noqa: F401
        from logistics.services.transit import days_to
        from orders.services import ask_for_transit

        ask_for_transit(days_to)
