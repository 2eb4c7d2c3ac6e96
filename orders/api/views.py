"""Orders over HTTP for programs: place, look, cancel, confirm. Refusals are problem documents (docs/api.md)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from foundation.json_bodies import Fields, moment_or_day
from foundation.problems import answer_refusal
from foundation.refusals import InvalidInput
from members.api.callers import Caller, caller_of
from orders import queries, services
from orders.api.placing import placement
from orders.api.shapes import CancelWrite, ConfirmWrite, OrderDetail, OrderPage, OrderWrite, Receipt
from orders.models import Order
from orders.models.order import TABS
from orders.rules.numbers import SHANGHAI

_LISTED_BY = frozenset({"status", "placed_from", "placed_to", "q", "cursor", "size"})
_PARAMETERS = [
    OpenApiParameter("status", str, description="A state, or a tab: " + ", ".join(TABS)),
    OpenApiParameter(
        "placed_from", OpenApiTypes.DATETIME, description="From this moment or Shanghai day on."
    ),
    OpenApiParameter("placed_to", OpenApiTypes.DATETIME, description="Before this moment or Shanghai day."),
    OpenApiParameter(
        "q", str, description="Part of an order number or gift name; integrators: a whole number."
    ),
    OpenApiParameter("cursor", str, description="`cursor` of the page before."),
    OpenApiParameter("size", int, description="Orders per page, at most 100; 20 when left out."),
]
_NUMBER = OpenApiParameter("number", str, OpenApiParameter.PATH, description="Order number.")


class OrdersView(APIView):
    """Orders of whoever asks."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Take a placement the short way: the framework's own round costs more than reading the request."""
        if request.method == "POST":
            return self.post(request)
        return super().dispatch(request, *args, **kwargs)

    @extend_schema(
        operation_id="placeOrder",
        summary="Place an order",
        request=OrderWrite,
        parameters=[
            OpenApiParameter(
                "Idempotency-Key",
                str,
                OpenApiParameter.HEADER,
                required=True,
                description="1 to 64 printable characters; the same key and body again get the stored answer.",
            ),
            OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[201]),
            OpenApiParameter("Idempotency-Replayed", str, OpenApiParameter.HEADER, response=[201]),
        ],
        responses={201: Receipt},
    )
    def post(self, request: HttpRequest) -> HttpResponse:
        """Redeem points for gifts: all or nothing, durable when it answers. Integrators need `orders:write`."""
        try:
            placed = services.place_order(placement(request, at=timezone.now()))
        except Exception as refused:
            answer = answer_refusal(refused)
            if answer is None:
                raise
            return answer
        body = json.dumps(placed.receipt(), ensure_ascii=False).encode()
        response = HttpResponse(body, status=201, content_type="application/json")
        response["Location"] = f"/api/v1/orders/{placed.number}"
        if placed.is_replay:
            response["Idempotency-Replayed"] = "true"
        return response

    @extend_schema(
        operation_id="listOrders", summary="List orders", parameters=_PARAMETERS, responses=OrderPage
    )
    def get(self, request: Request) -> Response:
        """Return orders, newest first: a member's own, an integrator's (scope `orders:read`) those of its channel."""
        caller = caller_of(request)
        asked: dict[str, Any] = dict(request.query_params.items())
        fields = Fields(asked, _LISTED_BY)
        for name in asked:
            fields.text_or_none(name, longest=200)
        wanted: dict[str, Any] = {
            "status": asked.get("status"),
            "placed_from": _moment(asked, "placed_from"),
            "placed_to": _moment(asked, "placed_to"),
            "after": asked.get("cursor"),
            "size": _size(asked),
        }
        q = asked.get("q", "").strip()
        if caller.token is not None:
            page = queries.order_page(caller.token.member_id, q=q, **wanted)
        else:
            caller.demand("orders:read")
            orders = queries.orders_through(caller.channel)
            page = queries.page(orders.filter(Q(number=q) | Q(external_ref=q)) if q else orders, **wanted)
        return Response(OrderPage(page).data)


class OrderView(APIView):
    """One order."""

    @extend_schema(
        operation_id="readOrder", summary="Read an order", parameters=[_NUMBER], responses=OrderDetail
    )
    def get(self, request: Request, number: str) -> Response:
        """Return an order with its lines, timeline and parcels."""
        return _detail(caller_of(request), number, "orders:read")


class CancelView(APIView):
    """Where an order is cancelled."""

    @extend_schema(
        operation_id="cancelOrder",
        summary="Cancel an order",
        parameters=[_NUMBER],
        request=CancelWrite,
        responses=OrderDetail,
    )
    def post(self, request: Request, number: str) -> Response:
        """Cancel before it ships: points go back to their lots, less the fee once it is being picked."""
        services.cancel_orders([_move(request, number, frozenset({"reason", "fee"}))])
        return _detail(caller_of(request), number, "orders:write")


class ConfirmView(APIView):
    """Where receipt is confirmed."""

    @extend_schema(
        operation_id="confirmReceipt",
        summary="Confirm receipt",
        parameters=[_NUMBER],
        request=ConfirmWrite,
        responses=OrderDetail,
    )
    def post(self, request: Request, number: str) -> Response:
        """Note that the gifts are in the member's hands."""
        services.confirm_receipt([_move(request, number, frozenset({"reason"}))])
        return _detail(caller_of(request), number, "orders:write")


def _moment(asked: dict[str, Any], name: str) -> datetime | None:
    return moment_or_day(asked[name], name, zone=SHANGHAI) if asked.get(name) else None


def _size(asked: dict[str, Any]) -> int:
    text = asked.get("size", "20")
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise InvalidInput(field="size")
    return min(int(text), queries.MAX_PAGE)


def _visible(caller: Caller, scope: str) -> QuerySet[Order]:
    """Return the orders a caller may see or move."""
    if caller.token is not None:
        return queries.orders_of(caller.token.member_id)
    caller.demand(scope)
    return queries.orders_through(caller.channel)


def _move(request: Request, number: str, known: frozenset[str]) -> services.Move:
    caller = caller_of(request)
    fields = Fields(request.data, known)
    reason = fields.text_or_none("reason", longest=300) or ""
    fee = fields.integer_or_none("fee", low=0)
    order_id = queries.order_id_of(_visible(caller, "orders:write"), number)
    return services.Move(order_id, timezone.now(), caller.by, reason, {} if fee is None else {"fee": fee})


def _detail(caller: Caller, number: str, scope: str) -> Response:
    order = queries.in_full(_visible(caller, scope), number)
    return Response(OrderDetail(order, context={"is_masked": caller.token is None}).data)
