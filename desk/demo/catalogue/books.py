"""Gifts of the category Books & stationery."""

from __future__ import annotations

from desk.demo.catalogue.records import Gift, Sku

GIFTS: tuple[Gift, ...] = (
    Gift(
        code="BK701",
        category="books",
        name="铱金笔尖钢笔墨水礼盒",
        name_en="Fountain pen and ink gift set",
        summary="一支钢笔一瓶墨水，送给认真写字的人。",
        summary_en="A pen and a bottle of ink for someone who writes with care.",
        description="铱金笔尖，粗细约 0.5 毫米，出墨流畅。含 30 毫升蓝黑墨水与吸墨器一支。礼盒附贺卡，可手写祝词。",
        description_en=(
            "An iridium-tipped nib of about 0.5 mm that flows well. With 30 ml of blue-black ink and a "
            "converter. A card for a handwritten wish is in the box."
        ),
        skus=(
            Sku("BK701-01", "2070070100014", "黛紫", "Violet", 460, 220, 160, 60, 9_600, (90, 80)),
            Sku("BK701-02", "2070070100021", "墨黑", "Ink black", 460, 220, 160, 60, 9_600, (70, 60)),
        ),
    ),
    Gift(
        code="BK702",
        category="books",
        name="真皮绑带手帐本",
        name_en="Leather-bound journal",
        summary="内页可换，用一年又一年。",
        summary_en="Refillable, for year after year.",
        description="头层牛皮封面，会随使用逐渐变色。A5 内页 192 页，80 克道林纸，书写不洇墨。附一支削好的铅笔。",
        description_en=(
            "Full-grain leather that darkens with use. 192 A5 pages of 80 g paper that does not bleed. A "
            "sharpened pencil is included."
        ),
        skus=(
            Sku("BK702-01", "2070070200011", "黛紫", "Violet", 520, 230, 170, 40, 6_800, (130, 120)),
            Sku("BK702-02", "2070070200028", "焦糖棕", "Caramel", 520, 230, 170, 40, 6_800, (110, 100)),
        ),
    ),
    Gift(
        code="BK703",
        category="books",
        name="中国古典文学名著精装书套",
        name_en="Classic Chinese literature, boxed",
        summary="六册精装，大字清晰，适合全家共读。",
        summary_en="Six hardback volumes in large type for the whole family.",
        description=(
            "共六册，布面精装，注释在当页脚注。字号较大，长者阅读也舒适。整套约 4.8 千克，"
            "请核对收货地址后兑换。"
        ),
        description_en=(
            "Six cloth-bound volumes with notes on the page. The type is large and easy on older eyes. The "
            "set weighs about 4.8 kg, so check the address before redeeming."
        ),
        skus=(
            Sku("BK703-01", "2070070300018", "六册全", "6 volumes", 4800, 280, 210, 240, 19_800, (40, 30)),
        ),
    ),
    Gift(
        code="BK704",
        category="books",
        name="十二色固体水彩套装",
        name_en="Watercolour set, 12 pans",
        summary="一支笔一盒色，随身写生够用。",
        summary_en="Twelve colours and a brush, enough for sketching outdoors.",
        description="十二色半块固体颜料，铁盒盒盖即调色盘。附一支伸缩尼龙画笔。颜料可补充，单色另购。",
        description_en=(
            "Twelve half pans in a tin whose lid is the palette. A folding nylon brush is included. Single "
            "colours can be bought to refill it."
        ),
        skus=(
            Sku("BK704-01", "2070070400015", "十二色", "12 colours", 320, 180, 100, 40, 3_900, (190, 170)),
            Sku("BK704-02", "2070070400022", "二十四色", "24 colours", 520, 220, 120, 40, 6_900, (100, 90)),
        ),
    ),
    Gift(
        code="BK705",
        category="books",
        name="文房书法入门套装",
        name_en="Calligraphy starter set",
        summary="笔墨纸砚俱全，铺开就能写。",
        summary_en="Brush, ink, paper and stone: open and write.",
        description="兼毫大中小三支，油烟墨一锭，石砚一方，宣纸五十张。附一架实木笔挂。初学者亦可直接使用配套墨汁。",
        description_en=(
            "Three mixed-hair brushes, an ink stick, a stone and fifty sheets of paper. A wooden brush "
            "stand is included. Beginners may use the bottled ink that comes with it."
        ),
        skus=(
            Sku(
                "BK705-01", "2070070500012", "标准套装", "Standard set", 2600, 360, 300, 130, 15_800, (35, 30)
            ),
        ),
    ),
    Gift(
        code="BK706",
        category="books",
        name="书房复古地球仪",
        name_en="Study globe",
        summary="新版行政区划，放在书桌看世界。",
        summary_en="Current borders, for a look at the world from the desk.",
        description=(
            "球径 25 厘米，ABS 球体高清覆膜，字迹耐磨。金属弧臂可全向转动，木质底座稳重。"
            "地图底图为公开审图版本。"
        ),
        description_en=(
            "A 25 cm sphere with a hard-wearing film. The metal arm turns in every direction on a steady "
            "wooden base. The map follows the published national edition."
        ),
        skus=(Sku("BK706-01", "2070070600019", "25 厘米", "25 cm", 1450, 320, 300, 380, 12_800, (45, 40)),),
    ),
    Gift(
        code="BK707",
        category="books",
        name="山水长卷拼图一千片",
        name_en="Landscape jigsaw, 1000 pieces",
        summary="拼好就能装裱，一家人消磨一个周末。",
        summary_en="Frame it when done; a weekend for the whole family.",
        description="加厚蓝卡纸，切口无毛边，拼接不松动。成品 70 乘 50 厘米。附分区袋与一张定位图。",
        description_en=(
            "Thick board, clean cuts and a snug fit. 70 by 50 cm when finished. Sorting bags and a plan "
            "are included."
        ),
        skus=(
            Sku("BK707-01", "2070070700016", "一千片", "1000 pieces", 900, 380, 270, 60, 4_800, (160, 150)),
        ),
    ),
    Gift(
        code="BK708",
        category="books",
        name="桌面文具收纳笔筒套装",
        name_en="Desk organiser with stationery",
        summary="笔、尺、剪刀各有位置，桌面清爽。",
        summary_en="Pens, ruler and scissors in their places on a tidy desk.",
        description="含笔筒一只、铅笔三支、直尺与剪刀各一把。笔筒底部防滑，不刮桌面。剪刀为圆头设计，适合学生使用。",
        description_en=(
            "One pen cup, three pencils, a ruler and scissors. The base does not slip or scratch. The "
            "scissors have rounded tips for students."
        ),
        skus=(Sku("BK708-01", "2070070800013", "黛紫", "Violet", 480, 240, 160, 160, 2_600, (260, 240)),),
    ),
)
