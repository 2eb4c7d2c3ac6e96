"""The catalogue and the stock at the operators' desk."""

from inventory.admin.catalogue import CategoryAdmin, GiftAdmin, SkuAdmin, WarehouseAdmin
from inventory.admin.stock import StockAdmin, StockMovementAdmin

__all__ = ["CategoryAdmin", "GiftAdmin", "SkuAdmin", "StockAdmin", "StockMovementAdmin", "WarehouseAdmin"]
