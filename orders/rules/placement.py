"""The decision at the heart of placement: locked values in, accepted drafts and refusals out.

No database here. Each request sees what the ones before it took, so a batch decides as its members one by one would.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from foundation.names import in_readers_language
from foundation.refusals import InvalidInput, Refusal
from inventory.services import OutOfStock, Shelf
from members.services import Delivery, MemberNotActive, Wallet
from orders.models.order import Status
from orders.rules.numbers import new_number
from orders.rules.redemption import Policy, Wish, check_limit, review_hits

MAX_LINES = 100
MAX_QUANTITY = 9_999
MAX_NOTE = 200


class SignedOut(Refusal):
    code = "unauthenticated"
    status = 401
    message = _("You have been signed out. Sign in again.")


class AddressUnknown(Refusal):
    """The address does not exist, or is not the member's (law 10: the same answer)."""

    code = "address_invalid"
    status = 422
    message = _("We cannot deliver to this address. Choose another one.")


class VirtualAlone(Refusal):
    """Codes are handed out, gifts are sent: one order goes one way."""

    code = "virtual_alone"
    status = 422
    message = _("Virtual gifts are redeemed on their own. Place two orders.")


class UnknownSku(Refusal):
    code = "unknown_sku"
    status = 422
    message = _("There is no gift with the code “%(sku)s”.")


class GiftUnavailable(Refusal):
    code = "gift_unavailable"
    message = _("“%(name)s” cannot be redeemed at the moment.")


class CashNotTaken(Refusal):
    code = "cash_not_supported"
    message = _("“%(name)s” also costs cash, which cannot be paid here yet.")


class PriceChanged(Refusal):
    code = "price_changed"
    message = _(
        "The price has changed: this order now costs %(points)s points. Look at it again before you confirm."
    )


class IdempotencyMismatch(Refusal):
    code = "idempotency_mismatch"
    status = 422
    message = _("This request id was used for another order. Send a new one.")


class NotStored(Refusal):
    """The database refuses what every rule allowed: a bug of ours, or a value that no column can hold."""

    code = "not_stored"
    status = 422
    message = _(
        "This order cannot be stored as it was sent. Nothing has been changed; please call the service desk."
    )


@dataclass(frozen=True, slots=True)
class LineWish:
    """So many of one SKU."""

    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class PlacementRequest:
    """One click: who wants what, where to, and the key that makes it happen once.

    `requested_by` and `request_id` together are the idempotency key, `digest` is the SHA-256 of what was asked.
    `expected_points` is what the member was shown; another price refuses.
    Virtual gifts need no `address_id`. `is_history` marks an order of the past
    that a moving-in mall brings along: no redemption or review rule judges it and nobody is told of it.
    """

    member_id: int
    lines: tuple[LineWish, ...]
    address_id: int | None
    requested_by: str
    request_id: str
    digest: str
    channel: str
    by: str
    at: datetime
    external_ref: str | None = None
    note: str = ""
    expected_points: int | None = None
    token_epoch: int | None = None
    is_history: bool = False
    past_prices: tuple[int, ...] | None = None
    """Points per unit of each line as they were then; history only."""
    past_status: str = Status.READY
    """Where the order went from “created”: ready at once, to a reviewer, or to payment; history only."""

    def __post_init__(self) -> None:
        brings_its_own = self.past_prices is not None or self.past_status != Status.READY
        assert self.is_history or not brings_its_own, "only history brings its own prices and states"


@dataclass(slots=True)
class DraftLine:
    """A line as it will be written."""

    shelf: Shelf
    stock_id: int
    quantity: int
    unit_points: int


@dataclass(slots=True)
class Draft:
    """An accepted order as it will be written."""

    request: PlacementRequest
    wallet: Wallet
    number: str
    status: str
    hits: list[str]
    lines: list[DraftLine]
    parts: list[tuple[int, int]]
    points: int
    place: Delivery | None
    """Where it goes; None when it is handed out as codes."""
    order_id: int = 0


@dataclass(slots=True)
class Past:
    """What the database remembers that concerns one request."""

    order_id: int
    """An id set aside for the order, should it be accepted."""
    replay_of: str | None
    replay_digest: str | None
    is_first_to_address: bool
    latest: list[datetime]


@dataclass(slots=True)
class World:
    """Everything placement decides on, read under locks; deciding takes from it."""

    wallets: dict[int, Wallet]
    shelves: dict[str, Shelf]
    policy: Policy
    redeemed: dict[tuple[int, int], dict[datetime, int]] = field(default_factory=dict)
    """Units by (member, gift) since each moment that a limit counts from."""
    now_placed: dict[int, list[datetime]] = field(default_factory=dict)
    """Moments of orders accepted in this batch, by member."""
    now_addressed: set[int] = field(default_factory=set)


def decide(request: PlacementRequest, past: Past, world: World) -> Draft:
    """Accept one request, taking its points and units out of the world.

    :raises Refusal: with the code of the first thing that does not hold; nothing has been taken
    """
    wallet = signed_in(request, world)
    if not wallet.is_active:
        raise MemberNotActive
    place = _place(request, wallet)
    wishes = _wishes(request, world)
    place = _where(request, wishes, place)
    if not request.is_history:
        _check_rules(request, wishes, wallet, world)
    prices = request.past_prices or tuple(shelf.points_price for shelf, _quantity in wishes)
    points = sum(price * quantity for price, (_shelf, quantity) in zip(prices, wishes, strict=True))
    if request.expected_points not in (None, points):
        raise PriceChanged(points=points)
    stocks = _take_stock(wishes)
    try:
        parts = wallet.take(points, request.at)
    except Refusal:
        _put_back(wishes, stocks)
        raise
    is_new_place = place is not None and past.is_first_to_address and place.id not in world.now_addressed
    hits = [] if request.is_history else _hits(request, past, wallet, world, points, is_first=is_new_place)
    _remember(request, wishes, world)
    return Draft(
        request=request,
        wallet=wallet,
        number=new_number(request.at),
        status=Status.UNDER_REVIEW if hits else request.past_status,
        hits=hits,
        lines=[
            DraftLine(shelf, stock, quantity, price)
            for (shelf, quantity), stock, price in zip(wishes, stocks, prices, strict=True)
        ],
        parts=parts,
        points=points,
        place=place,
        order_id=past.order_id,
    )


def signed_in(request: PlacementRequest, world: World) -> Wallet:
    """Return the wallet of whoever asks.

    :raises MemberNotActive: there is no such member
    :raises SignedOut: their token is worthless by now, even for what it was answered before
    """
    wallet = world.wallets.get(request.member_id)
    if wallet is None:
        raise MemberNotActive
    if request.token_epoch not in (None, wallet.token_epoch):
        raise SignedOut
    return wallet


def _place(request: PlacementRequest, wallet: Wallet) -> Delivery | None:
    if request.address_id is None:
        return None
    place = wallet.addresses.get(request.address_id)
    if place is None or not (place.is_served or request.is_history):
        raise AddressUnknown
    return place


def _where(
    request: PlacementRequest, wishes: list[tuple[Shelf, int]], place: Delivery | None
) -> Delivery | None:
    """Return where an order goes: codes go nowhere, everything else to an address."""
    kinds = {shelf.is_virtual and not request.is_history for shelf, _quantity in wishes}
    if len(kinds) > 1:
        raise VirtualAlone
    if kinds == {True}:
        return None
    if place is None:
        raise AddressUnknown
    return place


def _wishes(request: PlacementRequest, world: World) -> list[tuple[Shelf, int]]:
    """Return the shelves an order draws on; the same SKU named twice is one line."""
    wanted: dict[str, int] = {}
    for line in request.lines:
        if line.quantity <= 0:  # before they are added up, or one line could hide in another
            raise InvalidInput(field="quantity")
        wanted[line.sku] = wanted.get(line.sku, 0) + line.quantity
    if not 0 < len(wanted) <= MAX_LINES:
        raise InvalidInput(field="lines")
    wishes = []
    for code, quantity in wanted.items():
        if quantity > MAX_QUANTITY:
            raise InvalidInput(field="quantity")
        shelf = world.shelves.get(code)
        if shelf is None:
            raise UnknownSku(sku=code)
        if not request.is_history:
            if not shelf.is_redeemable(request.at):
                raise GiftUnavailable(name=_label(shelf))
            if shelf.cash_price:
                raise CashNotTaken(name=_label(shelf))
        wishes.append((shelf, quantity))
    return wishes


def _label(shelf: Shelf) -> str | Promise:
    return in_readers_language(shelf.name, shelf.name_en)


def _check_rules(
    request: PlacementRequest, wishes: list[tuple[Shelf, int]], wallet: Wallet, world: World
) -> None:
    quantities: dict[int, int] = {}
    for shelf, quantity in wishes:
        quantities[shelf.gift_id] = quantities.get(shelf.gift_id, 0) + quantity
    for shelf, _quantity in wishes:
        wish = Wish(shelf.gift_id, shelf.category_id, _label(shelf), quantities[shelf.gift_id])
        for limit in world.policy.limits_of(shelf.gift_id, shelf.category_id):
            since = limit.counts_since(request.at)
            earlier = world.redeemed.get((request.member_id, shelf.gift_id), {}).get(since, 0) if since else 0
            check_limit(
                limit,
                wish,
                tier_rank=wallet.tier_rank,
                channel=request.channel,
                earlier=earlier,
                at=request.at,
            )


def _take_stock(wishes: list[tuple[Shelf, int]]) -> list[int]:
    """Take all units from one warehouse when one has them all, otherwise each line where it is free."""
    for warehouse in [place[1] for place in wishes[0][0].free]:
        stocks = _take_each(wishes, warehouse)
        if stocks is not None:
            return stocks
    stocks = _take_each(wishes, None)
    if stocks is None:
        short = next((s for s, quantity in wishes if all(p[2] < quantity for p in s.free)), wishes[0][0])
        raise OutOfStock(name=_label(short))
    return stocks


def _take_each(wishes: list[tuple[Shelf, int]], warehouse: int | None) -> list[int] | None:
    taken: list[int] = []
    for shelf, quantity in wishes:
        stock = shelf.take(quantity, warehouse)
        if stock is None:
            _put_back(wishes, taken)
            return None
        taken.append(stock)
    return taken


def _put_back(wishes: list[tuple[Shelf, int]], stocks: list[int]) -> None:
    for (shelf, quantity), stock in zip(wishes, stocks, strict=False):
        for place in shelf.free:
            if place[0] == stock:
                place[2] += quantity


def _hits(
    request: PlacementRequest, past: Past, wallet: Wallet, world: World, points: int, *, is_first: bool
) -> list[str]:
    return review_hits(
        world.policy.looks,
        points=points,
        joined_at=wallet.joined_at,
        is_first_to_address=is_first,
        latest=[*past.latest, *world.now_placed.get(request.member_id, [])],
        at=request.at,
    )


def _remember(request: PlacementRequest, wishes: list[tuple[Shelf, int]], world: World) -> None:
    """Let the requests that follow in the batch see this one."""
    world.now_placed.setdefault(request.member_id, []).append(request.at)
    if request.address_id is not None:
        world.now_addressed.add(request.address_id)
    for shelf, quantity in wishes:
        counts = world.redeemed.get((request.member_id, shelf.gift_id), {})
        for since in counts:
            counts[since] += quantity


def order_memory(at: datetime, memory: timedelta | None) -> datetime | None:
    """Return since when a member's latest orders matter to the review rules."""
    return at - memory if memory else None
