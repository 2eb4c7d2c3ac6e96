"""Gifts of the category Sports & outdoor."""

from __future__ import annotations

from desk.demo.catalogue.records import Gift, Sku

GIFTS: tuple[Gift, ...] = (
    Gift(
        code="OD501",
        category="outdoor",
        name="双人速开露营帐篷",
        name_en="Two-person quick-pitch tent",
        summary="两分钟撑起，双层防雨透气。",
        summary_en="Up in two minutes; two layers against rain and damp.",
        description=(
            "外帐防水指数 3000 毫米，内帐全纱网。展开 210 乘 150 厘米，收纳长度 70 厘米。"
            "含地钉八枚与防风绳四根。"
        ),
        description_en=(
            "A 3,000 mm fly over an all-mesh inner tent. 210 by 150 cm pitched, 70 cm packed. Eight pegs "
            "and four guy lines are included."
        ),
        skus=(
            Sku("OD501-01", "2050050100012", "松针绿", "Pine green", 3400, 700, 190, 190, 34_800, (28, 24)),
        ),
        minimum_tier="silver",
    ),
    Gift(
        code="OD502",
        category="outdoor",
        name="轻量防泼水双肩背包",
        name_en="Light water-repellent backpack",
        summary="二十六升，通勤与周末徒步都合适。",
        summary_en="26 litres for the office and a weekend walk.",
        description=(
            "背部透气网垫，肩带加宽分压。独立电脑隔层可放 15.6 英寸笔记本，侧袋放得下 800 毫升水壶。"
            "面料防泼水，大雨请另加雨罩。"
        ),
        description_en=(
            "A ventilated back and wide straps. A 15.6 inch laptop has its own sleeve and the side pocket "
            "takes an 800 ml bottle. It repels showers; add a cover in heavy rain."
        ),
        skus=(
            Sku("OD502-01", "2050050200019", "松针绿", "Pine green", 820, 480, 320, 120, 13_800, (90, 80)),
            Sku("OD502-02", "2050050200026", "岩石灰", "Rock grey", 820, 480, 320, 120, 13_800, (90, 70)),
        ),
    ),
    Gift(
        code="OD503",
        category="outdoor",
        name="提环保冷运动水壶",
        name_en="Insulated sports bottle",
        summary="冰水整日清凉，提环一勾就走。",
        summary_en="Ice water all day; hook the loop and go.",
        description="304 不锈钢双层真空，保冷约 24 小时，保热约 10 小时。宽口便于放冰与清洗。请勿装碳酸饮料。",
        description_en=(
            "Double-wall 304 steel: about 24 hours cold, 10 hours hot. The wide mouth takes ice and is "
            "easy to clean. Not for fizzy drinks."
        ),
        skus=(
            Sku(
                "OD503-01",
                "2050050300016",
                "松针绿 750 毫升",
                "Pine green, 750 ml",
                480,
                90,
                90,
                290,
                5_800,
                (220, 200),
            ),
            Sku(
                "OD503-02",
                "2050050300023",
                "松针绿 1000 毫升",
                "Pine green, 1000 ml",
                580,
                100,
                100,
                310,
                6_800,
                (160, 140),
            ),
            Sku(
                "OD503-03",
                "2050050300030",
                "日落橙 750 毫升",
                "Sunset orange, 750 ml",
                480,
                90,
                90,
                290,
                5_800,
                (130, 120),
            ),
        ),
    ),
    Gift(
        code="OD504",
        category="outdoor",
        name="便携折叠导演椅",
        name_en="Folding director’s chair",
        summary="榉木扶手，坐得直也坐得久。",
        summary_en="Beech armrests, upright and comfortable for hours.",
        description="铝合金支架，静态承重 120 千克。椅面为加厚牛津布，可拆洗。折叠后厚 12 厘米，附收纳袋。",
        description_en=(
            "An aluminium frame that holds 120 kg at rest. The thick Oxford seat comes off for washing. "
            "Folds to 12 cm and has its own bag."
        ),
        skus=(
            Sku("OD504-01", "2050050400013", "松针绿", "Pine green", 3100, 820, 480, 130, 16_800, (40, 35)),
        ),
    ),
    Gift(
        code="OD505",
        category="outdoor",
        name="天然橡胶瑜伽垫",
        name_en="Natural rubber yoga mat",
        summary="干湿都防滑，回弹稳定不打滑。",
        summary_en="Grips dry or damp and springs back evenly.",
        description=(
            "天然橡胶底与聚氨酯面，183 乘 68 厘米，厚 5 毫米。附背带与收纳绑带。新垫有轻微橡胶气味，"
            "通风两三天即散；乳胶过敏者慎用。"
        ),
        description_en=(
            "Rubber base with a polyurethane face, 183 by 68 cm and 5 mm thick. A carrying strap is "
            "included. The faint smell goes after a few days; not for people allergic to latex."
        ),
        skus=(
            Sku("OD505-01", "2050050500010", "苔绿", "Moss", 2480, 700, 150, 150, 9_800, (100, 90)),
            Sku("OD505-02", "2050050500027", "陶粉", "Clay pink", 2480, 700, 150, 150, 9_800, (70, 60)),
        ),
    ),
    Gift(
        code="OD506",
        category="outdoor",
        name="碳素羽毛球拍单支装",
        name_en="Carbon badminton racket",
        summary="轻拍身重挥速，附三只练习球。",
        summary_en="A light frame for a fast swing, with three shuttles.",
        description="全碳素一体成型，拍重 4U，出厂穿线 24 磅。附拍套、手胶与三只尼龙球。图示球以实物为准。",
        description_en=(
            "A one-piece carbon frame of 4U weight, strung at 24 lb. A cover, a grip and three nylon "
            "shuttles come with it. The shuttle in the picture may differ."
        ),
        skus=(Sku("OD506-01", "2050050600017", "翠绿", "Emerald", 360, 700, 240, 50, 14_800, (60, 50)),),
    ),
    Gift(
        code="OD507",
        category="outdoor",
        name="复古充电露营灯",
        name_en="Rechargeable camping lantern",
        summary="暖光可调，一晚不断电。",
        summary_en="Warm, dimmable and bright all night.",
        description="三档色温，最低亮度约可用 40 小时。Type-C 充电，也可给手机应急补电。IPX4 防泼溅，可挂可放。",
        description_en=(
            "Three tones of light, and about 40 hours at the lowest. Charges by Type-C and can top up a "
            "phone. Splash-proof to IPX4; hang it or stand it."
        ),
        skus=(Sku("OD507-01", "2050050700014", "松针绿", "Pine green", 690, 160, 160, 270, 8_800, (95, 85)),),
    ),
    Gift(
        code="OD508",
        category="outdoor",
        name="万向轮拉杆旅行箱",
        name_en="Suitcase on spinner wheels",
        summary="静音万向轮，二十寸可登机。",
        summary_en="Quiet spinner wheels; the 20 inch size goes in the cabin.",
        description=(
            "聚碳酸酯箱壳，铝合金拉杆四档可调。配三位数字海关锁，内有湿物隔袋。个别航空公司尺寸要求更严，"
            "请出行前确认。"
        ),
        description_en=(
            "A polycarbonate shell and a four-step aluminium handle. It has a three-digit customs lock and "
            "a wet pocket. Some airlines allow less, so check before you fly."
        ),
        skus=(
            Sku(
                "OD508-01",
                "2050050800011",
                "松针绿 20 英寸",
                "Pine green, 20 in",
                3200,
                570,
                380,
                240,
                42_800,
                (36, 30),
            ),
            Sku(
                "OD508-02",
                "2050050800028",
                "岩石灰 24 英寸",
                "Rock grey, 24 in",
                4100,
                670,
                440,
                280,
                52_800,
                (20, 16),
            ),
        ),
        minimum_tier="silver",
    ),
    Gift(
        code="OD509",
        category="outdoor",
        name="一体成型骑行头盔",
        name_en="In-mould cycling helmet",
        summary="十八个风道，盛夏也透气。",
        summary_en="Eighteen vents keep the head cool in summer.",
        description=(
            "聚碳酸酯外壳与缓冲层一体成型，重约 260 克。后脑旋钮调节，适合头围 55 到 61 厘米。"
            "受到撞击后请停用更换。"
        ),
        description_en=(
            "Shell and liner are moulded in one, about 260 g. A dial fits heads of 55 to 61 cm. Replace it "
            "after any crash."
        ),
        skus=(
            Sku(
                "OD509-01",
                "2050050900018",
                "松针绿 均码",
                "Pine green, one size",
                480,
                310,
                230,
                190,
                12_800,
                (1, 0),
            ),
        ),
    ),
)
