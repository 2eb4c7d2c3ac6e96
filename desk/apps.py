from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "desk"
    verbose_name = _("Desk")
    default = True


class DeskAdminConfig(admin_apps.AdminConfig):
    """Django's admin, with the operators' desk as its site."""

    default_site = "desk.site.OperatorsDesk"
    default = False
