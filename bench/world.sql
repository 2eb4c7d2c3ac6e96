-- A mall with 10,000 members, 1,000 SKUs and bench.orders past orders, written set-based and true to every law.
-- A member who has past orders has twenty of them, whatever bench.orders is, so that pages hold the same number of rows.

-- step: people
INSERT INTO members_tier (id, code, name, name_en, rank)
VALUES (1, 'standard', '普卡', 'Standard', 1), (2, 'gold', '金卡', 'Gold', 2), (3, 'platinum', '白金卡', 'Platinum', 3);
INSERT INTO members_region (code, name, parent_id, is_served)
VALUES ('310000', '上海市', NULL, true), ('310100', '上海市', '310000', true), ('310104', '徐汇区', '310100', true);
INSERT INTO members_user (id, password, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined, token_epoch)
SELECT m, '!', false, '8' || lpad(m::text, 9, '0'), '', '', '', false, true, now() - interval '3 years', 0
FROM generate_series(1, 10000) m;
INSERT INTO members_user (id, password, is_superuser, username, first_name, last_name, email, is_staff, is_active, date_joined, token_epoch)
VALUES (10001, '!', true, 'wang', '', '', '', true, true, now() - interval '3 years', 0);
INSERT INTO members_member (id, user_id, number, bank_reference, name, phone, email, tier_id, status, language, joined_at)
SELECT m, m, '8' || lpad(m::text, 9, '0'), 'BANK' || m, '会员' || m, '139' || lpad(m::text, 8, '0'), 'm' || m || '@example.com',
    1 + m % 3, 'active', 'zh-hans', now() - interval '3 years'
FROM generate_series(1, 10000) m;
INSERT INTO members_address (id, member_id, recipient, phone, region_id, region_name, detail, is_default, created_at)
SELECT 2 * m - 1 + extra, m, '会员' || m, '139' || lpad(m::text, 8, '0'), '310104', '上海市徐汇区',
    '漕溪北路 ' || m || ' 号' || extra || ' 室', extra = 0, now() - interval '3 years'
FROM generate_series(1, 10000) m, generate_series(0, 1) extra ORDER BY 1;

-- step: gifts
INSERT INTO inventory_category (id, code, name, name_en, position)
SELECT c, 'category-' || c, '分类' || c, 'Category ' || c, c FROM generate_series(1, 8) c;
INSERT INTO inventory_gift (id, code, category_id, kind, name, name_en, summary, summary_en, description, description_en, picture, is_listed, return_days, position)
SELECT g, 'gift-' || g, 1 + g % 8, 'physical',
    (ARRAY['保温杯', '咖啡豆', '电动牙刷', '蓝牙耳机', '毛巾', '茶具', '双肩包', '台灯', '雨伞', '充电宝',
           '香薰', '拼图', '水壶', '枕头', '笔记本', '钢笔', '围巾', '相框', '闹钟', '餐具'])[1 + g % 20] || ' ' || g,
    (ARRAY['Flask', 'Coffee beans', 'Toothbrush', 'Earphones', 'Towel', 'Tea set', 'Backpack', 'Lamp', 'Umbrella', 'Power bank',
           'Incense', 'Puzzle', 'Bottle', 'Pillow', 'Notebook', 'Pen', 'Scarf', 'Frame', 'Clock', 'Cutlery'])[1 + g % 20] || ' ' || g,
    '', '', '', '', '/static/gifts/' || g || '.svg', true, 7, g
FROM generate_series(1, 500) g;
INSERT INTO inventory_sku (id, code, gift_id, barcode, specification, specification_en, weight_g, length_mm, width_mm, height_mm, points_price, cash_price, is_active, position)
SELECT k, 'SKU' || lpad(k::text, 4, '0'), (k + 1) / 2, '20' || lpad(k::text, 11, '0'),
    CASE k % 2 WHEN 0 THEN '大号' ELSE '小号' END, CASE k % 2 WHEN 0 THEN 'large' ELSE 'small' END,
    500, 200, 100, 50, 500 + k * 37 % 46 * 100, 0, true, k
FROM generate_series(1, 1000) k;
INSERT INTO inventory_warehouse (id, code, name, name_en, region_code, priority)
VALUES (1, 'east', '上海仓', 'Shanghai', '310104', 1), (2, 'south', '广州仓', 'Guangzhou', '440106', 2);

-- step: rules
INSERT INTO orders_redemptionrule (kind, quantity, period, channels, is_active, category_id, gift_id, tier_id)
VALUES ('max_per_period', 50, 'month', '[]', true, NULL, NULL, NULL), ('max_per_order', 10, '', '[]', true, NULL, NULL, NULL),
    ('channel', NULL, '', '["portal", "api", "app"]', true, NULL, NULL, NULL), ('tier_at_least', NULL, '', '[]', true, 1, NULL, 1);
INSERT INTO orders_reviewrule (kind, points_from, days, orders, minutes, is_active)
VALUES ('high_value', 100000, NULL, NULL, NULL, true), ('new_member', 0, 30, NULL, NULL, true),
    ('first_to_address', 50000, NULL, NULL, NULL, true), ('many_orders', 0, NULL, 1000, 10, true);

-- step: past orders, decided
CREATE FUNCTION pg_temp.with_check_digit(digits text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    damm text := '0317598642709215486342068713591750983426612304597836742095815869720134894536201794386172052581436790';
    interim int := 0;
BEGIN
    FOR i IN 1..length(digits) LOOP
        interim := substr(damm, 1 + interim * 10 + substr(digits, i, 1)::int, 1)::int;
    END LOOP;
    RETURN digits || interim;
END $$;
CREATE TEMP TABLE past AS
SELECT i, m AS member_id, '8' || lpad(m::text, 9, '0') AS member_number, k AS sku_id, (k + 1) / 2 AS gift_id, quantity, unit_points,
    quantity * unit_points AS points, fate, placed_at,
    CASE fate WHEN 'reviewed' THEN placed_at + interval '2 hours' WHEN 'closed' THEN placed_at END AS ready_at,
    pg_temp.with_check_digit(to_char(placed_at AT TIME ZONE 'Asia/Shanghai', 'YYMMDD') || lpad((i::bigint * 499979 % 100000000000)::text, 11, '0')) AS number
FROM (
    SELECT i, n, 1 + i % (n / 20) AS m, 1 + abs(hashint4(i)) % 1000 AS k, 1 + i % 2 AS quantity,
        CASE WHEN i > n * 0.99 THEN 'waiting' WHEN i % 33 = 5 AND i < n / 2 THEN 'cancelled'
            WHEN i % 20 = 7 THEN 'reviewed' ELSE 'closed' END AS fate,
        CASE WHEN i > n * 0.99 THEN now() - interval '2 hours' * (1.001 - (i - n * 0.99) / (n * 0.01))
            ELSE now() - interval '400 days' + interval '380 days' * (i / (n * 0.99)) END AS placed_at
    FROM (SELECT current_setting('bench.orders')::int AS n) size, generate_series(1, n) i
) drawn, LATERAL (SELECT 500 + k * 37 % 46 * 100 AS unit_points) price;
CREATE INDEX ON past (i);
ANALYZE past;

-- step: points in lots
INSERT INTO members_pointsaccount (id, kind, member_id, available, held)
SELECT m, 'member', m, 1000000, 0 FROM generate_series(1, 10000) m;
INSERT INTO members_pointslot (id, account_id, issued, remaining, held, expires_at, granted_until, granted_at, reference)
SELECT 4 * member_id - 3, member_id, sum(points) FILTER (WHERE fate <> 'cancelled'), coalesce(sum(points) FILTER (WHERE fate = 'waiting'), 0),
    coalesce(sum(points) FILTER (WHERE fate = 'waiting'), 0), now() + interval '10 days', now() + interval '10 days', now() - interval '500 days', 'bench/' || member_id || '/0'
FROM past GROUP BY member_id;
INSERT INTO members_pointslot (id, account_id, issued, remaining, held, expires_at, granted_until, granted_at, reference)
SELECT 4 * m - 3 + lot, m, points, points, 0, now() + interval '4 months' * lot, now() + interval '4 months' * lot, now() - interval '100 days', 'bench/' || m || '/' || lot
FROM generate_series(1, 10000) m, (VALUES (1, 200000), (2, 300000), (3, 500000)) lots(lot, points);
UPDATE members_pointsaccount SET held = l.held FROM members_pointslot l WHERE account_id = members_pointsaccount.id AND l.held > 0;
INSERT INTO members_pointstransaction (id, kind, reference, origin, at, by, note)
SELECT id, 'grant', reference, '', granted_at, 'import', '' FROM members_pointslot;
INSERT INTO members_pointsposting (transaction_id, account_id, bucket, lot_id, amount)
SELECT l.id, side.account_id, bucket, l.id, sign * issued
FROM members_pointslot l, LATERAL (VALUES (-1, 'system', -1), (l.account_id, 'available', 1)) side(account_id, bucket, sign) ORDER BY l.id;
SELECT setval('members_pointstransaction_id_seq', 40000);

-- step: points of past orders
INSERT INTO members_pointstransaction (id, kind, reference, origin, at, by, note)
SELECT 40000 + 2 * i - 1, 'hold', number, '', placed_at, 'member:' || member_number, '' FROM past
UNION ALL
SELECT 40000 + 2 * i, 'capture', number, '', ready_at, 'member:' || member_number, '' FROM past WHERE ready_at IS NOT NULL
UNION ALL
SELECT 40000 + 2 * i, 'release', number, '', placed_at + interval '3 hours', 'member:' || member_number, '' FROM past WHERE fate = 'cancelled'
ORDER BY 1;
INSERT INTO members_pointsposting (transaction_id, account_id, bucket, lot_id, amount)
SELECT 40000 + 2 * i - 1 + step, CASE bucket WHEN 'system' THEN -2 ELSE member_id END, bucket, 4 * member_id - 3, sign * points
FROM past, (VALUES (0, 'available', -1, NULL), (0, 'held', 1, NULL), (1, 'held', -1, 'captured'), (1, 'system', 1, 'captured'),
    (1, 'held', -1, 'released'), (1, 'available', 1, 'released')) side(step, bucket, sign, occasion)
WHERE occasion IS NULL OR (occasion = 'captured' AND ready_at IS NOT NULL) OR (occasion = 'released' AND fate = 'cancelled') ORDER BY i, step;

-- step: stock
INSERT INTO inventory_stock (id, sku_id, warehouse_id, on_hand, reserved)
SELECT 2 * k - 2 + w, k, w, 1000000, 0 FROM generate_series(1, 1000) k, generate_series(1, 2) w ORDER BY 1;
UPDATE inventory_stock s SET on_hand = s.on_hand - shipped, reserved = waiting
FROM (SELECT sku_id, coalesce(sum(quantity) FILTER (WHERE ready_at IS NOT NULL), 0) AS shipped,
        coalesce(sum(quantity) FILTER (WHERE fate = 'waiting'), 0) AS waiting FROM past GROUP BY sku_id) p
WHERE p.sku_id = s.sku_id AND s.warehouse_id = 1;
INSERT INTO inventory_stockmovement (stock_id, kind, on_hand_change, reserved_change, reference, at, by, reason)
SELECT id, 'received', 1000000, 0, 'bench/' || id, now() - interval '500 days', 'import', '' FROM inventory_stock;
INSERT INTO inventory_reservation (stock_id, reference, quantity, created_at, ended_at, outcome)
SELECT 2 * sku_id - 1, number || '/1', quantity, placed_at,
    CASE WHEN ready_at IS NOT NULL THEN placed_at + interval '8 hours' WHEN fate = 'cancelled' THEN placed_at + interval '3 hours' END,
    CASE WHEN ready_at IS NOT NULL THEN 'shipped' WHEN fate = 'cancelled' THEN 'released' ELSE '' END
FROM past ORDER BY i;
INSERT INTO inventory_stockmovement (stock_id, kind, on_hand_change, reserved_change, reference, at, by, reason)
SELECT 2 * sku_id - 1, kind, on_hand, reserved, number || '/1', at, by, ''
FROM past, LATERAL (
    SELECT 'reserved', 0, quantity, placed_at, 'member:' || member_number
    UNION ALL SELECT 'shipped', -quantity, -quantity, placed_at + interval '8 hours', 'operator:li' WHERE ready_at IS NOT NULL
    UNION ALL SELECT 'released', 0, -quantity, placed_at + interval '3 hours', 'member:' || member_number WHERE fate = 'cancelled'
) moved(kind, on_hand, reserved, at, by) ORDER BY at;

-- step: orders
INSERT INTO orders_order (id, number, status, on_hold_reason, channel, requested_by, request_id, request_digest, points_total, cash_total,
    points_refunded, recipient, recipient_phone, region_code, region_name, address_detail, note, placed_at, entered_at, deadline_at,
    ready_at, shipped_at, delivered_at, signed_at, closed_at, ended_at, address_final_at, open_cases, last_seq, address_id, member_id)
SELECT i, p.number, CASE fate WHEN 'waiting' THEN 'under_review' WHEN 'cancelled' THEN 'cancelled' ELSE 'closed' END, '', 'portal',
    'member:' || member_number, md5(i::text), md5(i::text) || md5(p.number), points, 0, 0,
    a.recipient, a.phone, a.region_id, a.region_name, a.detail, '', placed_at,
    CASE fate WHEN 'waiting' THEN placed_at WHEN 'cancelled' THEN placed_at + interval '3 hours' ELSE placed_at + interval '11 days' END,
    CASE fate WHEN 'waiting' THEN now() + interval '1 day' END, ready_at,
    CASE WHEN ready_at IS NOT NULL THEN placed_at + interval '8 hours' END, CASE WHEN ready_at IS NOT NULL THEN placed_at + interval '3 days' END,
    CASE WHEN ready_at IS NOT NULL THEN placed_at + interval '4 days' END, CASE WHEN ready_at IS NOT NULL THEN placed_at + interval '11 days' END,
    CASE fate WHEN 'cancelled' THEN placed_at + interval '3 hours' END,
    CASE WHEN ready_at IS NOT NULL THEN placed_at + interval '7 hours' END, 0,
    CASE fate WHEN 'waiting' THEN 2 WHEN 'cancelled' THEN 3 WHEN 'reviewed' THEN 9 ELSE 8 END, a.id, p.member_id
FROM past p JOIN members_address a ON a.id = 2 * p.member_id - 1 ORDER BY i;
INSERT INTO orders_orderline (order_id, position, member_id, gift_id, sku_id, sku_code, name, name_en, specification, specification_en, picture,
    weight_g, quantity, unit_points, unit_cash, shipped, cancelled, returned, points_refunded)
SELECT i, 1, member_id, g.id, k.id, k.code, g.name, g.name_en, k.specification, k.specification_en, g.picture, k.weight_g, quantity, unit_points, 0,
    CASE WHEN ready_at IS NOT NULL THEN quantity ELSE 0 END, CASE fate WHEN 'cancelled' THEN quantity ELSE 0 END, 0, 0
FROM past p JOIN inventory_sku k ON k.id = p.sku_id JOIN inventory_gift g ON g.id = k.gift_id ORDER BY i;
INSERT INTO orders_reviewtask (order_id, hits, opened_at, due_at, decision, decided_by, decided_at, reason)
SELECT i, '["high_value"]', placed_at, placed_at + interval '1 day',
    CASE fate WHEN 'waiting' THEN '' WHEN 'cancelled' THEN 'withdrawn' ELSE 'approved' END,
    CASE fate WHEN 'waiting' THEN '' WHEN 'cancelled' THEN 'member:' || member_number ELSE 'operator:wang' END,
    CASE fate WHEN 'waiting' THEN NULL WHEN 'cancelled' THEN placed_at + interval '3 hours' ELSE ready_at END, ''
FROM past WHERE fate <> 'closed' ORDER BY i;

-- step: what happened to past orders
INSERT INTO orders_orderevent (order_id, seq, kind, from_status, to_status, by, reason, data, occurred_at, delivered_at, attempts, next_attempt_at, last_error)
SELECT i, seq, kind, from_status, to_status, coalesce(by, 'member:' || member_number), '',
    CASE kind WHEN 'order.cancelled' THEN jsonb_build_object('points', points)
        WHEN 'order.shipped' THEN jsonb_build_object('parcels', jsonb_build_array(jsonb_build_object(
            'number', number || '-1', 'carrier', 'EMS', 'waybill', 'BENCH' || i, 'items', jsonb_build_object('1', quantity))))
        ELSE data::jsonb END, at, at, 0, at, ''
FROM past JOIN (VALUES
    ('closed', 1, 'order.placed', '', 'created', NULL, interval '0', '{}'),
    ('closed', 2, 'order.confirmed', 'created', 'ready', NULL, '0', '{"hits": []}'),
    ('closed', 3, 'order.picking_started', 'ready', 'picking', 'operator:li', '4 hours', '{}'),
    ('closed', 4, 'order.packed', 'picking', 'packed', 'operator:li', '5 hours', '{}'),
    ('closed', 5, 'order.shipped', 'packed', 'shipped', 'operator:li', '8 hours', '{}'),
    ('closed', 6, 'order.delivered', 'shipped', 'delivered', 'carrier:kdniao', '3 days', '{}'),
    ('closed', 7, 'order.signed', 'delivered', 'signed', NULL, '4 days', '{}'),
    ('closed', 8, 'order.closed', 'signed', 'closed', 'clock', '11 days', '{}'),
    ('reviewed', 1, 'order.placed', '', 'created', NULL, '0', '{}'),
    ('reviewed', 2, 'order.sent_to_review', 'created', 'under_review', NULL, '0', '{"hits": ["high_value"]}'),
    ('reviewed', 3, 'order.approved', 'under_review', 'ready', 'operator:wang', '2 hours', '{}'),
    ('reviewed', 4, 'order.picking_started', 'ready', 'picking', 'operator:li', '4 hours', '{}'),
    ('reviewed', 5, 'order.packed', 'picking', 'packed', 'operator:li', '5 hours', '{}'),
    ('reviewed', 6, 'order.shipped', 'packed', 'shipped', 'operator:li', '8 hours', '{}'),
    ('reviewed', 7, 'order.delivered', 'shipped', 'delivered', 'carrier:kdniao', '3 days', '{}'),
    ('reviewed', 8, 'order.signed', 'delivered', 'signed', NULL, '4 days', '{}'),
    ('reviewed', 9, 'order.closed', 'signed', 'closed', 'clock', '11 days', '{}'),
    ('cancelled', 1, 'order.placed', '', 'created', NULL, '0', '{}'),
    ('cancelled', 2, 'order.sent_to_review', 'created', 'under_review', NULL, '0', '{"hits": ["high_value"]}'),
    ('cancelled', 3, 'order.cancelled', 'under_review', 'cancelled', NULL, '3 hours', '{}'),
    ('waiting', 1, 'order.placed', '', 'created', NULL, '0', '{}'),
    ('waiting', 2, 'order.sent_to_review', 'created', 'under_review', NULL, '0', '{"hits": ["high_value"]}')
) steps(fate, seq, kind, from_status, to_status, by, after, data) USING (fate), LATERAL (SELECT placed_at + after AS at) moment
ORDER BY at, i, seq;

-- step: parcels
INSERT INTO logistics_carrier (id, code, name, name_en, phone, is_active) VALUES (1, 'EMS', '邮政特快', 'EMS', '11183', true);
INSERT INTO logistics_carrierservice (id, carrier_id, code, name, name_en, provinces, max_weight_g, max_length_mm, first_weight_g, first_price,
    additional_weight_g, additional_price, days, is_active)
VALUES (1, 1, 'ems-standard', '标准快递', 'Standard', '[]', 30000, 1500, 1000, 1000, 1000, 300, 3, true);
INSERT INTO logistics_picktask (id, order_id, warehouse_id, state, opened_at, started_at, started_by, picked_at)
SELECT i, i, 1, 'packed', ready_at, placed_at + interval '4 hours', 'operator:li', placed_at + interval '5 hours'
FROM past WHERE ready_at IS NOT NULL ORDER BY i;
INSERT INTO logistics_pickline (task_id, order_line_id, sku_id, quantity, picked)
SELECT l.order_id, l.id, l.sku_id, l.quantity, l.quantity FROM orders_orderline l JOIN logistics_picktask t ON t.id = l.order_id ORDER BY l.id;
INSERT INTO logistics_parcel (id, order_id, task_id, number, service_id, state, weight_g, length_mm, width_mm, height_mm, freight, packed_at,
    handed_over_at, delivered_at, last_event_at)
SELECT i, i, i, number || '-1', 1, 'delivered', 500 * quantity, 200, 100, 50, 1000, placed_at + interval '5 hours',
    placed_at + interval '8 hours', placed_at + interval '3 days', placed_at + interval '3 days'
FROM past WHERE ready_at IS NOT NULL ORDER BY i;
INSERT INTO logistics_parcelline (parcel_id, order_line_id, quantity)
SELECT l.order_id, l.id, l.quantity FROM orders_orderline l JOIN logistics_parcel p ON p.id = l.order_id ORDER BY l.id;
INSERT INTO logistics_waybill (id, parcel_id, carrier_id, number, state, attempts, next_attempt_at, last_error, issued_at)
SELECT i, i, 1, 'BENCH' || i, 'issued', 1, placed_at + interval '5 hours', '', placed_at + interval '5 hours'
FROM past WHERE ready_at IS NOT NULL ORDER BY i;
INSERT INTO logistics_trackingevent (waybill_id, event_key, status, code, text, location, occurred_at, is_time_doubtful, received_at)
SELECT i, 'delivered', 'delivered', '3', '已签收', '', placed_at + interval '3 days', false, placed_at + interval '3 days'
FROM past WHERE ready_at IS NOT NULL ORDER BY i;

-- step: sequences
DO $$
DECLARE
    relation text;
    last bigint;
BEGIN
    FOR relation IN
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'id'
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attidentity <> ''
    LOOP
        EXECUTE format('SELECT max(id) FROM %I', relation) INTO last;
        PERFORM setval(pg_get_serial_sequence(quote_ident(relation), 'id'), last) WHERE last > 0;
    END LOOP;
END $$;
