"""Every write to people, points and messages."""

from members.services.ledger import Entry, Posting, post
from members.services.messages import Notice, deliver_messages, mark_read, replay_message, send_notices
from members.services.people import (
    add_address,
    change_default_address,
    create_api_key,
    register_member,
    retire_address,
    revoke_api_key,
    sign_out_everywhere,
)
from members.services.points import (
    Grant,
    PointsMove,
    PointsRefund,
    RefundExceeds,
    capture_points,
    expire_points,
    grant_points,
    refund_points,
    release_points,
)
from members.services.wallets import Hold, InsufficientPoints, Wallet, WalletLot, hold_points, lock_wallets

__all__ = [
    "Entry",
    "Grant",
    "Hold",
    "InsufficientPoints",
    "Notice",
    "PointsMove",
    "PointsRefund",
    "Posting",
    "RefundExceeds",
    "Wallet",
    "WalletLot",
    "add_address",
    "capture_points",
    "change_default_address",
    "create_api_key",
    "deliver_messages",
    "expire_points",
    "grant_points",
    "hold_points",
    "lock_wallets",
    "mark_read",
    "post",
    "refund_points",
    "register_member",
    "release_points",
    "replay_message",
    "retire_address",
    "revoke_api_key",
    "send_notices",
    "sign_out_everywhere",
]
