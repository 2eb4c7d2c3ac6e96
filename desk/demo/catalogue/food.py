"""Gifts of the category Tea & food."""

from __future__ import annotations

from desk.demo.catalogue.records import Gift, Sku

GIFTS: tuple[Gift, ...] = (
    Gift(
        code="TF301",
        category="food",
        name="陶瓷手冲咖啡壶套装",
        name_en="Ceramic pour-over coffee set",
        summary="滤杯、分享壶与一只小杯，在家慢慢冲一壶。",
        summary_en="Dripper, server and a cup for a slow brew at home.",
        description=(
            "陶瓷滤杯内壁螺旋导流，搭配 500 毫升耐热玻璃分享壶。附 40 张滤纸与一只 90 毫升小杯。不含咖啡豆。"
        ),
        description_en=(
            "A spiral-ribbed ceramic dripper with a 500 ml heat-proof glass server. Forty filters and a 90 "
            "ml cup come with it. Coffee is not included."
        ),
        skus=(
            Sku("TF301-01", "2030030100010", "奶白", "Cream white", 1350, 330, 220, 240, 12_800, (80, 70)),
            Sku("TF301-02", "2030030100027", "砂黑", "Sand black", 1350, 330, 220, 240, 12_800, (60, 45)),
        ),
    ),
    Gift(
        code="TF302",
        category="food",
        name="明前高山绿茶礼罐",
        name_en="Early spring green tea in a tin",
        summary="清明前一芽一叶，汤色嫩绿，入口鲜爽。",
        summary_en="One bud and one leaf picked before Qingming; a fresh, pale green cup.",
        description=(
            "产自海拔 800 米以上的茶园，当年春茶。双层盖铁罐避光防潮，内附一只品茗杯。请冷藏密封保存，"
            "开封后两个月内饮用最佳。"
        ),
        description_en=(
            "This spring’s harvest from gardens above 800 metres. The double-lid tin keeps out light and "
            "damp, and a tasting cup comes with it. Keep it cool and drink within two months of opening."
        ),
        skus=(
            Sku("TF302-01", "2030030200017", "125 克", "125 g", 420, 180, 120, 160, 9_800, (150, 120)),
            Sku("TF302-02", "2030030200024", "250 克", "250 g", 640, 200, 140, 180, 17_800, (90, 60)),
        ),
        monthly_limit=3,
        return_days=0,
    ),
    Gift(
        code="TF303",
        category="food",
        name="紫砂茶壶旅行茶具套装",
        name_en="Clay teapot set with tray",
        summary="一壶两杯一盘，两个人的下午茶。",
        summary_en="One pot, two cups and a tray, for an afternoon for two.",
        description=(
            "紫砂泥料半手工成型，壶容量约 210 毫升，出水利落。茶盘为竹胶合板，可拆洗。"
            "新壶请先以清水煮二十分钟再使用。"
        ),
        description_en=(
            "Half hand-built from Yixing-type clay; the pot holds about 210 ml and pours cleanly. The "
            "bamboo tray comes apart for washing. Boil a new pot in clear water for twenty minutes first."
        ),
        skus=(Sku("TF303-01", "2030030300014", "朱泥色", "Red clay", 1650, 420, 220, 200, 19_800, (40, 35)),),
    ),
    Gift(
        code="TF304",
        category="food",
        name="精品挂耳咖啡三十包",
        name_en="Drip bag coffee, 30 bags",
        summary="撕开、挂上、注水，三分钟一杯。",
        summary_en="Tear, hang, pour: a cup in three minutes.",
        description=(
            "中度烘焙拼配豆，坚果与焦糖风味，酸度柔和。每包 10 克，充氮独立包装。烘焙日期印在封口处，"
            "保质期 12 个月。"
        ),
        description_en=(
            "A medium-roast blend with nut and caramel notes and gentle acidity. Each 10 g bag is packed "
            "under nitrogen. The roasting date is on the seal; keeps for twelve months."
        ),
        skus=(
            Sku(
                "TF304-01",
                "2030030400011",
                "坚果焦糖",
                "Nut and caramel",
                480,
                260,
                200,
                110,
                4_500,
                (320, 260),
            ),
            Sku(
                "TF304-02",
                "2030030400028",
                "花香浅烘",
                "Floral, light roast",
                480,
                260,
                200,
                110,
                4_900,
                (200, 180),
            ),
        ),
        return_days=0,
    ),
    Gift(
        code="TF305",
        category="food",
        name="秦岭山区土蜂蜜",
        name_en="Mountain wildflower honey",
        summary="一年一割的百花蜜，低温自然结晶。",
        summary_en="Wildflower honey cut once a year; it crystallises naturally when cold.",
        description=(
            "来自山区散养中蜂，成熟封盖后取蜜，未添加糖浆。冬季结晶属正常现象，温水隔瓶加热即可化开。"
            "一岁以下婴儿不宜食用。"
        ),
        description_en=(
            "From bees kept in the mountains, taken only when the comb is sealed, with no syrup added. "
            "Crystals in winter are normal: warm the jar in water. Not for infants under one year."
        ),
        skus=(
            Sku("TF305-01", "2030030500018", "500 克", "500 g", 820, 110, 110, 140, 5_200, (180, 150)),
            Sku("TF305-02", "2030030500025", "1000 克", "1000 g", 1540, 130, 130, 170, 9_600, (90, 80)),
        ),
        return_days=0,
    ),
    Gift(
        code="TF306",
        category="food",
        name="东北长粒香米",
        name_en="Northeast long-grain rice",
        summary="一季一熟的新米，煮饭时满屋清香。",
        summary_en="New rice from a single yearly harvest, fragrant as it cooks.",
        description=(
            "当季稻谷现碾现发，包装日期距发货不超过 30 天。棉布束口外袋可重复使用，内为真空包装。"
            "请置于阴凉干燥处，开封后尽快食用。"
        ),
        description_en=(
            "Milled to order and sent within thirty days. The cotton bag can be used again; the rice "
            "inside is vacuum packed. Keep cool and dry and use soon after opening."
        ),
        skus=(
            Sku("TF306-01", "2030030600015", "5 千克", "5 kg", 5200, 380, 260, 110, 5_800, (280, 240)),
            Sku("TF306-02", "2030030600022", "10 千克", "10 kg", 10300, 460, 320, 150, 10_800, (120, 100)),
        ),
        monthly_limit=4,
        return_days=0,
    ),
    Gift(
        code="TF307",
        category="food",
        name="每日混合坚果大罐",
        name_en="Mixed nuts, large jar",
        summary="巴旦木、榛子、腰果与核桃，原味轻烘。",
        summary_en="Almonds, hazelnuts, cashews and walnuts, lightly roasted.",
        description="四种坚果按比例混合，不加盐不加糖。玻璃罐配竹盖，吃完可继续使用。本品含坚果，过敏者请勿食用。",
        description_en=(
            "Four kinds mixed in equal measure with no salt or sugar. The glass jar with its bamboo lid "
            "can be used again. Contains nuts: not for people with an allergy."
        ),
        skus=(Sku("TF307-01", "2030030700012", "680 克", "680 g", 1280, 140, 140, 200, 7_900, (160, 140)),),
        return_days=0,
    ),
    Gift(
        code="TF308",
        category="food",
        name="特级初榨橄榄油",
        name_en="Extra virgin olive oil",
        summary="首道冷榨，果香清新，凉拌与低温烹调皆宜。",
        summary_en="First cold pressing, fresh and fruity, for salads and gentle cooking.",
        description=(
            "酸度不高于 0.5%，深色玻璃瓶避光保存。低温下出现絮状物属正常现象，回温后恢复透明。瓶口带控油嘴。"
        ),
        description_en=(
            "Acidity of no more than 0.5%, in dark glass. Cloudiness in the cold is normal and clears at "
            "room temperature. The neck has a drip-free pourer."
        ),
        skus=(
            Sku("TF308-01", "2030030800019", "500 毫升", "500 ml", 960, 90, 90, 310, 5_600, (200, 180)),
            Sku("TF308-02", "2030030800026", "750 毫升", "750 ml", 1380, 100, 100, 330, 7_800, (120, 110)),
        ),
        return_days=0,
    ),
    Gift(
        code="TF309",
        category="food",
        name="流心月饼中秋礼盒",
        name_en="Mid-Autumn mooncake gift box",
        summary="八枚流心蛋黄月饼，中秋前后开放兑换。",
        summary_en="Eight mooncakes with a soft yolk centre, open around Mid-Autumn.",
        description=(
            "每枚 50 克，奶黄流心馅，独立包装。冷链配送，收到后请冷藏并在保质期内食用。节令商品，"
            "兑换窗口开放后按先后顺序发货。"
        ),
        description_en=(
            "Eight pieces of 50 g with a flowing custard centre, packed one by one. Sent cold: keep them "
            "chilled. A seasonal gift, shipped in the order of redemption once the window opens."
        ),
        skus=(Sku("TF309-01", "2030030900016", "八枚装", "Box of 8", 980, 330, 250, 70, 8_800, (400, 350)),),
        monthly_limit=2,
        return_days=0,
        on_shelf_from_days=45,
        on_shelf_until_days=80,
    ),
)
