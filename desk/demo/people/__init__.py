"""Who logs in to the demo mall: tiers, operators, and members with their points and addresses. All invented."""

from __future__ import annotations

from desk.demo.people import everyday, premium
from desk.demo.people.records import Address, Lot, Member, Operator, Tier

__all__ = ["MEMBERS", "OPERATORS", "TIERS", "Address", "Lot", "Member", "Operator", "Tier"]

TIERS: tuple[Tier, ...] = (
    Tier("standard", 1, "普卡", "Standard"),
    Tier("silver", 2, "银卡", "Silver"),
    Tier("gold", 3, "金卡", "Gold"),
    Tier("platinum", 4, "白金卡", "Platinum"),
    Tier("diamond", 5, "钻石卡", "Diamond"),
)

OPERATORS: tuple[Operator, ...] = (
    Operator("reviewer", "reviewer", "何", "静"),
    Operator("reviewer2", "reviewer", "秦", "昭"),  # orders above a limit need a second pair of eyes
    Operator("warehouse", "warehouse", "吴", "强"),
    Operator("service_desk", "service_desk", "徐", "敏"),
    Operator("finance", "finance", "冯", "岚"),
    Operator("manager", "manager", "郑", "远"),
    Operator("auditor", "auditor", "蒋", "文"),
    Operator("admin", "admin", "管理员", "", is_superuser=True),
)

MEMBERS: tuple[Member, ...] = (*premium.MEMBERS, *everyday.MEMBERS)
