"""All laws of the house, each floor's from below to above; the auditor reads them in the order of their numbers."""

from __future__ import annotations

from aftersales.laws import LAWS as AFTERSALES
from foundation.laws import Law
from inventory.laws import LAWS as INVENTORY
from logistics.laws import LAWS as LOGISTICS
from members.laws import LAWS as MEMBERS
from orders.laws import LAWS as ORDERS

LAWS: tuple[Law, ...] = tuple(
    sorted((*MEMBERS, *INVENTORY, *ORDERS, *LOGISTICS, *AFTERSALES), key=lambda law: law.number)
)
