from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from members import services


class Command(BaseCommand):
    help = gettext_lazy(
        "Bring the official divisions (provinces, cities, counties) up to this release's edition."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(_("%(count)s regions") % {"count": services.load_regions()})
