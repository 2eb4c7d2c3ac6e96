"""Corruptions of pick tasks, parcels, waybills and their tracks."""

from tests.desk.corruptions.corruption import breaks

PARCELS = (
    breaks("ALTER TABLE logistics_trackingevent DISABLE TRIGGER USER", "logistics.triggers"),
    breaks(
        "UPDATE logistics_picktask SET warehouse_id = {cellar} WHERE order_id = {picking}",
        "logistics.pick_places",
    ),
    breaks(
        "UPDATE logistics_pickline SET picked = picked - 1 WHERE task_id = {closed_task}", "logistics.picked"
    ),
    breaks(
        "UPDATE logistics_parcelline SET quantity = quantity - 1 WHERE order_line_id = (SELECT id FROM "
        "orders_orderline WHERE order_id = {closed} AND position = 1)",
        "logistics.parcel_units",
    ),
    breaks("UPDATE logistics_waybill SET state = 'void' WHERE number = 'SF101'", "logistics.shipped"),
    breaks(
        "UPDATE logistics_parcel SET handed_over_at = packed_at WHERE order_id = {packed}",
        "logistics.not_shipped",
    ),
    breaks(
        "UPDATE logistics_parcel SET delivered_at = NULL, state = 'in_transit' WHERE order_id = {closed}",
        "logistics.delivered",
    ),
    breaks(
        "DELETE FROM logistics_trackingevent WHERE waybill_id = (SELECT id FROM logistics_waybill "
        "WHERE number = 'SF101')",
        "logistics.carriers_word",
    ),
    breaks(
        "ALTER TABLE logistics_trackingevent DROP CONSTRAINT one_row_per_carrier_event",
        "logistics.constraints",
    ),
    breaks(
        "UPDATE logistics_picktask SET order_id = {review} WHERE order_id = {ready}",
        "logistics.tasks_opened",
        "logistics.own_picks",
        "logistics.pick_places",
    ),
    breaks(
        "UPDATE logistics_picktask SET state = 'open' WHERE order_id = {dropped}", "logistics.tasks_dropped"
    ),
    breaks(
        "UPDATE logistics_waybill SET next_attempt_at = next_attempt_at - interval '6 minutes' "
        "WHERE state = 'wanted'",
        "logistics.waybills_overdue",
    ),
    breaks(
        "INSERT INTO logistics_carrierpush (source, digest, body, received_at, attempts, next_attempt_at, last_error) "
        "VALUES ('kdniao', 'x', '{{}}', '2026-01-01', 0, '2026-01-01', '')",
        "logistics.pushes_overdue",
    ),
    breaks(
        "UPDATE logistics_waybill SET next_poll_at = '2026-01-01' WHERE number = 'SF104'",
        "logistics.polls_overdue",
    ),
    breaks(
        "UPDATE logistics_waybill SET next_poll_at = '2027-01-01' WHERE number = 'SF101'",
        "logistics.left_alone",
    ),
    breaks(
        "UPDATE logistics_parcel SET handed_over_at = '2026-11-01' WHERE order_id = {stuck}",
        "logistics.followed",
    ),
    breaks(
        "UPDATE logistics_waybill SET next_attempt_at = next_attempt_at - interval '6 minutes' "
        "WHERE state = 'cancelling'",
        "logistics.cancellings_overdue",
    ),
    breaks(
        "UPDATE logistics_waybill SET state = 'issued', number = 'SF999' WHERE state = 'cancelling'",
        "logistics.given_back",
    ),
    breaks("UPDATE logistics_waybill SET state = 'void' WHERE state = 'cancelling'", "logistics.given_back"),
    breaks(
        "UPDATE logistics_pickline SET order_line_id = (SELECT id FROM orders_orderline WHERE order_id = {ready} "
        "AND position = 1) WHERE task_id = {picking_task} AND quantity = 2",
        "logistics.own_picks",
        "logistics.picked",
    ),
    breaks(
        "UPDATE logistics_parcel SET order_id = {packed} WHERE order_id = {stopped}",
        "logistics.own_parcels",
        "logistics.addresses",
    ),
)
