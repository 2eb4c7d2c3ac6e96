"""Who logs in at the desk, and with what integrators sign in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth import admin as auth_admin
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import Group, Permission
from django.db.models import Prefetch, Q, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from foundation.admin import Cause, Deed, DeskAdmin, DossierAdmin, Facts, Panel, QueueFilter, badge
from members import services
from members.admin.forms import ApiKeyForm
from members.models import ApiKey, User

if TYPE_CHECKING:
    _UserAdmin = auth_admin.UserAdmin[User]
else:
    _UserAdmin = auth_admin.UserAdmin


class PeopleQueue(QueueFilter):
    title = _("people")
    parameter_name = "people"
    queues: ClassVar[dict[str, tuple[str | Promise, Q]]] = {
        "operators": (_("operators"), Q(is_staff=True)),
        "members": (_("members"), Q(is_staff=False)),
    }


@admin.register(User)
class OperatorAdmin(DeskAdmin, _UserAdmin):
    """Operators and their roles; the people behind members are here too, but change elsewhere."""

    list_display = ["username", "last_name", "first_name", "roles", "is_active", "is_superuser", "last_login"]
    list_filter = [PeopleQueue, "groups", "is_active"]
    search_fields = ["=username", "last_name", "first_name"]
    ordering = ["username"]

    def get_queryset(self, request: HttpRequest) -> Any:
        """Read the roles along."""
        return super().get_queryset(request).prefetch_related("groups")

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002
        """Sign the user's programs out with the old password; Django does that for browsers."""
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            user_id = int(unquote(id))
            services.sign_out_everywhere(user_id, keep=request.session.session_key or "")
            if user_id == request.user.pk:
                update_session_auth_hash(request, User.objects.get(pk=user_id))
        return response

    @admin.display(description=_("roles"))
    def roles(self, user: User) -> str:
        return ", ".join(group.name for group in user.groups.all())


admin.site.unregister(Group)


@admin.register(Group)
class RoleAdmin(DeskAdmin, auth_admin.GroupAdmin):
    """Roles as `manage.py load_roles` makes them."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Read along what each permission is about, which its name says."""
        group = super().get_object(request, object_id, from_field)
        if group is not None:
            about = Permission.objects.select_related("content_type")
            prefetch_related_objects([group], Prefetch("permissions", about))
        return group


def _revoke(key: ApiKey, cleaned: dict[str, Any], cause: Cause) -> None:
    services.revoke_api_key(key.pk, at=cause.at)


REVOKE = Deed(
    name="revoke",
    label=_("Revoke"),
    permission="members.change_apikey",
    work=_revoke,
    done=_("The key %(object)s opens nothing any more."),
    possible=lambda key: key.revoked_at is None,
    tone="danger",
    hint=_("Whoever signs in with this key is turned away from now on. This cannot be undone."),
)


@admin.register(ApiKey)
class ApiKeyAdmin(DossierAdmin):
    list_display = ["name", "channel", "hint_shown", "scope_list", "created_at", "state"]
    ordering = ["revoked_at", "-pk"]
    form = ApiKeyForm
    deeds = [REVOKE]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever may add keys."""
        return bool(request.user.has_perm("members.add_apikey"))

    @admin.display(description=_("first characters"))
    def hint_shown(self, key: ApiKey) -> str:
        return f"{key.hint}…"

    @admin.display(description=_("scopes"))
    def scope_list(self, key: ApiKey) -> str:
        return ", ".join(key.scopes)

    @admin.display(description=_("state"))
    def state(self, key: ApiKey) -> SafeString:
        return badge(_("revoked"), "quiet") if key.revoked_at else badge(_("in force"), "good")

    def heading(self, request: HttpRequest, obj: ApiKey) -> SafeString:
        return self.state(obj)

    def panels(self, request: HttpRequest, obj: ApiKey) -> Sequence[Panel]:
        """Show what the key opens; the key itself is stored nowhere."""
        return [
            Facts(
                _("API key"),
                [
                    (_("name"), obj.name),
                    (_("channel"), obj.channel),
                    (_("first characters"), self.hint_shown(obj)),
                    (_("scopes"), self.scope_list(obj)),
                    (_("created at"), obj.created_at),
                    (_("revoked at"), obj.revoked_at),
                ],
            )
        ]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Make the key and keep its text for the one page that shows it."""
        values = form.cleaned_data
        made, obj.text = services.create_api_key(
            name=values["name"], channel=values["channel"], scopes=values["scopes"], at=timezone.now()
        )
        obj.pk, obj.hint, obj.created_at = made.pk, made.hint, made.created_at

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the key, once; no page of the admin is stored by browsers."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("The key of %(name)s") % {"name": obj.name},
            "opts": self.opts,
            "key": obj.text,
            "address": self.address(obj),
        }
        return TemplateResponse(request, "desk/api_key.html", context)
