"""Saying what one thinks of a gift and of an order, and reading what others think."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from aftersales import queries, services
from aftersales.forms import ReviewForm, SurveyForm
from aftersales.models import GiftReview
from aftersales.services.reviews import MAX_PICTURES
from foundation.pictures import MAX_BYTES
from foundation.refusals import NotFound, Refusal
from foundation.sizes import MEGABYTE, takes_up_to
from inventory import queries as inventory
from members.models import Member
from members.views import actor, cursor, member_page
from orders import queries as orders
from orders.models.order import Status

PER_PAGE = 10
RECEIVED = (Status.SIGNED, Status.CLOSED)


@member_page
def feedback(request: HttpRequest, member: Member, number: str) -> HttpResponse:
    """Ask two questions about an order that was received, and offer its gifts for a review."""
    order = orders.order_in_full(member.pk, number)
    if order.status not in RECEIVED:
        return redirect("order", number=order.number)
    form, refused, status = SurveyForm(request.POST or None), "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.answer_survey(order.pk, **form.cleaned_data, at=timezone.now(), by=actor(member))
            except Refusal as refusal:
                refused, status = str(refusal), refusal.status
            else:
                messages.success(request, _("Thank you for your answers."))
                return redirect("order-feedback", number=order.number)
    context = {
        "order": order,
        "form": form,
        "refused": refused,
        "answered": queries.survey_of(order),
        "gifts": queries.to_review(order),
    }
    return render(request, "aftersales/feedback.html", context, status=status)


@takes_up_to(MAX_PICTURES * MAX_BYTES + MEGABYTE)
@member_page
def review(request: HttpRequest, member: Member, number: str, position: int) -> HttpResponse:
    """Take what a member says of one gift of an order; it can be changed until others read it."""
    order = orders.order_in_full(member.pk, number)
    pair = next((pair for pair in queries.to_review(order) if pair[0].position == position), None)
    if pair is None or order.status not in RECEIVED:
        raise NotFound
    line, said = pair
    if said is not None and not said.is_open and request.method != "POST":
        return redirect("order-feedback", number=order.number)
    form = ReviewForm(request.POST or None, request.FILES or None, review=said)
    refused, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                kept = services.review_gift(line.pk, form.opinion(), at=timezone.now(), by=actor(member))
            except Refusal as refusal:
                refused, status = str(refusal), refusal.status
            else:
                messages.success(request, _thanks(kept))
                return redirect("order-feedback", number=order.number)
    context = {"order": order, "line": line, "said": said, "form": form, "refused": refused}
    return render(request, "aftersales/review.html", context, status=status)


def _thanks(review: GiftReview) -> str:
    if review.state == GiftReview.State.SHOWN:
        return _("Thank you. Others can read your review now.")
    return _("Thank you. We look at it before others read it, usually within a day.")


@require_safe
@vary_on_headers("HX-Request")
def gift_reviews(request: HttpRequest, code: str) -> HttpResponse:
    """Show what others say of a gift: as a page, or as the part that the gift's page loads."""
    try:
        gift = inventory.gift_by_code(code)
    except NotFound as missing:
        raise Http404 from missing
    before = cursor(request)
    found = queries.reviews_of(gift.pk, before=before, size=PER_PAGE)
    context = {
        "gift": gift,
        "rating": queries.rating_of(gift.pk),
        "reviews": found[:PER_PAGE],
        "older": found[PER_PAGE - 1].pk if len(found) > PER_PAGE else None,
        "is_first": before is None,
    }
    part = bool(request.headers.get("HX-Request"))
    response = render(request, f"aftersales/{'parts/reviews' if part else 'reviews'}.html", context)
    response.headers["Cache-Control"] = "private, no-store"  # its frame counts the reader's messages and cart
    return response


@require_safe
def review_picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """Send a picture to whoever may see it: everybody once it is shown, its author and our operators before."""
    picture = queries.picture_named(name)
    if picture is None or not _may_see(request, picture.review):
        raise Http404
    try:
        file = default_storage.open(services.picture_path(name))
    except FileNotFoundError as lost:
        raise Http404 from lost
    is_public = picture.review.state == GiftReview.State.SHOWN
    # Nothing in it can run: we drew it ourselves, its type is fixed, and it opens in a box without rights.
    return FileResponse(
        file,
        content_type="image/jpeg",
        filename="review.jpg",
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "public, max-age=3600" if is_public else "private, no-store",
        },
    )


def _may_see(request: HttpRequest, review: GiftReview) -> bool:
    if review.state == GiftReview.State.SHOWN:
        return True
    user = request.user
    return user.is_authenticated and (
        review.member.user_id == user.pk or user.has_perm("aftersales.view_giftreview")
    )
