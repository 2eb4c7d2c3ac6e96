"""The member's own pages: log in and out, points, inbox, profile and addresses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlencode

from django.contrib import auth, messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from foundation.refusals import NotFound, Refusal
from members import queries, services, wording
from members.forms import AddressForm, LogInForm, values_of
from members.models import Address, Member

P = ParamSpec("P")
EXPIRES_SOON = timedelta(days=60)
PAGE = 20


def member_page(
    view: Callable[Concatenate[HttpRequest, Member, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Give a view the member who asks; send others to the log-in and back. Such a page is stored nowhere.

    What is not the member's is answered by the same page as what does not exist (law 10).
    """

    @wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            if request.headers.get("HX-Request"):  # a part of a page cannot log in: load the page again
                return HttpResponse(headers={"HX-Refresh": "true"})
            return redirect_to_login(request.get_full_path(), reverse("log-in"))
        member = getattr(request.user, "member", None)
        if member is None:
            raise PermissionDenied
        try:
            response = view(request, member, *args, **kwargs)
        except NotFound as missing:
            raise Http404 from missing
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return page


def actor(member: Member) -> str:
    """Name a member as the author of a change."""
    return f"member:{member.number}"


def safe_next(request: HttpRequest, values: QueryDict, fallback: str) -> str:
    """Return where to go on to: an address of this house that was asked for, or the fallback."""
    wanted = values.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours and wanted.startswith("/") and "\\" not in wanted else fallback


@sensitive_post_parameters("password")
def log_in(request: HttpRequest) -> HttpResponse:
    """Let somebody in and go on to where they wanted to be."""
    fallback = reverse("home")
    after = safe_next(request, request.POST if request.method == "POST" else request.GET, fallback)
    if request.user.is_authenticated:
        return redirect(after)
    form = LogInForm(request, request.POST or None)
    if request.method == "POST" and form.is_valid():
        auth.login(request, form.user)
        is_member = getattr(form.user, "member", None) is not None
        return redirect(after if is_member or after != fallback else "admin:index")
    status = 401 if form.is_bound else 200
    response = render(request, "members/log_in.html", {"form": form, "next": after}, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    auth.logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("home")


@require_safe
@member_page
def points(request: HttpRequest, member: Member) -> HttpResponse:
    """Show what a member has, what is held, what expires soon, and each transaction."""
    account = queries.points_of(member.pk)
    expiring = queries.points_by_expiry(account)
    soon_until = timezone.localdate(timezone.now()) + EXPIRES_SOON
    context = {
        "account": account,
        "expiring": expiring,
        "soon": sum(points for day, points in expiring.items() if day < soon_until),
        "soon_until": soon_until,
        "statement": queries.statement_of(account.pk, before=_cursor(request)),
    }
    return render(request, "members/points.html", context)


@require_safe
@member_page
def inbox(request: HttpRequest, member: Member) -> HttpResponse:
    """Show what a member was told, and note that it has been seen."""
    found = queries.inbox_of(member.pk, before=_cursor(request), size=PAGE)
    shown = [
        {"message": message, "title": title, "body": body, "order": message.context.get("number", "")}
        for message in found[:PAGE]
        for title, body in [wording.of(message)]
    ]
    before = found[PAGE - 1].pk if len(found) > PAGE else None
    response = render(request, "members/inbox.html", {"shown": shown, "before": before})
    services.mark_read(member.pk, at=timezone.now())
    return response


@require_safe
@member_page
def profile(request: HttpRequest, member: Member) -> HttpResponse:
    """Show who the member is to us, and the addresses."""
    return render(
        request, "members/profile.html", {"member": member, "addresses": queries.addresses_of(member.pk)}
    )


@member_page
def add_address(request: HttpRequest, member: Member) -> HttpResponse:
    """Take a new address, and go back to where it is needed."""
    return _address_page(request, member, None)


@member_page
def change_address(request: HttpRequest, member: Member, address_id: int) -> HttpResponse:
    """Put a new address in the place of an old one; orders keep what they were given."""
    return _address_page(request, member, _address(member, address_id))


def _address_page(request: HttpRequest, member: Member, old: Address | None) -> HttpResponse:
    is_post = request.method == "POST"
    after = safe_next(request, request.POST if is_post else request.GET, reverse("profile"))
    status = 200
    if (
        is_post and "choose" in request.POST
    ):  # a region was chosen: offer what lies within it, complain of nothing
        form = AddressForm(initial=request.POST.dict())
    elif is_post:
        form = AddressForm(request.POST)
        if form.is_valid() and (saved := _save_address(form, member, old)):
            messages.success(request, _("The address is saved."))
            return redirect(_with_address(after, saved.pk))
        status = 422
    else:
        form = AddressForm(
            initial=values_of(old) if old else {"recipient": member.name, "phone": member.phone}
        )
    return render(request, "members/address.html", {"form": form, "old": old, "next": after}, status=status)


def _save_address(form: AddressForm, member: Member, old: Address | None) -> Address | None:
    typed = form.cleaned_data
    try:
        return services.add_address(
            member.pk,
            recipient=typed["recipient"],
            phone=typed["phone"],
            region_code=form.region_code,
            detail=typed["detail"],
            is_default=typed["is_default"],
            at=timezone.now(),
            replaces=old.pk if old else None,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return None


def _with_address(after: str, address_id: int) -> str:
    path, _sep, query = after.partition("?")
    values = QueryDict(query, mutable=True)
    if path == reverse("profile"):
        return after
    values["address"] = str(address_id)
    return f"{path}?{values.urlencode()}"


@member_page
def remove_address(request: HttpRequest, member: Member, address_id: int) -> HttpResponse:
    """Ask whether an address shall go; when it shall, take it out of the list."""
    address = _address(member, address_id)
    if request.method == "POST":
        services.retire_address(member.pk, address_id, at=timezone.now())
        messages.success(request, _("The address is removed. Orders on their way keep it."))
        return redirect("profile")
    return render(request, "members/remove_address.html", {"address": address})


@require_POST
@member_page
def make_default(request: HttpRequest, member: Member, address_id: int) -> HttpResponse:
    """Offer an address first from now on."""
    services.change_default_address(member.pk, address_id)
    messages.success(request, _("This address is offered first from now on."))
    return redirect("profile")


def _address(member: Member, address_id: int) -> Address:
    address = Address.objects.filter(pk=address_id, member=member, retired_at=None)
    found = address.select_related("region__parent__parent").first()
    if found is None:
        raise NotFound
    return found


def _cursor(request: HttpRequest) -> int | None:
    """Read where the last page ended; what is no such place starts from the top."""
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def address_to_add(**query: str) -> str:
    """Return the page that takes a new address and then goes on to another page."""
    return f"{reverse('address-new')}?{urlencode(query)}"
