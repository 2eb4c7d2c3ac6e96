"""The rules in force, read once per process and again when their version moves."""

from __future__ import annotations

from foundation.names import in_readers_language
from orders.models import RedemptionRule, ReviewRule, RuleVersion
from orders.rules.redemption import Limit, Look, Policy

_NOTHING = Policy(version=0, limits=(), looks=())
_known: Policy = _NOTHING


def current_policy() -> Policy:
    """Return the rules as this process last read them; placement compares their version under its locks."""
    return _known


def policy_in_force() -> Policy:
    """Return the rules as they are now: this process's, or read again when their version moved."""
    version = RuleVersion.objects.values_list("version", flat=True).first() or 0
    return _known if version == _known.version else fresh_policy()


def fresh_policy() -> Policy:
    """Read the rules again and return them."""
    global _known  # noqa: PLW0603  (one cache per process, replaced whole)
    version = RuleVersion.objects.values_list("version", flat=True).first() or 0
    rules = RedemptionRule.objects.filter(is_active=True).select_related("tier").order_by("pk")
    looks = ReviewRule.objects.filter(is_active=True).order_by("pk")
    _known = Policy(
        version=version,
        limits=tuple(
            Limit(
                kind=rule.kind,
                gift_id=rule.gift_id,
                category_id=rule.category_id,
                tier_rank=rule.tier.rank if rule.tier else None,
                tier_name=in_readers_language(rule.tier.name, rule.tier.name_en) if rule.tier else "",
                quantity=rule.quantity,
                period=rule.period,
                starts_at=rule.starts_at,
                ends_at=rule.ends_at,
                channels=tuple(rule.channels),
            )
            for rule in rules
        ),
        looks=tuple(
            Look(look.kind, look.points_from, look.days, look.orders, look.minutes) for look in looks
        ),
    )
    return _known
