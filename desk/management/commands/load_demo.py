from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk.demo import loading, logins


class Command(BaseCommand):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.help = _("Fill an empty database with the demo mall.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help=_("do nothing when there is a mall already")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if loading.is_empty():
            with transaction.atomic():
                loading.load_demo(at=timezone.now(), say=lambda what: self.stdout.write(f"demo: {what}"))
            call_command("load_roles", verbosity=0)
        elif not options["if_empty"]:
            raise CommandError(_("There is a mall in this database already; the demo wants an empty one."))
        if logins.is_demo():
            self.stdout.write("\n".join(logins.table()))
