from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members import services


class Command(BaseCommand):
    help = gettext_lazy(  # type: ignore[assignment]  # Django turns it into text when it prints it
        "Bring the official divisions (provinces, cities, counties) up to this release's edition."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(_("%(count)s regions") % {"count": services.load_regions()})
