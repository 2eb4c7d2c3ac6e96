"""What stands on the shelves, and what of it is free."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import (
    BigIntegerField,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce

from foundation.refusals import NotFound
from inventory.models import Category, Gift, Sku, Stock, bigrams

SORTS = {
    "recommended": ("position", "pk"),
    "points_up": ("points_from", "position", "pk"),
    "points_down": ("-points_from", "position", "pk"),
    "newest": ("-pk",),
}
"""What a shelf can be sorted by."""


def on_shelf(at: datetime) -> Q:
    """Match gifts that members may redeem at this moment (the same as `Gift.is_on_shelf`)."""
    begun = Q(on_shelf_from=None) | Q(on_shelf_from__lte=at)
    ending = Q(on_shelf_until=None) | Q(on_shelf_until__gt=at)
    return Q(is_listed=True) & begun & ending


def shelf(
    *,
    at: datetime,
    text: str = "",
    category: str = "",
    points_at_most: int | None = None,
    sort: str = "recommended",
) -> QuerySet[Gift]:
    """Return the gifts on the shelf with `points_from`, `points_to` and `free` units over all their variants.

    :param text: words of which each must occur in the name, the summary or the category, in either language
    :param category: code of a category
    :param points_at_most: leave out what costs more, and what is not there to be had
    """
    gifts = Gift.objects.filter(on_shelf(at)).select_related("category")
    for word in text.split():
        gifts = gifts.alias(pairs=bigrams()).filter(_mentions(word))
    if category:
        gifts = gifts.filter(category__code=category)
    in_stock = Stock.objects.filter(sku__gift=OuterRef("pk"), sku__is_active=True)
    gifts = gifts.annotate(
        points_from=Min("skus__points_price", filter=Q(skus__is_active=True)),
        points_to=Max("skus__points_price", filter=Q(skus__is_active=True)),
        free=Coalesce(Subquery(_free(in_stock, "sku__gift")), 0),
    ).filter(points_from__isnull=False)
    if points_at_most is not None:
        gifts = gifts.filter(points_from__lte=points_at_most, free__gt=0)
    return gifts.order_by(*SORTS.get(sort, SORTS["recommended"]))


def _mentions(word: str) -> Q:
    """Match gifts by a word in their own words or their category's; an index finds the pairs of characters in it."""
    match = Q()
    for place in ("name", "name_en", "summary", "summary_en"):
        match |= Q(**{f"{place}__icontains": word})
    lower = word.lower()
    if pairs := sorted({lower[i : i + 2] for i in range(len(lower) - 1)}):
        match &= Q(pairs__contains=pairs)
    named = Category.objects.filter(Q(name__icontains=word) | Q(name_en__icontains=word))
    return match | Q(category__in=list(named.values_list("pk", flat=True)))


def categories(at: datetime) -> QuerySet[Category]:
    """Return the categories that have something on the shelf."""
    return Category.objects.filter(Exists(Gift.objects.filter(on_shelf(at), category=OuterRef("pk"))))


def gift_by_code(code: str) -> Gift:
    """Return a gift, on the shelf or not: what somebody redeemed stays there to be looked at.

    :raises NotFound: there is none, or it was never listed
    """
    gift = Gift.objects.select_related("category").filter(code=code).first()
    if gift is None:
        raise NotFound
    return gift


def variants_of(gift: Gift) -> list[Sku]:
    """Return the variants of a gift that can be chosen, each with its `free` units."""
    return list(gift.skus.filter(is_active=True).annotate(free=free_units()))


def skus_by_code(codes: Iterable[str]) -> dict[str, Sku]:
    """Return SKUs with their gift and `free` units, by their code; those that do not exist are left out."""
    skus = Sku.objects.filter(code__in=list(codes)).select_related("gift__category")
    return {sku.code: sku for sku in skus.annotate(free=free_units())}


def free_units() -> Coalesce:
    """Return the units that nobody reserved, as an expression over SKUs."""
    return Coalesce(Subquery(_free(Stock.objects.filter(sku=OuterRef("pk")), "sku")), 0)


def with_variants(gifts: list[Gift]) -> list[Gift]:
    """Give each gift its `variants`, as `variants_of` returns them, in one statement for all."""
    skus = Sku.objects.filter(is_active=True).annotate(free=free_units())
    prefetch_related_objects(gifts, Prefetch("skus", skus, to_attr="variants"))
    return gifts


def _free(stocks: QuerySet[Stock], grouped_by: str) -> QuerySet[Stock, dict[str, int]]:
    """Sum the units that nobody reserved."""
    total = Sum(F("on_hand") - F("reserved"), output_field=BigIntegerField())
    sums: QuerySet[Stock, dict[str, int]] = (
        stocks.order_by().values(grouped_by).annotate(total=total).values("total")
    )
    return sums
