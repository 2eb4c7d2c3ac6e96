"""Make the roles of the operators' desk."""

from typing import Any

from django.core.management.base import BaseCommand

from desk import services


class Command(BaseCommand):
    help = "Make the roles of the operators' desk, or bring them back to what the code says."

    def handle(self, *args: Any, **options: Any) -> None:
        """Call the service and say how many there are."""
        count = services.load_roles()
        if options["verbosity"]:
            self.stdout.write(f"{count} roles")
