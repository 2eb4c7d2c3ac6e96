"""The catalogue over HTTP for programs: what can be redeemed, for how many points, and whether it is there."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import Q
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from foundation.instants import Instant
from foundation.json_bodies import Fields
from foundation.refusals import InvalidInput, NotFound
from inventory import queries
from inventory.models import Gift, Sku

FEW = 10
"""From so many free units down the stock of a SKU is said to be low."""
STOCK = (("in_stock", "in stock"), ("low", "few left"), ("out", "out of stock"))
MAX_PAGE = 100
_CURSOR = re.compile(r"[0-9]{1,9}\.[0-9]{1,18}")
_LISTED_BY = frozenset({"q", "category", "cursor", "size"})


class SkuRead(serializers.Serializer[Any]):
    code = serializers.CharField()
    specification = serializers.CharField(source="specification_label")
    points_price = serializers.IntegerField()
    cash_price = serializers.IntegerField(help_text="In fen.")
    stock = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=STOCK))
    def get_stock(self, sku: Sku) -> str:
        """Return how much is free, in a word: the figures are the mall's own business."""
        free = getattr(sku, "free", 0)
        return "out" if free <= 0 else "low" if free <= FEW else "in_stock"


class GiftRead(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField(source="label")
    category = serializers.CharField(source="category.code")
    kind = serializers.ChoiceField(choices=Gift.Kind.choices)
    summary = serializers.CharField(source="summary_label")
    picture = serializers.CharField()
    skus = SkuRead(many=True, source="variants")


class GiftDetail(GiftRead):
    description = serializers.CharField(source="description_label")
    return_days = serializers.IntegerField()
    on_shelf_until = Instant(allow_null=True)


class GiftPage(serializers.Serializer[Any]):
    gifts = GiftRead(many=True)
    cursor = serializers.CharField(help_text="Asks for the next page; empty on the last one.")


class GiftsView(APIView):
    """The shelf."""

    @extend_schema(
        operation_id="listGifts",
        summary="List gifts",
        parameters=[
            OpenApiParameter("q", str, description="Words that the name, summary or category must hold."),
            OpenApiParameter("category", str, description="Code of a category."),
            OpenApiParameter("cursor", str, description="`cursor` of the page before."),
            OpenApiParameter("size", int, description="Gifts per page, at most 100; 20 when left out."),
        ],
        responses=GiftPage,
    )
    def get(self, request: Request) -> Response:
        """Return gifts that can be redeemed now, with their SKUs; a full page costs three statements."""
        asked: dict[str, Any] = dict(request.query_params.items())
        fields = Fields(asked, _LISTED_BY)
        texts = {name: fields.text_or_none(name, longest=100) or "" for name in _LISTED_BY}
        size = _size(texts["size"])
        found = queries.shelf(at=timezone.now(), text=texts["q"], category=texts["category"])
        gifts = list(found.filter(_behind(texts["cursor"]))[: size + 1])
        page = queries.with_variants(gifts[:size])
        cursor = f"{page[-1].position}.{page[-1].pk}" if len(gifts) > size else ""
        return Response({"gifts": GiftRead(page, many=True).data, "cursor": cursor})


def _size(text: str) -> int:
    if not ((text or "20").isascii() and (text or "20").isdigit() and int(text or 20) > 0):
        raise InvalidInput(field="size")
    return min(int(text or 20), MAX_PAGE)


def _behind(cursor: str) -> Q:
    """Match what comes after the gift that a page ended with."""
    if not cursor:
        return Q()
    if not _CURSOR.fullmatch(cursor):
        raise InvalidInput(field="cursor")
    position, gift_id = map(int, cursor.split("."))
    return Q(position__gt=position) | Q(position=position, pk__gt=gift_id)


class GiftView(APIView):
    """One gift."""

    @extend_schema(
        operation_id="readGift",
        summary="Read a gift",
        parameters=[OpenApiParameter("code", str, OpenApiParameter.PATH, description="Code of the gift.")],
        responses=GiftDetail,
    )
    def get(self, _request: Request, code: str) -> Response:
        """Return a gift that is on the shelf, with its SKUs."""
        gift = queries.gift_by_code(code)
        if not gift.is_on_shelf(timezone.now()):
            raise NotFound
        return Response(GiftDetail(queries.with_variants([gift])[0]).data)
