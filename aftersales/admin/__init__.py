"""The operators' desk of what happens after delivery."""

from aftersales.admin.refunds import ReturnRequestAdmin

__all__ = ["ReturnRequestAdmin"]
