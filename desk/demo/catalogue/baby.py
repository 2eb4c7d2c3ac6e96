"""Gifts of the category Mother & baby."""

from __future__ import annotations

from desk.demo.catalogue.records import Gift, Sku

GIFTS: tuple[Gift, ...] = (
    Gift(
        code="MB601",
        category="baby",
        name="宽口防胀气玻璃奶瓶",
        name_en="Wide-neck anti-colic glass bottle",
        summary="高硼硅玻璃，宽口好刷好冲奶。",
        summary_en="Borosilicate glass with a wide neck that is easy to fill and brush.",
        description=(
            "耐骤冷骤热，可蒸汽与沸水消毒。奶嘴底部设回气阀，减少吸入空气。附一只 M 流量奶嘴，"
            "建议每两个月更换。"
        ),
        description_en=(
            "It takes sudden heat and can be steamed or boiled. A valve in the teat lets in less air. One "
            "medium-flow teat is included; replace it every two months."
        ),
        skus=(
            Sku("MB601-01", "2060060100018", "160 毫升", "160 ml", 280, 80, 80, 190, 4_200, (160, 150)),
            Sku("MB601-02", "2060060100025", "240 毫升", "240 ml", 340, 80, 80, 220, 4_800, (150, 140)),
        ),
        return_days=0,
    ),
    Gift(
        code="MB602",
        category="baby",
        name="安抚系毛绒小熊",
        name_en="Comfort teddy bear",
        summary="抱着软，哄睡时的好朋友。",
        summary_en="Soft in the arms and good company at bedtime.",
        description=(
            "短绒面料，填充为可水洗聚酯纤维。眼睛为刺绣工艺，无可脱落小件。可装入洗衣袋轻柔机洗，"
            "适合六个月以上。"
        ),
        description_en=(
            "Short plush with washable polyester filling. The eyes are embroidered, so nothing can come "
            "loose. Wash gently in a bag; from six months."
        ),
        skus=(
            Sku("MB602-01", "2060060200015", "高 30 厘米", "30 cm", 380, 260, 200, 160, 5_200, (170, 160)),
            Sku("MB602-02", "2060060200022", "高 45 厘米", "45 cm", 720, 360, 280, 220, 8_600, (80, 70)),
        ),
    ),
    Gift(
        code="MB603",
        category="baby",
        name="榉木城堡积木六十块",
        name_en="Beech castle blocks, 60 pieces",
        summary="搭一座城堡，再推倒重来。",
        summary_en="Build a castle, knock it down and start again.",
        description="六十块榉木积木，水性漆，边角打磨圆滑。附棉布收纳袋。含小块部件，适合三岁以上儿童。",
        description_en=(
            "Sixty beech blocks in water-based paint with rounded edges. A cotton bag is included. Small "
            "parts: for children over three."
        ),
        skus=(Sku("MB603-01", "2060060300012", "六十块", "60 pieces", 2300, 300, 240, 110, 8_800, (90, 80)),),
    ),
    Gift(
        code="MB604",
        category="baby",
        name="双向轻便婴儿推车",
        name_en="Reversible light stroller",
        summary="可坐可躺，一键折叠可上飞机。",
        summary_en="Sits or lies flat and folds with one hand.",
        description=(
            "车重 6.8 千克，折叠后尺寸可登机（以航司规定为准）。四轮减震，五点式安全带。适合 0 到 36 "
            "个月、体重不超过 15 千克。"
        ),
        description_en=(
            "It weighs 6.8 kg and folds to cabin size, airline rules allowing. Four sprung wheels and a "
            "five-point harness. From birth to 36 months, up to 15 kg."
        ),
        skus=(
            Sku("MB604-01", "2060060400019", "蜜桃粉", "Peach pink", 8200, 620, 480, 280, 158_000, (12, 9)),
        ),
        minimum_tier="gold",
        monthly_limit=1,
    ),
    Gift(
        code="MB605",
        category="baby",
        name="双手柄儿童学饮杯",
        name_en="Two-handle training cup",
        summary="鸭嘴软口不伤牙龈，倒置不漏。",
        summary_en="A soft spout kind to gums; upside down it does not leak.",
        description=(
            "食品级硅胶吸口，杯身轻而耐摔，容量 240 毫升。双手柄可拆，刻度清晰。适合六个月以上，"
            "请在家长看护下使用。"
        ),
        description_en=(
            "A silicone spout and a light, tough 240 ml cup. The handles come off and the scale is easy to "
            "read. From six months, with an adult near."
        ),
        skus=(
            Sku("MB605-01", "2060060500016", "晴空蓝", "Sky blue", 180, 150, 130, 170, 2_800, (300, 260)),
            Sku("MB605-02", "2060060500023", "蜜桃粉", "Peach pink", 180, 150, 130, 170, 2_800, (240, 220)),
        ),
    ),
    Gift(
        code="MB606",
        category="baby",
        name="彩虹叠叠乐套圈",
        name_en="Rainbow stacking rings",
        summary="认识大小与颜色的第一件玩具。",
        summary_en="A first toy for sizes and colours.",
        description="五个圈与一只笑脸球，榉木与水性漆。底座加重，不易翻倒。适合十个月以上，表面可湿布擦拭。",
        description_en=(
            "Five rings and a smiling ball, in beech and water-based paint. The heavy base does not tip. "
            "From ten months; wipe with a damp cloth."
        ),
        skus=(Sku("MB606-01", "2060060600013", "五圈", "5 rings", 620, 180, 180, 260, 3_600, (200, 190)),),
    ),
    Gift(
        code="MB607",
        category="baby",
        name="儿童三轮滑板车",
        name_en="Three-wheel kids’ scooter",
        summary="重力转向，学得快也稳。",
        summary_en="Steers by leaning: quick to learn and steady.",
        description=(
            "扶手三档可调，适合身高 85 到 120 厘米。前轮发光，后轮脚踩刹车。承重 50 千克，"
            "请佩戴护具并在平整路面使用。"
        ),
        description_en=(
            "Three handlebar heights for children of 85 to 120 cm. Light-up front wheels and a foot brake. "
            "Up to 50 kg; wear pads and ride on level ground."
        ),
        skus=(
            Sku("MB607-01", "2060060700010", "蜜桃粉", "Peach pink", 2900, 600, 280, 180, 17_800, (35, 30)),
            Sku("MB607-02", "2060060700027", "晴空蓝", "Sky blue", 2900, 600, 280, 180, 17_800, (35, 30)),
        ),
    ),
    Gift(
        code="MB608",
        category="baby",
        name="软胶小黄鸭洗澡玩具",
        name_en="Rubber duck bath toy",
        summary="会浮会叫，洗澡不再哭闹。",
        summary_en="Floats and squeaks; bath time without tears.",
        description=(
            "食品级软胶，一体成型无底孔，不积水不发霉。一组含大鸭一只、小鸭两只。可沸水消毒，适合六个月以上。"
        ),
        description_en=(
            "Soft food-grade material in one piece with no hole to trap water. One big duck and two small "
            "ones. Can be boiled; from six months."
        ),
        skus=(
            Sku(
                "MB608-01",
                "2060060800017",
                "一大两小",
                "1 large, 2 small",
                260,
                200,
                160,
                130,
                900,
                (420, 380),
            ),
        ),
    ),
)
