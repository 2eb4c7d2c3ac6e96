"""What an operator can do about an object: a button or a small form that makes one service call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.admin import helpers
from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError, models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.refusals import Refusal
from foundation.retrying import with_retries

MOST_AT_ONCE = 200
Answer = TypeVar("Answer")


class NotPossible(Refusal):
    """The database said no where no service did: a reference used twice, a value out of its bounds."""

    code = "not_possible"
    message = _("This contradicts what is there already, or was done before. Nothing has been changed.")


class Cause(NamedTuple):
    """When and by whom something is done."""

    at: datetime
    by: str


def cause_of(request: HttpRequest) -> Cause:
    """Return the operator of a request and this moment."""
    return Cause(timezone.now(), f"operator:{request.user.get_username()}")


def carry_out(work: Callable[[], Answer]) -> Answer:
    """Make a service call; whatever the database declines is a refusal, too.

    :raises Refusal: nothing has been changed
    """
    try:
        return with_retries(work)
    except (IntegrityError, DataError) as contradiction:
        raise NotPossible from contradiction


class DeedForm(forms.Form):
    """The fields of a deed; without any it is a button."""

    def __init__(self, *args: Any, obj: Any = None, **kwargs: Any) -> None:
        """Take the object, for fields that depend on it."""
        self.obj = obj
        super().__init__(*args, **kwargs)


@dataclass(frozen=True)
class Deed:
    """Something that can be done to an object of one model.

    `work` gets the object, the form's cleaned values and the cause, and makes one service call. `done` is what
    the operator reads then; it may name the object as ``%(object)s``.
    """

    name: str
    label: str | Promise
    permission: str
    work: Callable[[Any, dict[str, Any], Cause], object]
    done: str | Promise
    possible: Callable[[Any], bool] = lambda _obj: True
    form: type[DeedForm] = DeedForm
    tone: str = "primary"
    hint: str | Promise = ""
    subject: Callable[[Any], object] = lambda obj: obj.pk
    """What is done once although several of its rows were chosen: the order of two parcels."""

    def may(self, user: Any) -> bool:
        """Tell whether somebody may do this at all."""
        return bool(user.has_perm(self.permission))

    def check(self, request: HttpRequest) -> None:
        """Stop somebody who may not.

        :raises PermissionDenied: they lack the permission
        """
        if not self.may(request.user):
            raise PermissionDenied

    def bound_to(self, obj: models.Model, request: HttpRequest) -> DeedForm:
        """Return the form with what was sent."""
        return self.form(request.POST, obj=obj, prefix=self.name)

    def empty_for(self, obj: models.Model) -> DeedForm:
        """Return the form to be filled in."""
        return self.form(obj=obj, prefix=self.name)


Action = Callable[[Any, HttpRequest, QuerySet[Any]], HttpResponse | None]


def in_bulk(deed: Deed) -> Action:
    """Return an admin action that does a deed to each chosen object after a page to confirm it."""

    def action(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        deed.check(request)
        chosen = list(queryset[: MOST_AT_ONCE + 1])
        if len(chosen) > MOST_AT_ONCE:
            text = _("At most %(most)s at a time. Choose fewer.") % {"most": MOST_AT_ONCE}
            model_admin.message_user(request, text, messages.ERROR)
            return None
        is_confirmed = "confirmed" in request.POST
        form = deed.form(request.POST if is_confirmed else None, prefix=deed.name)
        if is_confirmed and form.is_valid():
            _do_to_each(deed, chosen, form.cleaned_data, model_admin, request)
            return None
        context = {
            **model_admin.admin_site.each_context(request),
            "title": deed.label,
            "opts": model_admin.opts,
            "deed": deed,
            "form": form,
            "chosen": [model_admin.summary(obj) for obj in chosen],
            "ids": [obj.pk for obj in chosen],
            "checkbox": helpers.ACTION_CHECKBOX_NAME,
            "action_name": action.__name__,
        }
        return TemplateResponse(request, "desk/confirm.html", context)

    action.__name__ = deed.name
    action.short_description = deed.label  # type: ignore[attr-defined]
    action.deed = deed  # type: ignore[attr-defined]
    return action


def _do_to_each(
    deed: Deed, chosen: list[Any], cleaned: dict[str, Any], model_admin: Any, request: HttpRequest
) -> None:
    """Do it one by one, so that one that cannot be done holds up no other, and say what became of each."""
    cause, done = cause_of(request), 0
    for obj in {deed.subject(obj): obj for obj in chosen}.values():
        try:
            carry_out(lambda obj=obj: deed.work(obj, cleaned, cause))  # type: ignore[misc]
            done += 1
        except Refusal as refusal:
            model_admin.message_user(request, f"{model_admin.name(obj)}: {refusal}", messages.ERROR)
    if done:
        text = _("%(deed)s: %(done)s done.") % {"deed": deed.label, "done": done}
        model_admin.message_user(request, text, messages.SUCCESS)
