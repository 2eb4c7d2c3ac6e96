"""The laws of orders, as the auditor reads them: over the orders' own tables and those of the floors below."""

from foundation.laws import Law, constraints_stand, triggers_stand
from orders.laws.clock import CLOCK_LAWS
from orders.laws.codes import CODE_LAWS
from orders.laws.lines import LINE_LAWS
from orders.laws.owners import OWNER_LAWS
from orders.laws.path import PATH_LAWS
from orders.laws.points import POINTS_LAWS

LAWS: tuple[Law, ...] = (
    triggers_stand("orders"),
    *POINTS_LAWS,
    *LINE_LAWS,
    *PATH_LAWS,
    *CODE_LAWS,
    constraints_stand("orders"),
    *CLOCK_LAWS,
    *OWNER_LAWS,
)

__all__ = ["LAWS"]
