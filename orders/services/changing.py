"""Where an order goes: changed by its member until a carrier knows of it, final from then on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from foundation.refusals import Refusal
from foundation.retrying import with_retries
from members import services as members
from members.models import Address
from orders.models import ExceptionCase, Order, ReviewTask
from orders.models.order import Status
from orders.rules.changing import CHANGEABLE, NEW_ADDRESS
from orders.rules.placement import AddressUnknown
from orders.rules.redemption import review_hits
from orders.services.moving import Kind, Move, TransitionRefused, fact, lock_orders, save
from orders.services.policy import policy_in_force


class AddressFinal(Refusal):
    code = "address_final"
    message = _("The carrier has the address already, so it can no longer be changed.")


class AddressUnchecked(Refusal):
    """A review rule wants to see orders to an address like this, and the order is past every review."""

    code = "address_unchecked"
    message = _(
        "Your gift is being packed, and we have never sent anything to this address. "
        "Choose one that you have used before."
    )


def change_address(move: Move, address_id: int) -> Order:
    """Send an order to another address of its member; to the one it goes to already, nothing changes.

    An address that a review rule wants to see stops an order that is ready until somebody has looked.

    :raises AddressFinal: a carrier was asked for a waybill
    :raises MemberNotActive: the member's account is frozen
    :raises TransitionRefused: sent or ended
    :raises AddressUnknown: not the member's, removed, or where nothing is delivered
    :raises AddressUnchecked: a rule wants to see the address, and picking has begun
    """
    return with_retries(lambda: _change_address(move, address_id))


@transaction.atomic
def _change_address(move: Move, address_id: int) -> Order:
    (order,) = lock_orders([move])
    if order.status not in CHANGEABLE:
        raise TransitionRefused(status=order.get_status_display())
    if order.address_id == address_id:
        return order  # the same click, sent twice
    if order.address_final_at or order.is_virtual:
        raise AddressFinal
    members.lock_active(order.member_id)  # whoever took over an account must not send its gifts to themselves
    mine = Address.objects.select_related("region").filter(member=order.member_id, retired_at=None)
    address = mine.filter(pk=address_id).first()
    if address is None or not address.region.is_served:
        raise AddressUnknown
    path = {"from": order.region_name, "to": address.region_name, "region": address.region_id}
    _check_again(order, address, move)
    _snapshot(order, address)
    save([order], [fact(order, Kind.ADDRESS_CHANGED, replace(move, data=move.data | path))])
    return order


def _snapshot(order: Order, address: Address) -> None:
    Order.objects.filter(pk=order.pk).update(
        address=address,
        recipient=address.recipient,
        recipient_phone=address.phone,
        region_code=address.region_id,
        region_name=address.region_name,
        address_detail=address.detail,
    )
    order.refresh_from_db(
        fields=["address", "recipient", "recipient_phone", "region_code", "region_name", "address_detail"]
    )


def _check_again(order: Order, address: Address, move: Move) -> None:
    """Ask the review rules about the new address; an order that waited because of the one before goes on."""
    earlier = Order.objects.filter(address=address).exclude(status=Status.REJECTED)
    looks = [look for look in policy_in_force().looks if look.kind == "first_to_address"]
    is_hit = bool(looks) and bool(
        review_hits(
            looks,
            points=order.points_total,
            joined_at=order.placed_at,
            is_first_to_address=not earlier.exclude(pk=order.pk).exists(),
            latest=(),
            at=move.at,
        )
    )
    if is_hit and order.status in (Status.PICKING, Status.PACKED):
        raise AddressUnchecked
    if order.status == Status.UNDER_REVIEW:
        _tell_reviewer(order, is_hit=is_hit)
    elif is_hit and order.status == Status.READY:
        order.on_hold_reason = NEW_ADDRESS
        ExceptionCase.objects.get_or_create(
            order=order,
            kind=NEW_ADDRESS,
            resolved_at=None,
            defaults={"status_then": order.status, "opened_at": move.at},
        )
    elif order.on_hold_reason == NEW_ADDRESS:
        order.on_hold_reason = ""
        waiting = ExceptionCase.objects.filter(order=order, kind=NEW_ADDRESS, resolved_at=None)
        waiting.update(resolved_at=move.at, resolved_by=move.by)


def _tell_reviewer(order: Order, *, is_hit: bool) -> None:
    """Let the reviewer see that the address is new, or that it no longer is."""
    task = ReviewTask.objects.get(order=order)
    others = [hit for hit in task.hits if hit != "first_to_address"]
    task.hits = [*others, "first_to_address"] if is_hit else others or task.hits
    task.save(update_fields=["hits"])


@transaction.atomic
def settle_addresses(moves: Sequence[Move]) -> list[Order]:
    """Note that carriers are told where these orders go: from now on their addresses stay as they are."""
    orders = lock_orders(moves)
    for order, move in zip(orders, moves, strict=True):
        if order.address_final_at is None:
            order.address_final_at = move.at
            Order.objects.filter(pk=order.pk).update(address_final_at=move.at)
    return orders
