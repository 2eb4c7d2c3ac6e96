from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class MembersConfig(AppConfig):
    name = "members"
    verbose_name = _("Members")

    def ready(self) -> None:
        post_migrate.connect(make_system_accounts, sender=self)


def make_system_accounts(using: str, **_: Any) -> None:
    """Make sure that the mall's own points accounts exist, under their fixed ids."""
    from members.models import PointsAccount

    PointsAccount.objects.using(using).bulk_create(
        [
            PointsAccount(pk=PointsAccount.ISSUED, kind="issued"),
            PointsAccount(pk=PointsAccount.REDEEMED, kind="redeemed"),
            PointsAccount(pk=PointsAccount.EXPIRED, kind="expired"),
            PointsAccount(pk=PointsAccount.ADJUSTED, kind="adjusted"),
        ],
        ignore_conflicts=True,
    )
