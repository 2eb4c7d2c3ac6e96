from django.db import migrations


class Migration(migrations.Migration):
    """Carriers that were asked for a waybill before this release know its order's address already."""

    dependencies = [
        ("logistics", "0003_given_up"),
        ("orders", "0004_tabs_addresses_and_parts"),
    ]

    operations = [
        migrations.RunSQL(
            """
            UPDATE orders_order o SET address_final_at = w.since
            FROM (
                SELECT p.order_id, min(coalesce(w.issued_at, p.packed_at)) AS since
                FROM logistics_waybill w JOIN logistics_parcel p ON p.id = w.parcel_id
                WHERE w.attempts > 0 OR w.number <> ''
                GROUP BY p.order_id
            ) w
            WHERE w.order_id = o.id AND o.address_final_at IS NULL
            """,
            migrations.RunSQL.noop,
        )
    ]
