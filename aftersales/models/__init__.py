"""What happens after delivery, as rows."""

from aftersales.models.refunds import ReturnLine, ReturnRequest

__all__ = ["ReturnLine", "ReturnRequest"]
