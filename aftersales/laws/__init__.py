"""The laws of after-sales, as the auditor reads them: over its own tables and those of the floors below."""

from aftersales.laws.complaints import COMPLAINT_LAWS
from aftersales.laws.refunds import REFUND_LAWS
from aftersales.laws.reviews import REVIEW_LAWS
from foundation.laws import Law, constraints_stand

LAWS: tuple[Law, ...] = (*REFUND_LAWS, *REVIEW_LAWS, *COMPLAINT_LAWS, constraints_stand("aftersales"))

__all__ = ["LAWS"]
