"""Gifts of the category Health & care."""

from __future__ import annotations

from desk.demo.catalogue.records import Gift, Sku

GIFTS: tuple[Gift, ...] = (
    Gift(
        code="HC801",
        category="health",
        name="声波电动牙刷两支装",
        name_en="Sonic toothbrushes, pair",
        summary="三档清洁，两支刷柄颜色不同不混淆。",
        summary_en="Three modes, two handle colours so nobody mixes them up.",
        description=(
            "每分钟约 31000 次震动，两分钟定时并每 30 秒提醒换区。一次充电约用 90 天。附四支刷头。"
            "牙周疾病患者请遵医嘱使用。"
        ),
        description_en=(
            "About 31,000 strokes a minute with a two-minute timer that prompts every 30 seconds. A charge "
            "lasts about 90 days. Four heads are included. Ask your dentist if you have gum disease."
        ),
        skus=(
            Sku("HC801-01", "2080080100010", "情侣两支", "Two handles", 560, 260, 180, 60, 19_800, (70, 60)),
        ),
        monthly_limit=1,
        return_days=0,
    ),
    Gift(
        code="HC802",
        category="health",
        name="大屏上臂式电子血压计",
        name_en="Arm blood pressure monitor",
        summary="大字读数，两人数据分开记。",
        summary_en="Large digits and separate memories for two people.",
        description="一键测量，语音播报可关闭。自带心率不齐提示，可存 99 组数据。家用参考，不能代替医生诊断。",
        description_en=(
            "One-key measuring with optional voice. It flags an irregular pulse and keeps 99 readings. For "
            "home reference, not a replacement for a doctor."
        ),
        skus=(
            Sku(
                "HC802-01", "2080080200017", "标准袖带", "Standard cuff", 680, 240, 180, 120, 14_800, (85, 75)
            ),
        ),
        monthly_limit=1,
    ),
    Gift(
        code="HC803",
        category="health",
        name="智能体脂秤",
        name_en="Smart body composition scale",
        summary="早上站一下，十项数据同步手机。",
        summary_en="Step on once and ten figures reach your phone.",
        description=(
            "称重精度 50 克，支持多人识别。数据通过蓝牙同步，不强制联网。孕妇与佩戴起搏器者请勿使用体脂功能。"
        ),
        description_en=(
            "It weighs to 50 g and knows the family apart. Data goes over Bluetooth with no account "
            "required. Not for pregnant users or people with a pacemaker in body-fat mode."
        ),
        skus=(
            Sku("HC803-01", "2080080300014", "珍珠白", "Pearl white", 1650, 320, 320, 60, 11_800, (110, 100)),
        ),
    ),
    Gift(
        code="HC804",
        category="health",
        name="便携筋膜枪",
        name_en="Compact massage gun",
        summary="六百克，运动后二十分钟放松。",
        summary_en="600 grams, twenty minutes after sport.",
        description="无刷电机，四档转速，附四种按摩头。约 3 小时续航，Type-C 充电。请避开骨骼、颈部与受伤部位。",
        description_en=(
            "A brushless motor, four speeds and four heads. About three hours on a charge by Type-C. Keep "
            "away from bones, the neck and injured places."
        ),
        skus=(Sku("HC804-01", "2080080400011", "湖水青", "Lake teal", 720, 230, 190, 80, 16_800, (95, 85)),),
    ),
    Gift(
        code="HC805",
        category="health",
        name="负离子高速电吹风",
        name_en="Ionic hair dryer",
        summary="大风低温，三分钟吹干短发。",
        summary_en="A strong, gentle stream that dries short hair in three minutes.",
        description="风速可调两档，温度三档，含冷风键。负离子功能减少静电。附聚风嘴与扩散罩，电源线长 1.8 米。",
        description_en=(
            "Two speeds, three temperatures and a cool button. Ions reduce static. A concentrator and a "
            "diffuser come with it, on a 1.8 m cord."
        ),
        skus=(
            Sku("HC805-01", "2080080500018", "湖水青", "Lake teal", 780, 280, 230, 110, 22_800, (50, 45)),
            Sku("HC805-02", "2080080500025", "珍珠白", "Pearl white", 780, 280, 230, 110, 22_800, (40, 35)),
        ),
    ),
    Gift(
        code="HC806",
        category="health",
        name="家庭应急急救包",
        name_en="Family first-aid kit",
        summary="从创可贴到弹力绷带，六十件齐全。",
        summary_en="Sixty items from plasters to elastic bandage.",
        description=(
            "含创可贴、纱布、绷带、消毒棉、剪刀与冷敷包等六十件。硬质外盒带分隔层。不含药品；"
            "请定期检查有效期。"
        ),
        description_en=(
            "Sixty items including plasters, gauze, bandage, swabs, scissors and a cold pack, in a divided "
            "hard case. No medicines are included; check the dates now and then."
        ),
        skus=(
            Sku("HC806-01", "2080080600015", "六十件", "60 items", 1150, 280, 220, 110, 6_800, (180, 170)),
        ),
    ),
    Gift(
        code="HC807",
        category="health",
        name="植萃护手霜三支装",
        name_en="Botanical hand cream, 3 tubes",
        summary="三种淡香，冬天放一支在包里。",
        summary_en="Three faint scents; keep one in the bag in winter.",
        description=(
            "含乳木果油与甘油，涂抹后不黏手。每支 45 毫升，分别为茉莉、无花果与雪松香。个别人群可能过敏，"
            "请先在手腕试用。"
        ),
        description_en=(
            "With shea butter and glycerine, quick to sink in. Three tubes of 45 ml: jasmine, fig and "
            "cedar. Try it on the wrist first in case of allergy."
        ),
        skus=(
            Sku(
                "HC807-01",
                "2080080700012",
                "茉莉、无花果、雪松",
                "Jasmine, fig, cedar",
                260,
                180,
                140,
                50,
                2_200,
                (350, 320),
            ),
        ),
        return_days=0,
    ),
    Gift(
        code="HC808",
        category="health",
        name="恒温按摩足浴盆",
        name_en="Heated foot bath",
        summary="深及小腿，恒温四十二度。",
        summary_en="Deep to the calf and steady at 42 °C.",
        description=(
            "陶瓷加热，升温后自动恒温，可定时 30 分钟。四组滚轮按摩，带排水管。请勿在加水时触碰按键，"
            "孕妇请遵医嘱。"
        ),
        description_en=(
            "Ceramic heating holds the temperature for up to 30 minutes. Four massage rollers and a drain "
            "hose. Do not touch the keys while filling; ask a doctor if pregnant."
        ),
        skus=(
            Sku("HC808-01", "2080080800019", "湖水青", "Lake teal", 5200, 460, 380, 260, 27_800, (22, 18)),
        ),
        is_listed=False,
    ),
    Gift(
        code="HC809",
        category="health",
        name="红外额温枪",
        name_en="Infrared forehead thermometer",
        summary="一秒测温，背光提示不扰睡。",
        summary_en="One second, with a soft light that does not wake a child.",
        description=(
            "测量距离约 3 厘米，误差在 0.2 度以内。可在体温与物温间切换，存 30 组数据。结果仅供参考，"
            "持续发热请就医。"
        ),
        description_en=(
            "Hold it about 3 cm away; accurate to 0.2 °C. It also measures objects and keeps 30 readings. "
            "For reference: see a doctor if a fever lasts."
        ),
        skus=(
            Sku("HC809-01", "2080080900016", "珍珠白", "Pearl white", 240, 180, 120, 60, 7_800, (140, 130)),
        ),
    ),
)
