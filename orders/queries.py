"""Reads of orders that more than one caller needs; how many statements each costs is pinned by a test."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import F, Prefetch, Q, QuerySet, Sum

from foundation.laws import listed
from foundation.refusals import InvalidInput, NotFound
from foundation.sql import Statement, columns, keep_related, loaded, loaded_if_any
from inventory.models import Gift, Sku
from inventory.queries import free_units
from orders.models import CartLine, Order, OrderEvent, OrderLine, Remark
from orders.models.order import ENDED_EARLY, IN_AFTER_SALE, SENT, TABS, Status

MAX_PAGE = 100
AFTER_SALE = "after_sale"
"""One more tab, across the states: orders with a case open, or with points given back after they were sent."""

COUNTED_TO = 100
"""Nobody reads further than "99+", and a member of ten thousand orders waits for no count."""

_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Page:
    """Some orders, newest first, with their lines; `after` asks for those that follow and is empty at the end."""

    orders: list[Order]
    after: str


def orders_of(member_id: int) -> QuerySet[Order]:
    """Return a member's orders."""
    return Order.objects.filter(member_id=member_id)


def orders_through(channel: str) -> QuerySet[Order]:
    """Return the orders that came through an integrator's channel."""
    return Order.objects.filter(channel=channel)


def order_page(
    member_id: int,
    *,
    status: str | None = None,
    q: str = "",
    placed_from: datetime | None = None,
    placed_to: datetime | None = None,
    after: str | None = None,
    size: int = 20,
) -> Page:
    """Return one page of a member's orders.

    :param status: a state or the name of a tab
    :param q: part of an order number or of a gift's name in either language
    :param placed_from, placed_to: from the first moment on, before the second
    :param after: `Page.after` of the page before
    :raises InvalidInput: no such status, a cursor that is not ours, a NUL in `q`
    """
    if "\0" in q:
        raise InvalidInput(field="q")
    size = max(1, min(size, MAX_PAGE))
    if not q and (status in TABS or not status):
        end = min(_read_cursor(after) if after else (_LAST, 0), (placed_to or _LAST, 0))
        wanted = [member_id, end[1], size + 1], [placed_from or _FIRST, end[0]]
        rows = _OF_TAB.rows(*wanted, [status]) if status else _OF_MEMBER.rows(*wanted)
        found = _loaded_with_lines(rows)
        return Page(found[:size], _cursor(found[size - 1]) if len(found) > size else "")
    orders = orders_of(member_id)
    if q:
        orders = orders.filter(_named(member_id, q))
    return page(orders, status=status, placed_from=placed_from, placed_to=placed_to, after=after, size=size)


_NEWEST = f"""
    SELECT {columns(Order, "o")}, {columns(OrderLine, "l")}
    FROM (
        SELECT * FROM orders_order o
        WHERE o.member_id = ($1)[1] {{more}} AND o.placed_at >= ($2)[1] AND (o.placed_at, o.id) < (($2)[2], ($1)[2])
        ORDER BY o.placed_at DESC, o.id DESC LIMIT ($1)[3]
    ) o
    LEFT JOIN orders_orderline l ON l.order_id = o.id
    ORDER BY o.placed_at DESC, o.id DESC, l.position
"""  # noqa: S608  (names of our own)
_OF_MEMBER = Statement("orders_of_member", "bigint[], timestamptz[]", _NEWEST.format(more=""))
_OF_TAB = Statement(
    "orders_of_tab", "bigint[], timestamptz[], text[]", _NEWEST.format(more="AND o.tab = ($3)[1]")
)
_MEMBERS_OWN = "o.number = ($2)[1] AND o.member_id = ($1)[1]"
_ALONE = Statement(
    "orders_alone",
    "bigint[], text[]",
    f"SELECT {columns(Order, 'o')} FROM orders_order o WHERE {_MEMBERS_OWN}",  # noqa: S608
)
_ONE = Statement(
    "orders_one",
    "bigint[], text[]",
    f"""
    SELECT {columns(Order, "o")}, {columns(OrderLine, "l")}
    FROM orders_order o LEFT JOIN orders_orderline l ON l.order_id = o.id
    WHERE {_MEMBERS_OWN} ORDER BY l.position
    """,  # noqa: S608
)
_LINES = Statement(
    "orders_lines",
    "bigint[]",
    f"""
    SELECT {columns(OrderLine, "l")} FROM orders_orderline l WHERE l.order_id = ANY ($1)
    ORDER BY l.order_id, l.position
    """,  # noqa: S608
)
_EVENTS = Statement(
    "orders_events",
    "bigint[]",
    f"""
    SELECT {columns(OrderEvent, "e")}, {columns(Remark, "r")}
    FROM orders_orderevent e LEFT JOIN orders_remark r ON r.event_id = e.id
    WHERE e.order_id = ($1)[1] ORDER BY e.seq
    """,  # noqa: S608
)


def _loaded_with_lines(rows: list[tuple[Any, ...]]) -> list[Order]:
    """Take orders from rows that hold an order and one of its lines each, all of one order together."""
    width = len(Order._meta.concrete_fields)
    found = []
    for _pk, group in groupby(rows, key=itemgetter(0)):
        rows_of_it = list(group)
        order = loaded(Order, iter(rows_of_it[0]))
        lines = [loaded_if_any(OrderLine, iter(row[width:])) for row in rows_of_it]
        _give_lines(order, [line for line in lines if line is not None])
        found.append(order)
    return found


def _give_lines(order: Order, lines: list[OrderLine]) -> None:
    for line in lines:
        line.order = order
    keep_related(order, "lines", lines, OrderLine)


def _with_lines(orders: list[Order]) -> list[Order]:
    """Give orders their lines, in one statement for all."""
    lines: dict[int, list[OrderLine]] = {order.pk: [] for order in orders}
    for row in _LINES.rows(list(lines)) if lines else ():
        line = loaded(OrderLine, iter(row))
        lines[line.order_id].append(line)
    for order in orders:
        _give_lines(order, lines[order.pk])
    return orders


def _with_events(order: Order) -> Order:
    """Give an order its events, each with what was said about it."""
    events = []
    for row in _EVENTS.rows([order.pk]):
        values = iter(row)
        event, remark = loaded(OrderEvent, values), loaded_if_any(Remark, values)
        OrderEvent._meta.get_field("remark").set_cached_value(event, remark)
        event.order = order
        events.append(event)
    keep_related(order, "events", events, OrderEvent)
    return order


def page(
    orders: QuerySet[Order],
    *,
    status: str | None = None,
    placed_from: datetime | None = None,
    placed_to: datetime | None = None,
    after: str | None = None,
    size: int = 20,
) -> Page:
    """Return one page of some orders, found by where the last one ended and not by counting.

    :raises InvalidInput: no such status, or a cursor that is not ours
    """
    if status == AFTER_SALE:
        orders = orders.filter(IN_AFTER_SALE)
    elif status in TABS:
        orders = orders.filter(tab=status)
    elif status:
        orders = orders.filter(status__in=_statuses(status))
    if placed_from:
        orders = orders.filter(placed_at__gte=placed_from)
    if placed_to:
        orders = orders.filter(placed_at__lt=placed_to)
    if after:
        at, order_id = _read_cursor(after)
        orders = orders.filter(placed_at__lte=at).exclude(placed_at=at, pk__gte=order_id)
    size = max(1, min(size, MAX_PAGE))
    found = _with_lines(list(orders.order_by("-placed_at", "-pk")[: size + 1]))
    return Page(found[:size], _cursor(found[size - 1]) if len(found) > size else "")


def order_in_full(member_id: int, number: str) -> Order:
    """Return a member's order with its lines and events.

    :raises NotFound: there is none, or it is somebody else's
    """
    for order in _loaded_with_lines(_ONE.rows([member_id], [_digits(number)])):
        return _with_events(order)
    raise NotFound


def in_full(orders: QuerySet[Order], number: str) -> Order:
    """Return one of some orders with its lines and events.

    :raises NotFound: it is not among them
    """
    order = orders.filter(number=_digits(number)).first()
    if order is None:
        raise NotFound
    return _with_events(_with_lines([order])[0])


def order_id_of(orders: QuerySet[Order], number: str) -> int:
    """Return the id of one of some orders.

    :raises NotFound: it is not among them
    """
    order_id = orders.filter(number=_digits(number)).values_list("pk", flat=True).first()
    if order_id is None:
        raise NotFound
    return order_id


def parcels_of(order: Order) -> list[dict[str, Any]]:
    """Return the parcels of an order read in full, as logistics told them when they were handed over."""
    return [parcel for event in order.events.all() for parcel in event.data.get("parcels", [])]


_COUNTS = Statement(
    "orders_counts",
    "bigint[], text[]",
    f"""
    SELECT t.tab, (
        SELECT count(*) FROM (
            SELECT FROM orders_order o WHERE o.member_id = ($1)[1] AND o.tab = t.tab LIMIT {COUNTED_TO}
        ) c
    )
    FROM unnest($2) AS t(tab)
    UNION ALL
    SELECT '{AFTER_SALE}', (
        SELECT count(*) FROM (
            SELECT FROM orders_order o
            WHERE o.member_id = ($1)[1]
                AND (open_cases > 0 OR points_refunded > points_cancelled AND status IN ({listed(SENT)}))
            LIMIT {COUNTED_TO}
        ) c
    )
    """,  # noqa: S608  (names of our own)
)


def counts_by_tab(member_id: int) -> dict[str, int]:
    """Return how many orders a member has under each tab, under "all" and under "after_sale", up to `COUNTED_TO`."""
    counts = dict(_COUNTS.rows([member_id], list(TABS)))
    return {"all": min(COUNTED_TO, sum(counts[tab] for tab in TABS)), **counts}


def order_head(member_id: int, number: str) -> Order:
    """Return a member's order alone, for whoever wants to know whether anything moved.

    :raises NotFound: there is none, or it is somebody else's
    """
    for row in _ALONE.rows([member_id], [_digits(number)]):
        return loaded(Order, iter(row))
    raise NotFound


def redeemed_since(member_id: int, gift_id: int, since: datetime) -> int:
    """Return how many units of a gift a member redeemed since a moment, as the limits count them."""
    lines = OrderLine.objects.filter(member_id=member_id, gift_id=gift_id, order__placed_at__gte=since)
    units = lines.exclude(order__status__in=ENDED_EARLY).aggregate(units=Sum(F("quantity") - F("cancelled")))
    return int(units["units"] or 0)


def redeemed_of(member_id: int, wanted: Collection[tuple[int, datetime]]) -> dict[tuple[int, datetime], int]:
    """Return, for several gifts and moments, what `redeemed_since` returns for each, in one statement for all."""
    if not wanted:
        return {}
    lines = OrderLine.objects.filter(
        member_id=member_id,
        gift_id__in={gift_id for gift_id, _since in wanted},
        order__placed_at__gte=min(since for _gift_id, since in wanted),
    ).exclude(order__status__in=ENDED_EARLY)
    rows = list(lines.values_list("gift_id", "order__placed_at", F("quantity") - F("cancelled")))
    return {
        (gift_id, since): sum(units for gift, at, units in rows if gift == gift_id and at >= since)
        for gift_id, since in wanted
    }


def cart_of(member_id: int) -> list[CartLine]:
    """Return a member's cart, what was put there last coming first; each SKU with its gift and `free` units."""
    lines = CartLine.objects.filter(member_id=member_id)
    skus = Sku.objects.select_related("gift__category").annotate(free=free_units())
    return list(lines.prefetch_related(Prefetch("sku", skus)))


IN_CART = "SELECT count(*) FROM orders_cartline c WHERE c.member_id = m.id"
"""How many different gifts the cart of a member `m` holds."""


def _digits(number: str) -> str:
    if not (number.isascii() and number.isdigit()):
        raise NotFound
    return number


def _statuses(name: str) -> tuple[str, ...]:
    if name in Status.values:
        return (name,)
    raise InvalidInput(field="status")


def _named(member_id: int, q: str) -> Q:
    """Match part of an order number, or a gift by its name: through the catalogue, never over the orders' text."""
    if len(q) == 18 and q.isascii() and q.isdigit():
        return Q(number=q)
    gifts = Gift.objects.filter(Q(name__icontains=q) | Q(name_en__icontains=q))
    lines = OrderLine.objects.filter(
        member_id=member_id, gift_id__in=list(gifts.values_list("pk", flat=True))
    )
    match = Q(pk__in=lines.values("order_id"))
    return match | Q(number__contains=q) if q.isascii() and q.isdigit() else match


def _cursor(order: Order) -> str:
    microseconds = (order.placed_at - _FIRST) // timedelta(microseconds=1)
    return base64.urlsafe_b64encode(f"{microseconds}.{order.pk}".encode()).decode().rstrip("=")


def _read_cursor(text: str) -> tuple[datetime, int]:
    try:
        padded = text + "=" * (-len(text) % 4)
        microseconds, order_id = base64.b64decode(padded, altchars=b"-_", validate=True).decode().split(".")
        at, last = _FIRST + timedelta(microseconds=int(microseconds)), int(order_id)
    except (binascii.Error, UnicodeDecodeError, ValueError, OverflowError) as unreadable:
        raise InvalidInput(field="cursor") from unreadable
    if not 0 < last < 2**63:
        raise InvalidInput(field="cursor")
    return at, last
