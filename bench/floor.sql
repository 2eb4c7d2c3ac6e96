-- What the database alone does for an order: the rows that placement writes, by one call without a single Python line.
-- Each call decides nothing but that points and stock suffice; the stock's row, which others want too, is locked last.

CREATE FUNCTION floor_place(wanted_member bigint, wanted_sku bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    moment constant timestamptz := now();
    actor constant text := 'member:8' || lpad(wanted_member::text, 9, '0');
    order_number constant text := to_char(moment, 'YYMMDD') || lpad((random() * 999999999999)::bigint::text, 12, '0');
    item record;
    account bigint;
    lot bigint;
    order_id bigint;
    hold bigint;
    capture bigint;
    stock bigint;
BEGIN
    SELECT k.*, g.name, g.name_en, g.picture INTO STRICT item
    FROM inventory_sku k JOIN inventory_gift g ON g.id = k.gift_id WHERE k.id = wanted_sku;
    UPDATE members_pointsaccount SET available = available - item.points_price
    WHERE member_id = wanted_member AND available >= item.points_price RETURNING id INTO STRICT account;
    SELECT id INTO STRICT lot FROM members_pointslot
    WHERE account_id = account AND remaining - held >= item.points_price AND expires_at > moment ORDER BY expires_at, id LIMIT 1;
    UPDATE members_pointslot SET remaining = remaining - item.points_price WHERE id = lot;

    INSERT INTO orders_order (number, member_id, status, on_hold_reason, channel, requested_by, request_id, request_digest, points_total,
        cash_total, points_refunded, address_id, recipient, recipient_phone, region_code, region_name, address_detail, note, placed_at,
        entered_at, deadline_at, ready_at, open_cases, last_seq)
    SELECT order_number, wanted_member, 'ready', '', 'api', actor, gen_random_uuid(), md5(order_number) || md5(order_number),
        item.points_price, 0, 0, a.id, a.recipient, a.phone, a.region_id, a.region_name, a.detail, '', moment,
        moment, moment + interval '2 days', moment, 0, 2
    FROM members_address a WHERE a.member_id = wanted_member AND a.is_default RETURNING id INTO STRICT order_id;
    INSERT INTO orders_orderline (order_id, position, member_id, gift_id, sku_id, sku_code, name, name_en, specification, specification_en,
        picture, weight_g, quantity, unit_points, unit_cash, shipped, cancelled, returned, points_refunded)
    VALUES (order_id, 1, wanted_member, item.gift_id, item.id, item.code, item.name, item.name_en, item.specification, item.specification_en,
        item.picture, item.weight_g, 1, item.points_price, 0, 0, 0, 0, 0);
    INSERT INTO orders_orderevent (order_id, seq, kind, from_status, to_status, by, reason, data, occurred_at, attempts, next_attempt_at, last_error)
    VALUES (order_id, 1, 'order.placed', '', 'created', actor, '', '{}', moment, 0, moment, ''),
        (order_id, 2, 'order.confirmed', 'created', 'ready', actor, '', '{"hits": []}', moment, 0, moment, '');

    hold := nextval('members_pointstransaction_id_seq');
    capture := nextval('members_pointstransaction_id_seq');
    INSERT INTO members_pointstransaction (id, kind, reference, origin, at, by, note)
    VALUES (hold, 'hold', order_number, '', moment, actor, ''), (capture, 'capture', order_number, '', moment, actor, '');
    INSERT INTO members_pointsposting (transaction_id, account_id, bucket, lot_id, amount)
    VALUES (hold, account, 'available', lot, -item.points_price), (hold, account, 'held', lot, item.points_price),
        (capture, account, 'held', lot, -item.points_price), (capture, -2, 'system', lot, item.points_price);

    stock := 2 * wanted_sku - 1;
    INSERT INTO inventory_reservation (stock_id, reference, quantity, created_at, outcome)
    VALUES (stock, order_number || '/1', 1, moment, '');
    INSERT INTO inventory_stockmovement (stock_id, kind, on_hand_change, reserved_change, reference, at, by, reason)
    VALUES (stock, 'reserved', 0, 1, order_number || '/1', moment, actor, '');
    UPDATE inventory_stock SET reserved = reserved + 1 WHERE id = stock AND on_hand - reserved >= 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'out of stock';
    END IF;
END $$;

-- The same rows for so many orders by random members of random SKUs, set-based.
CREATE FUNCTION floor_place_many(orders int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    moment constant timestamptz := now();
BEGIN
    CREATE TEMP TABLE IF NOT EXISTS chosen (
        order_id bigint, number text, actor text, member_id bigint, account bigint, lot bigint, sku_id bigint, stock bigint, points bigint,
        hold bigint, capture bigint
    );
    DELETE FROM chosen;
    INSERT INTO chosen
    SELECT nextval('orders_order_id_seq'), to_char(moment, 'YYMMDD') || lpad((random() * 999999999999)::bigint::text, 12, '0'),
        'member:' || m.number, m.id, a.id, lot.id, k.id, 2 * k.id - 1, k.points_price,
        nextval('members_pointstransaction_id_seq'), nextval('members_pointstransaction_id_seq')
    FROM (
        SELECT 1 + floor(random() * 10000)::bigint AS member, 1 + floor(random() * 1000)::bigint AS sku FROM generate_series(1, orders)
    ) drawn
    JOIN members_member m ON m.id = drawn.member JOIN members_pointsaccount a ON a.member_id = m.id JOIN inventory_sku k ON k.id = drawn.sku,
    LATERAL (
        SELECT id FROM members_pointslot
        WHERE account_id = a.id AND remaining - held >= k.points_price AND expires_at > moment ORDER BY expires_at, id LIMIT 1
    ) lot;
    UPDATE members_pointsaccount SET available = available - points
    FROM (SELECT account, sum(points) AS points FROM chosen GROUP BY account) d WHERE id = account;
    UPDATE members_pointslot SET remaining = remaining - points
    FROM (SELECT lot, sum(points) AS points FROM chosen GROUP BY lot) d WHERE id = lot;
    INSERT INTO orders_order (id, number, member_id, status, on_hold_reason, channel, requested_by, request_id, request_digest, points_total,
        cash_total, points_refunded, address_id, recipient, recipient_phone, region_code, region_name, address_detail, note, placed_at,
        entered_at, deadline_at, ready_at, open_cases, last_seq)
    SELECT order_id, number, c.member_id, 'ready', '', 'api', actor, gen_random_uuid(), md5(number) || md5(number), points,
        0, 0, a.id, a.recipient, a.phone, a.region_id, a.region_name, a.detail, '', moment,
        moment, moment + interval '2 days', moment, 0, 2
    FROM chosen c JOIN members_address a ON a.member_id = c.member_id AND a.is_default;
    INSERT INTO orders_orderline (order_id, position, member_id, gift_id, sku_id, sku_code, name, name_en, specification, specification_en,
        picture, weight_g, quantity, unit_points, unit_cash, shipped, cancelled, returned, points_refunded)
    SELECT order_id, 1, member_id, g.id, k.id, k.code, g.name, g.name_en, k.specification, k.specification_en,
        g.picture, k.weight_g, 1, points, 0, 0, 0, 0, 0
    FROM chosen JOIN inventory_sku k ON k.id = sku_id JOIN inventory_gift g ON g.id = k.gift_id;
    INSERT INTO orders_orderevent (order_id, seq, kind, from_status, to_status, by, reason, data, occurred_at, attempts, next_attempt_at, last_error)
    SELECT order_id, seq, kind, from_status, to_status, actor, '', data::jsonb, moment, 0, moment, ''
    FROM chosen, (VALUES (1, 'order.placed', '', 'created', '{}'), (2, 'order.confirmed', 'created', 'ready', '{"hits": []}'))
        steps(seq, kind, from_status, to_status, data);
    INSERT INTO members_pointstransaction (id, kind, reference, origin, at, by, note)
    SELECT hold, 'hold', number, '', moment, actor, '' FROM chosen
    UNION ALL SELECT capture, 'capture', number, '', moment, actor, '' FROM chosen;
    INSERT INTO members_pointsposting (transaction_id, account_id, bucket, lot_id, amount)
    SELECT side.* FROM chosen, LATERAL (VALUES (hold, account, 'available', lot, -points), (hold, account, 'held', lot, points),
        (capture, account, 'held', lot, -points), (capture, -2, 'system', lot, points)) side;
    INSERT INTO inventory_reservation (stock_id, reference, quantity, created_at, outcome)
    SELECT stock, number || '/1', 1, moment, '' FROM chosen;
    INSERT INTO inventory_stockmovement (stock_id, kind, on_hand_change, reserved_change, reference, at, by, reason)
    SELECT stock, 'reserved', 0, 1, number || '/1', moment, actor, '' FROM chosen;
    UPDATE inventory_stock SET reserved = reserved + quantity
    FROM (SELECT stock, count(*) AS quantity FROM chosen GROUP BY stock) d WHERE id = stock;
END $$;
