"""Corruptions of refunds, complaints and their deadlines."""

from tests.desk.corruptions.corruption import breaks

AFTERSALES = (
    breaks(
        "UPDATE aftersales_returnrequest SET number = number || 'x' WHERE number = '{refunded_number}-R1'",
        "aftersales.refunds",
        "aftersales.restocked",
    ),
    breaks(
        "UPDATE aftersales_returnline SET disposition = 'write_off' WHERE disposition = 'restock'",
        "aftersales.restocked",
    ),
    breaks(
        "UPDATE orders_orderline SET returned = returned - 1 WHERE order_id = {refunded} AND position = 1",
        "aftersales.returned",
        "orders.refund_lines",
    ),
    breaks("DROP INDEX one_open_refund_request_per_order", "aftersales.constraints"),
    breaks("UPDATE orders_order SET open_cases = 1 WHERE id = {closed}", "aftersales.open_cases"),
    breaks(
        "UPDATE aftersales_returnline SET order_line_id = (SELECT id FROM orders_orderline WHERE order_id = {ready} "
        "AND position = 1) WHERE request_id = (SELECT id FROM aftersales_returnrequest WHERE order_id = {delivered}) "
        "AND quantity = 2",
        "aftersales.own_lines",
    ),
    breaks(
        "UPDATE aftersales_returnrequest SET requested_by = 'member:0' WHERE order_id = {delivered}",
        "aftersales.own_requests",
    ),
    breaks(
        "UPDATE aftersales_complaint SET number = 'lost' WHERE request_id = 'c1'",
        "aftersales.complaint_facts",
        "aftersales.complaint_told",
    ),
    breaks(
        "UPDATE members_message SET dedupe_key = dedupe_key || 'x' WHERE template = 'complaint.answered'",
        "aftersales.complaint_told",
    ),
    breaks("UPDATE aftersales_complaintround SET serial = 2", "aftersales.complaint_rounds"),
    breaks(
        "UPDATE aftersales_returnrequest SET due_at = '2026-01-01' WHERE status = 'requested'",
        "aftersales.refunds_overdue",
    ),
    breaks(
        "UPDATE aftersales_complaint SET escalated_at = NULL WHERE request_id = 'c2'",
        "aftersales.complaints_overdue",
    ),
    breaks(
        "UPDATE aftersales_complaint SET closes_at = '2026-01-01' WHERE request_id = 'c1'",
        "aftersales.complaints_closing",
    ),
    breaks(
        "UPDATE aftersales_complaint SET member_id = {lin_member} WHERE request_id = 'c1'",
        "aftersales.own_complaints",
        "aftersales.complaint_told",
    ),
)
