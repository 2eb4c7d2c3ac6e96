"""Gifts of the category Kitchen."""

from __future__ import annotations

from desk.demo.catalogue.records import Gift, Sku

GIFTS: tuple[Gift, ...] = (
    Gift(
        code="KT201",
        category="kitchen",
        name="铸铁珐琅炖锅",
        name_en="Enamelled cast-iron casserole",
        summary="厚铸铁锁住温度，从炉火直接端上餐桌。",
        summary_en="Thick cast iron that goes from the hob straight to the table.",
        description=(
            "铸铁锅体内外三层珐琅，燃气、电磁炉与烤箱均可使用。锅盖内侧自循环凸点，炖煮时水汽均匀回落。"
            "较重，请双手端取；忌骤冷骤热。"
        ),
        description_en=(
            "Three coats of enamel inside and out; for gas, induction and oven. Bumps under the lid return "
            "the moisture evenly. It is heavy, so lift it with both hands, and avoid sudden changes of "
            "temperature."
        ),
        skus=(
            Sku(
                "KT201-01",
                "2020020100014",
                "番茄红 22 厘米",
                "Tomato red, 22 cm",
                4600,
                340,
                280,
                210,
                36_800,
                (40, 30),
            ),
            Sku(
                "KT201-02",
                "2020020100021",
                "番茄红 26 厘米",
                "Tomato red, 26 cm",
                6100,
                390,
                320,
                230,
                45_800,
                (25, 18),
            ),
            Sku(
                "KT201-03",
                "2020020100038",
                "奶油白 22 厘米",
                "Cream, 22 cm",
                4600,
                340,
                280,
                210,
                36_800,
                (30, 22),
            ),
        ),
        minimum_tier="silver",
        monthly_limit=1,
    ),
    Gift(
        code="KT202",
        category="kitchen",
        name="麦饭石色不粘平底煎锅",
        name_en="Stone-finish non-stick frying pan",
        summary="少油煎蛋不粘底，一冲就净。",
        summary_en="Fries an egg with little oil and rinses clean.",
        description=(
            "压铸铝锅身，复底导磁，燃气与电磁炉通用。锅内为水性不粘涂层，请配合木铲或硅胶铲使用。手柄隔热，"
            "附挂孔。"
        ),
        description_en=(
            "Die-cast aluminium with a magnetic base for gas and induction. Use wooden or silicone tools "
            "on the water-based coating. The handle stays cool and has a hanging loop."
        ),
        skus=(
            Sku("KT202-01", "2020020200011", "24 厘米", "24 cm", 980, 460, 270, 80, 7_200, (120, 100)),
            Sku("KT202-02", "2020020200028", "28 厘米", "28 cm", 1260, 510, 310, 80, 8_800, (90, 80)),
        ),
    ),
    Gift(
        code="KT203",
        category="kitchen",
        name="叶语釉下彩餐具十六件套",
        name_en="Leaf pattern tableware, 16 pieces",
        summary="四人食碗盘碟勺齐全，釉下彩可进微波炉。",
        summary_en="Bowls, plates, saucers and spoons for four, safe in the microwave.",
        description=(
            "含饭碗、餐盘、味碟、汤勺各四件。釉下彩图案在釉层之下，长期使用不易磨损。分格纸浆托包装，"
            "运输破损凭照片补发。"
        ),
        description_en=(
            "Four each of rice bowls, plates, saucers and spoons. The pattern lies under the glaze and "
            "does not wear off. Packed in moulded pulp; pieces broken on the way are replaced."
        ),
        skus=(
            Sku(
                "KT203-01",
                "2020020300018",
                "红边叶纹",
                "Red rim with leaves",
                5400,
                420,
                320,
                260,
                26_800,
                (35, 25),
            ),
        ),
    ),
    Gift(
        code="KT204",
        category="kitchen",
        name="相思木座刀具五件套",
        name_en="Knife set with acacia block, 5 pieces",
        summary="切片、多用、水果与剪刀，各有各的位置。",
        summary_en="A slicer, a utility knife, a fruit knife and shears, each in its slot.",
        description=(
            "刀身为高碳不锈钢，出厂已开刃。相思木刀座底部防滑并留排水孔。刀具锋利，请放在儿童接触不到的地方。"
        ),
        description_en=(
            "Blades of high-carbon stainless steel, sharpened before they leave the factory. The acacia "
            "block drains and does not slip. Keep out of the reach of children."
        ),
        skus=(Sku("KT204-01", "2020020400015", "五件套", "5 pieces", 2350, 380, 200, 180, 21_800, (45, 35)),),
        monthly_limit=1,
    ),
    Gift(
        code="KT205",
        category="kitchen",
        name="整木相思木砧板",
        name_en="One-piece acacia cutting board",
        summary="一整块木料制成，无拼接无胶水。",
        summary_en="Cut from a single plank: no joints, no glue.",
        description=(
            "厚 2.2 厘米，食品级矿物油擦拭养护。手柄带孔，可悬挂沥干。请勿浸泡或放入洗碗机，木纹以实物为准。"
        ),
        description_en=(
            "It is 2.2 cm thick and rubbed with food-grade mineral oil. Hang it by the handle to dry. Do "
            "not soak it or put it in the dishwasher; the grain varies."
        ),
        skus=(
            Sku(
                "KT205-01",
                "2020020500012",
                "38 × 24 厘米",
                "38 × 24 cm",
                1350,
                400,
                250,
                30,
                5_800,
                (140, 110),
            ),
            Sku(
                "KT205-02", "2020020500029", "45 × 30 厘米", "45 × 30 cm", 2080, 470, 310, 30, 7_800, (80, 70)
            ),
        ),
    ),
    Gift(
        code="KT206",
        category="kitchen",
        name="高硼硅玻璃保鲜盒三件套",
        name_en="Borosilicate food containers, set of 3",
        summary="冷藏、微波、烤箱一盒到底。",
        summary_en="From fridge to microwave to oven in the same box.",
        description=(
            "耐热玻璃盒体，可承受零下 20 度到 400 度（盖子除外）。四面锁扣配硅胶圈，汤水倒置不漏。容量为 "
            "370、640 与 1050 毫升。"
        ),
        description_en=(
            "The glass stands -20 to 400 °C, the lids do not. Four locks and a silicone seal keep soup in. "
            "The boxes hold 370, 640 and 1,050 ml."
        ),
        skus=(
            Sku(
                "KT206-01",
                "2020020600019",
                "三色盖",
                "Three lid colours",
                1760,
                250,
                190,
                210,
                4_600,
                (260, 220),
            ),
        ),
    ),
    Gift(
        code="KT207",
        category="kitchen",
        name="双层不锈钢保温提锅",
        name_en="Double-wall stainless food carrier",
        summary="早上装好的汤，中午打开仍是热的。",
        summary_en="Soup packed in the morning is still hot at noon.",
        description=(
            "真空夹层锅身，两只内胆分装饭菜，总容量 1.6 升。食品接触面为 304 不锈钢。6 小时后水温实测约 58 "
            "度，环境温度不同会有差异。"
        ),
        description_en=(
            "A vacuum body with two inner pots, 1.6 litres in all. Food touches only 304 stainless steel. "
            "Water measured about 58 °C after six hours; a colder room shortens that."
        ),
        skus=(
            Sku("KT207-01", "2020020700016", "番茄红", "Tomato red", 1180, 200, 180, 270, 8_900, (110, 95)),
            Sku("KT207-02", "2020020700023", "奶白", "Milk white", 1180, 200, 180, 270, 8_900, (85, 70)),
        ),
    ),
    Gift(
        code="KT208",
        category="kitchen",
        name="台式破壁料理机",
        name_en="Countertop blender",
        summary="豆浆、果昔与浓汤，一键完成。",
        summary_en="Soy milk, smoothies and soup at one touch.",
        description=(
            "1.75 升高硼硅玻璃杯，八叶刀头，八小时预约。破壁豆浆程序约 22 分钟，工作时声音较大，"
            "建议避开夜间。带自清洁程序，杯体不可浸水。"
        ),
        description_en=(
            "A 1.75 litre glass jar, eight blades and an eight-hour timer. Soy milk takes about 22 "
            "minutes, and the motor is loud, so avoid late evenings. It cleans itself; do not immerse the "
            "jar."
        ),
        skus=(Sku("KT208-01", "2020020800013", "石墨黑", "Graphite", 5200, 420, 260, 260, 52_800, (22, 16)),),
        minimum_tier="gold",
        monthly_limit=1,
    ),
    Gift(
        code="KT209",
        category="kitchen",
        name="硅胶烘焙工具套装",
        name_en="Silicone baking tools with bowl",
        summary="刮刀、打蛋器、木勺配一只搅拌盆。",
        summary_en="A spatula, a whisk, a wooden spoon and a mixing bowl.",
        description=(
            "刮刀为食品级硅胶，耐温 230 度，刮盆不留残料。搅拌盆容量 2.5 升，盆底防滑。"
            "除木勺外均可放入洗碗机。"
        ),
        description_en=(
            "The food-grade silicone spatula stands 230 °C and leaves nothing in the bowl. The 2.5 litre "
            "bowl has a non-slip base. All but the wooden spoon may go in the dishwasher."
        ),
        skus=(
            Sku("KT209-01", "2020020900010", "陶土红", "Terracotta", 1420, 320, 260, 180, 5_400, (120, 100)),
        ),
    ),
)
