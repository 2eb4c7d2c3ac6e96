"""Gifts of the category Home."""

from __future__ import annotations

from desk.demo.catalogue.records import Gift, Sku

GIFTS: tuple[Gift, ...] = (
    Gift(
        code="HM101",
        category="home",
        name="竹棉混纺毛巾浴巾三件套",
        name_en="Bamboo-cotton towel set, 3 pieces",
        summary="一条浴巾配两条面巾，蓬松吸水，越洗越软。",
        summary_en="One bath towel and two face towels, thick, thirsty and softer with every wash.",
        description=(
            "竹纤维与长绒棉混纺，克重 520 克每平方米，下水后不板结。包边加固，日常机洗不易脱线。"
            "深色款首次洗涤会有少量浮色，请单独清洗。"
        ),
        description_en=(
            "A blend of bamboo fibre and long-staple cotton at 520 grams per square metre. The hems are "
            "double stitched for everyday machine washing. Dark colours lose a little dye in the first "
            "wash, so wash them on their own once."
        ),
        skus=(
            Sku("HM101-01", "2010010100018", "暖沙", "Warm sand", 980, 340, 260, 110, 6_800, (180, 120)),
            Sku("HM101-02", "2010010100025", "鼠尾草绿", "Sage green", 980, 340, 260, 110, 6_800, (140, 90)),
            Sku("HM101-03", "2010010100032", "云白", "Cloud white", 980, 340, 260, 110, 6_800, (160, 100)),
        ),
    ),
    Gift(
        code="HM102",
        category="home",
        name="双色釉手工陶瓷花瓶",
        name_en="Two-glaze ceramic vase",
        summary="上白下褐的双色釉面，一枝尤加利便有风景。",
        summary_en="White above, clay brown below: a single branch is enough to fill it.",
        description=(
            "手工拉坯，1250 度高温烧成，瓶身不渗水。每只的流釉线略有高低，是手工制作的自然差异。"
            "赠品不含图中花材。"
        ),
        description_en=(
            "Thrown by hand and fired at 1,250 °C, so it holds water without seeping. The line between the "
            "glazes differs a little from vase to vase. Branches in the picture are not included."
        ),
        skus=(
            Sku(
                "HM102-01", "2010010200015", "高 22 厘米", "22 cm tall", 1150, 240, 240, 290, 8_200, (60, 40)
            ),
            Sku(
                "HM102-02", "2010010200022", "高 30 厘米", "30 cm tall", 1980, 300, 300, 370, 12_800, (30, 20)
            ),
        ),
    ),
    Gift(
        code="HM103",
        category="home",
        name="雪松白茶大豆蜡香薰蜡烛",
        name_en="Cedar and white tea soy candle",
        summary="雪松、白茶与一点佛手柑，燃烧约 45 小时。",
        summary_en="Cedar, white tea and a little bergamot; burns for about 45 hours.",
        description=(
            "大豆蜡搭配棉芯，燃烧平稳、少黑烟。首次使用请燃至蜡面全部融化，以免形成记忆环。木盖兼作杯垫，"
            "用完后玻璃杯可另作收纳。"
        ),
        description_en=(
            "Soy wax with a cotton wick burns evenly and with little soot. On first use let the whole "
            "surface melt. The wooden lid doubles as a coaster and the glass can be reused."
        ),
        skus=(
            Sku(
                "HM103-01",
                "2010010300012",
                "雪松白茶 220 克",
                "Cedar and white tea, 220 g",
                560,
                110,
                110,
                120,
                4_900,
                (220, 180),
            ),
            Sku(
                "HM103-02",
                "2010010300029",
                "无花果 220 克",
                "Fig, 220 g",
                560,
                110,
                110,
                120,
                4_900,
                (160, 120),
            ),
        ),
    ),
    Gift(
        code="HM104",
        category="home",
        name="木纹超声波香薰加湿器",
        name_en="Wood-grain ultrasonic aroma diffuser",
        summary="细雾香薰二合一，缺水自动断电。",
        summary_en="Fine mist and fragrance in one; switches off when the water runs out.",
        description=(
            "300 毫升水箱，低档可连续出雾约 8 小时。暖光夜灯可单独开关，运行声音低于 32 分贝。"
            "使用水溶性精油，每次三到五滴即可。"
        ),
        description_en=(
            "A 300 ml tank lasts about eight hours on low. The warm night light has its own switch, and "
            "the unit runs below 32 dB. Use three to five drops of water-soluble oil."
        ),
        skus=(
            Sku("HM104-01", "2010010400019", "浅木纹", "Light wood", 720, 180, 180, 260, 12_600, (90, 70)),
            Sku("HM104-02", "2010010400026", "胡桃木纹", "Walnut", 720, 180, 180, 260, 12_600, (60, 50)),
        ),
        monthly_limit=2,
    ),
    Gift(
        code="HM105",
        category="home",
        name="亲肤羽丝绒枕一对装",
        name_en="Down-alternative pillows, pair",
        summary="蓬松回弹，可整枕机洗的一对枕头。",
        summary_en="A pair of springy pillows that can be machine washed whole.",
        description=(
            "羽丝绒填充，单只填充量 850 克，侧睡仰睡都合适。面料为 60 支全棉，四角加绣防滑移。"
            "真空压缩发货，拆封后拍松静置半天即可恢复。"
        ),
        description_en=(
            "Each pillow holds 850 g of down-alternative fibre and suits side and back sleepers. The cover "
            "is 60-count cotton. They arrive vacuum packed: plump them and let them rest for half a day."
        ),
        skus=(
            Sku(
                "HM105-01",
                "2010010500016",
                "标准高度",
                "Standard loft",
                2100,
                480,
                320,
                180,
                9_800,
                (100, 80),
            ),
            Sku(
                "HM105-02", "2010010500023", "偏低软枕", "Low and soft", 1900, 480, 320, 160, 9_800, (80, 60)
            ),
        ),
    ),
    Gift(
        code="HM106",
        category="home",
        name="格纹流苏羊毛混纺盖毯",
        name_en="Checked wool-blend throw",
        summary="沙发午睡刚好盖到脚的一条格纹毯。",
        summary_en="Long enough to reach your toes on the sofa.",
        description=(
            "羊毛与腈纶混纺，130 乘 170 厘米，保暖而不压身。手工捻制流苏，边缘不易散开。"
            "建议冷水手洗或干洗，平铺晾干。"
        ),
        description_en=(
            "A wool and acrylic blend, 130 by 170 cm, warm without weight. The fringe is twisted by hand. "
            "Wash cold by hand or dry clean, and dry flat."
        ),
        skus=(
            Sku(
                "HM106-01", "2010010600013", "焦糖格", "Caramel check", 1050, 360, 300, 120, 15_800, (70, 50)
            ),
            Sku("HM106-02", "2010010600020", "苔绿格", "Moss check", 1050, 360, 300, 120, 15_800, (50, 40)),
        ),
    ),
    Gift(
        code="HM107",
        category="home",
        name="带盖布艺折叠收纳箱两只装",
        name_en="Folding fabric storage boxes, set of 2",
        summary="一大一小，换季衣物与毛毯各归其位。",
        summary_en="One large, one small: a place for blankets and off-season clothes.",
        description=(
            "棉麻外层内衬加厚硬板，盖上盖子可叠放两层。不用时折平，厚度不到 4 厘米。承重建议不超过 12 "
            "千克，请勿放置液体。"
        ),
        description_en=(
            "Cotton-linen over stiff board, sturdy enough to stack two high. Folds flat to under 4 cm. "
            "Keep each below 12 kg and do not store liquids."
        ),
        skus=(
            Sku(
                "HM107-01",
                "2010010700010",
                "陶土与鼠尾草",
                "Clay and sage",
                1680,
                460,
                330,
                90,
                5_600,
                (130, 110),
            ),
        ),
    ),
    Gift(
        code="HM108",
        category="home",
        name="榉木静音挂钟",
        name_en="Beech silent wall clock",
        summary="扫秒机芯没有滴答声，卧室也能挂。",
        summary_en="A sweeping movement with no tick, quiet enough for a bedroom.",
        description=(
            "实木榉木边框，直径 30 厘米，配高清玻璃面。静音扫秒机芯，使用一节五号电池（未附）约走一年。"
            "附挂钩与免钉贴，轻质墙面也可安装。"
        ),
        description_en=(
            "A 30 cm frame of solid beech with a clear glass front. The movement runs about a year on one "
            "AA battery, not included. A hook and an adhesive hanger come with it."
        ),
        skus=(Sku("HM108-01", "2010010800017", "榉木色", "Beech", 1320, 340, 340, 70, 8_600, (75, 55)),),
    ),
    Gift(
        code="HM109",
        category="home",
        name="木柄长柄晴雨伞",
        name_en="Wooden-handle umbrella",
        summary="十六骨抗风，伞面遇水一抖即干。",
        summary_en="Sixteen ribs against the wind and a canopy that shakes dry.",
        description=(
            "玻纤十六骨架，撑开直径 112 厘米，两人同行也够用。伞面双层涂层，防泼水并遮挡紫外线。"
            "弯柄为实木，木纹各有不同。"
        ),
        description_en=(
            "Sixteen fibreglass ribs open to 112 cm, enough for two. The double-coated canopy sheds water "
            "and blocks ultraviolet light. The crook is solid wood, each with its own grain."
        ),
        skus=(
            Sku("HM109-01", "2010010900014", "陶土红", "Terracotta", 640, 930, 70, 70, 5_200, (150, 130)),
            Sku("HM109-02", "2010010900021", "藏青", "Navy", 640, 930, 70, 70, 5_200, (110, 90)),
        ),
    ),
)
