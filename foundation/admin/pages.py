"""Admin pages: what people may look at, and dossiers with everything needed to decide on one object."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString

from foundation.admin.deeds import Deed, DeedForm, NotPossible, carry_out, cause_of
from foundation.admin.lists import BoundedPaginator, QueueFilter, matching
from foundation.admin.words import Panel, moment
from foundation.instants import OUR_TIMES
from foundation.refusals import Refusal

if TYPE_CHECKING:  # Django's admin classes are not subscriptable at run time
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin


_ENDINGS = ("exact", "id__exact", "in", "isnull", "isempty")
"""How the filters beside a list spell out what was chosen."""


class DeskAdmin(_ModelAdmin):
    """Rows that operators add and edit; nothing is ever deleted, and lists are counted with care."""

    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    find_by: ClassVar[tuple[str, ...]] = ()
    """Lookups that a search tries one after the other, each through an index of its own; the first that finds wins."""
    settled: ClassVar[frozenset[str]] = frozenset()
    """Queues of what is over: shown newest first, as is whatever somebody searches for."""

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Nothing is deleted."""
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Say why a row could not be saved, whoever noticed it."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except (Refusal, IntegrityError) as refusal:
            text = str(refusal if isinstance(refusal, Refusal) else NotPossible())
            self.message_user(request, text, messages.ERROR)
            return HttpResponseRedirect(request.path)

    def get_search_fields(self, request: HttpRequest) -> list[str] | tuple[str, ...]:
        """Show the search box where there is something to find by."""
        return self.find_by or super().get_search_fields(request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find by one thing at a time: an OR over several tables would read all of them."""
        term = search_term.strip()
        if not self.find_by or not term:
            return super().get_search_results(request, queryset, search_term)
        for lookup in self.find_by:
            found = matching(queryset, lookup, term)
            if found.exists():
                return found, False
        return queryset.none(), False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Filter by what the list offers and by nothing else: an address that asks for codes or phones beginning with
        this or that would tell, letter by letter, what every page masks."""
        for offered in self.get_list_filter(request):
            name = offered[0] if isinstance(offered, tuple | list) else offered
            name = getattr(name, "parameter_name", name)
            if lookup == name or lookup.removeprefix(f"{name}__") in _ENDINGS:
                return super().lookup_allowed(lookup, value, request)
        return False

    def get_ordering(self, request: HttpRequest) -> Any:
        """Show what waits in its own order, and the rest newest first."""
        is_over = request.GET.get("q") or request.GET.get(QueueFilter.parameter_name) in self.settled
        return ["-pk"] if self.settled and is_over else super().get_ordering(request)

    def _may(self, action: Any, request: HttpRequest) -> bool:
        return not hasattr(action, "deed") or action.deed.may(request.user)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer other rows to choose from, not to be edited in passing."""
        formfield = super().formfield_for_dbfield(db_field, request, **kwargs)
        if formfield is not None and isinstance(db_field, models.DateTimeField):
            formfield.validators.extend(OUR_TIMES)
        for verb in ("add", "change", "delete", "view"):
            if formfield is not None and hasattr(formfield.widget, f"can_{verb}_related"):
                setattr(formfield.widget, f"can_{verb}_related", False)
        return formfield

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Show moments the way every page does."""
        return [self._as_moment(column) for column in super().get_list_display(request)]

    def _as_moment(self, column: Any) -> Any:
        moments = {field.name: field for field in self.opts.fields if isinstance(field, models.DateTimeField)}
        if column not in moments:
            return column

        @admin.display(description=moments[column].verbose_name, ordering=column)
        def shown(row: models.Model) -> str:
            return moment(getattr(row, column))

        shown.__name__ = column
        return shown

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer the bulk deeds that this person may do."""
        actions = super().get_actions(request)
        return {
            name: action
            for name, action in actions.items()
            if action is not None and self._may(action[0], request)
        }


class ReadOnlyAdmin(DeskAdmin):
    """Rows that nobody edits here: they are written by services alone."""

    sortable_by = ()  # the order of the list is the one its index has

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nothing is added."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Nothing is changed."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whoever may view may look; a right to change is used through deeds alone."""
        return bool(request.user.has_perm(f"{self.opts.app_label}.view_{self.opts.model_name}"))


More = Callable[[HttpRequest, Any], Sequence[Panel]]


class DossierAdmin(ReadOnlyAdmin):
    """One object on one page: panels of facts, and beside them what can be done about it."""

    deeds: ClassVar[Sequence[Deed]] = ()
    more: ClassVar[list[More]]
    """Panels that floors above add to this page."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Give each page its own list of added panels."""
        super().__init_subclass__(**kwargs)
        cls.more = []

    def panels(self, request: HttpRequest, obj: Any) -> Sequence[Panel]:
        """Return what is shown of an object."""
        return ()

    def name(self, obj: Any) -> str:
        """Return what an object is called on its page."""
        return str(obj)

    def summary(self, obj: Any) -> str | SafeString:
        """Return one line about an object, for the page that confirms a bulk action."""
        return self.name(obj)

    def heading(self, request: HttpRequest, obj: Any) -> str | SafeString:
        """Return what stands beside the title: states and ages."""
        return ""

    def links(self, request: HttpRequest, obj: Any) -> list[tuple[str, str, bool]]:
        """Return (label, address, whether that comes next) of pages that belong to an object."""
        return []

    def after(self, request: HttpRequest, obj: Any, deed: Deed) -> str:
        """Return where an operator goes when a deed is done."""
        return self.address(obj)

    def address(self, obj: Any) -> str:
        """Return the address of an object's page."""
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])

    def get_urls(self) -> list[URLPattern]:
        """Add an address for each deed."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        deeds = [
            path(
                f"<path:object_id>/{deed.name}/",
                self.admin_site.admin_view(self._view_of(deed)),
                name=f"{name}_{deed.name}",
            )
            for deed in self.deeds
        ]
        return [*deeds, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the dossier."""
        obj = self.find(request, object_id)
        return self.missing(request, object_id) if obj is None else self.show(request, obj)

    def find(self, request: HttpRequest, object_id: str) -> Any:
        """Return an object that this person may look at; None when there is none.

        :raises PermissionDenied: they may not look at any
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_object(request, unquote(object_id))

    def missing(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say that there is no such object."""
        return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined, no-any-return]

    def show(
        self,
        request: HttpRequest,
        obj: Any,
        *,
        refused: tuple[Deed, DeedForm] | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """Show the dossier; a form that was refused comes back with the reason in it."""
        offered = []
        for deed in self.deeds:
            was_refused = refused is not None and deed is refused[0]
            if deed.may(request.user) and (was_refused or deed.possible(obj)):
                form = refused[1] if refused is not None and was_refused else deed.empty_for(obj)
                address = reverse(
                    f"admin:{self.opts.app_label}_{self.opts.model_name}_{deed.name}", args=[obj.pk]
                )
                offered.append({"deed": deed, "form": form, "address": address})
        context = {
            **self.admin_site.each_context(request),
            "title": self.name(obj),
            "opts": self.opts,
            "original": obj,
            "heading": self.heading(request, obj),
            "panels": [*self.panels(request, obj), *(p for more in self.more for p in more(request, obj))],
            "deeds": offered,
            "links": self.links(request, obj),
        }
        return TemplateResponse(request, "desk/dossier.html", context, status=status)

    def _view_of(self, deed: Deed) -> Callable[..., HttpResponse]:
        def view(request: HttpRequest, object_id: str) -> HttpResponse:
            deed.check(request)
            obj = self.find(request, object_id)
            if obj is None:
                return self.missing(request, object_id)
            if request.method != "POST":
                return HttpResponseRedirect(self.address(obj))
            return self._do(deed, request, obj)

        return view

    def _do(self, deed: Deed, request: HttpRequest, obj: Any) -> HttpResponse:
        form = deed.bound_to(obj, request)
        status = 400
        if form.is_valid():
            cause = cause_of(request)
            try:
                carry_out(lambda: deed.work(obj, form.cleaned_data, cause))
            except Refusal as refusal:
                form.add_error(None, str(refusal))
                status = refusal.status
            else:
                self.message_user(request, deed.done % {"object": self.name(obj)}, messages.SUCCESS)
                return HttpResponseRedirect(self.after(request, obj, deed))
        fresh = self.find(request, str(obj.pk))
        return self.show(request, fresh, refused=(deed, form), status=status)
