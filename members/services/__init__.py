"""Every write to people, points and messages."""

from members.services.granting import ReferenceUsed, grant_once
from members.services.ledger import Entry, Posting, post
from members.services.messages import Notice, deliver_messages, mark_read, replay_message, send_notices
from members.services.newcomers import Place, keep_addresses, register_members
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
    lock_accounts,
    refund_points,
    release_points,
)
from members.services.regions import load_regions
from members.services.tokens import (
    KEY_PREFIX,
    TOKEN_PREFIX,
    KeyHolder,
    Token,
    issue_token,
    read_key,
    read_token,
    sign_token,
    token_stands,
)
from members.services.wallets import Hold, InsufficientPoints, Wallet, WalletLot, hold_points, lock_wallets

__all__ = [
    "KEY_PREFIX",
    "TOKEN_PREFIX",
    "Entry",
    "Grant",
    "Hold",
    "InsufficientPoints",
    "KeyHolder",
    "Notice",
    "Place",
    "PointsMove",
    "PointsRefund",
    "Posting",
    "ReferenceUsed",
    "RefundExceeds",
    "Token",
    "Wallet",
    "WalletLot",
    "add_address",
    "capture_points",
    "change_default_address",
    "create_api_key",
    "deliver_messages",
    "expire_points",
    "grant_once",
    "grant_points",
    "hold_points",
    "issue_token",
    "keep_addresses",
    "load_regions",
    "lock_accounts",
    "lock_wallets",
    "mark_read",
    "post",
    "read_key",
    "read_token",
    "refund_points",
    "register_member",
    "register_members",
    "release_points",
    "replay_message",
    "retire_address",
    "revoke_api_key",
    "send_notices",
    "sign_out_everywhere",
    "sign_token",
    "token_stands",
]
