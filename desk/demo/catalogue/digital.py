"""Gifts of the category Digital."""

from __future__ import annotations

from desk.demo.catalogue.records import Gift, Sku

GIFTS: tuple[Gift, ...] = (
    Gift(
        code="DG401",
        category="digital",
        name="半入耳真无线蓝牙耳机",
        name_en="True wireless earbuds",
        summary="轻到忘记戴着，通话也清楚。",
        summary_en="Light enough to forget, and clear on calls.",
        description=(
            "单耳 3.8 克，双麦通话降噪，蓝牙 5.3。单次续航约 6 小时，配充电盒约 28 小时。"
            "支持触控与佩戴检测，充电接口为 Type-C。"
        ),
        description_en=(
            "Each bud weighs 3.8 g, with two microphones and Bluetooth 5.3. Six hours on a charge, about "
            "28 with the case. Touch controls, wear detection and a Type-C port."
        ),
        skus=(
            Sku("DG401-01", "2040040100016", "雾蓝", "Mist blue", 190, 120, 100, 50, 23_800, (95, 80)),
            Sku("DG401-02", "2040040100023", "云白", "Cloud white", 190, 120, 100, 50, 23_800, (70, 60)),
        ),
        monthly_limit=1,
    ),
    Gift(
        code="DG402",
        category="digital",
        name="双向快充移动电源",
        name_en="Two-way fast-charging power bank",
        summary="一万毫安时，登机可带，边充边放。",
        summary_en="10,000 mAh, cabin-safe, charges while being charged.",
        description=(
            "37 瓦时，符合民航随身携带规定。最大 22.5 瓦输出，约半小时为常见手机充入一半电量。附一条 "
            "Type-C 双头线。"
        ),
        description_en=(
            "37 Wh, within the limit for cabin baggage. With 22.5 W it fills a common phone halfway in "
            "about half an hour. A double-ended Type-C cable is included."
        ),
        skus=(
            Sku(
                "DG402-01",
                "2040040200013",
                "雾蓝 10000 毫安时",
                "Mist blue, 10,000 mAh",
                360,
                180,
                110,
                40,
                9_800,
                (210, 190),
            ),
            Sku(
                "DG402-02",
                "2040040200020",
                "曜黑 20000 毫安时",
                "Black, 20,000 mAh",
                520,
                190,
                110,
                50,
                14_800,
                (120, 100),
            ),
        ),
        monthly_limit=2,
    ),
    Gift(
        code="DG403",
        category="digital",
        name="运动健康智能手表",
        name_en="Fitness smartwatch",
        summary="心率、睡眠与百种运动，抬腕可见。",
        summary_en="Heart rate, sleep and a hundred sports at a glance.",
        description=(
            "1.75 英寸屏幕，典型使用续航约 10 天，50 米防水。支持消息提醒与来电通知，需搭配手机应用使用。"
            "健康数据仅供参考，不作医疗用途。"
        ),
        description_en=(
            "A 1.75 inch screen, about ten days of typical use and 50 m water resistance. Messages and "
            "calls need the phone app. Readings are for reference and not for medical use."
        ),
        skus=(
            Sku("DG403-01", "2040040300010", "深空蓝", "Deep blue", 210, 160, 110, 80, 39_800, (55, 45)),
            Sku("DG403-02", "2040040300027", "石墨", "Graphite", 210, 160, 110, 80, 39_800, (45, 35)),
        ),
        minimum_tier="silver",
        monthly_limit=1,
    ),
    Gift(
        code="DG404",
        category="digital",
        name="便携防水蓝牙音箱",
        name_en="Portable waterproof speaker",
        summary="泳池边、露营地，十二小时音乐不停。",
        summary_en="Twelve hours of music by the pool or at the camp.",
        description="15 瓦双振膜，低频扎实。IPX7 防水，冲洗后沥干即可。两只可组成立体声，附提绳。",
        description_en=(
            "15 W with twin passive radiators for a firm low end. IPX7: rinse it and let it dry. Two pair "
            "up for stereo, and a strap is included."
        ),
        skus=(Sku("DG404-01", "2040040400017", "雾蓝", "Mist blue", 680, 160, 140, 220, 16_800, (85, 75)),),
    ),
    Gift(
        code="DG405",
        category="digital",
        name="六十八键机械键盘",
        name_en="68-key mechanical keyboard",
        summary="热插拔轴体，有线无线三模连接。",
        summary_en="Hot-swap switches and three ways to connect.",
        description=(
            "全键热插拔，附拔轴器与拔键器。有线、蓝牙与 2.4G 三模，可在三台设备间切换。键帽为双色注塑，"
            "长期使用不打油。"
        ),
        description_en=(
            "Every switch can be swapped; both pullers are included. Cable, Bluetooth and 2.4 GHz, "
            "switching between three devices. Double-shot keycaps do not turn shiny."
        ),
        skus=(
            Sku(
                "DG405-01",
                "2040040500014",
                "轻声线性轴",
                "Quiet linear switches",
                920,
                360,
                150,
                60,
                19_800,
                (60, 50),
            ),
            Sku(
                "DG405-02", "2040040500021", "段落轴", "Tactile switches", 920, 360, 150, 60, 19_800, (40, 30)
            ),
        ),
    ),
    Gift(
        code="DG406",
        category="digital",
        name="国标 AA 级护眼台灯",
        name_en="Eye-care desk lamp",
        summary="照度均匀无频闪，孩子写作业更舒适。",
        summary_en="Even, flicker-free light for homework.",
        description=(
            "显色指数不低于 95，色温 3000 到 5000 开无级可调。双臂三轴可调，灯头可转 180 度。带 45 "
            "分钟用眼提醒。"
        ),
        description_en=(
            "Colour rendering of at least 95 and 3,000 to 5,000 K without steps. Two arms on three axes "
            "and a head that turns 180 degrees. Reminds you to rest after 45 minutes."
        ),
        skus=(Sku("DG406-01", "2040040600011", "雾蓝", "Mist blue", 2150, 460, 260, 160, 22_800, (50, 45)),),
    ),
    Gift(
        code="DG407",
        category="digital",
        name="卧室静音空气净化器",
        name_en="Quiet bedroom air purifier",
        summary="睡眠档低至 26 分贝，适用约 20 平方米。",
        summary_en="26 dB in sleep mode, for rooms of about 20 square metres.",
        description=(
            "三层复合滤芯，颗粒物净化能力每小时 220 立方米。面板以颜色显示空气状态，滤芯寿命到期会提醒。"
            "滤芯约 8 到 12 个月更换一次，需另购。"
        ),
        description_en=(
            "A three-layer filter with a clean air rate of 220 cubic metres an hour. A ring of colour "
            "shows the state of the air. The filter lasts 8 to 12 months and is sold separately."
        ),
        skus=(Sku("DG407-01", "2040040700018", "白色", "White", 4300, 300, 300, 520, 68_800, (18, 12)),),
        minimum_tier="gold",
        monthly_limit=1,
    ),
    Gift(
        code="DG408",
        category="digital",
        name="墨水屏电子书阅读器",
        name_en="E-paper reader",
        summary="像纸一样的屏幕，阳光下也清晰。",
        summary_en="A screen like paper, readable in the sun.",
        description=(
            "7 英寸 300 点每英寸墨水屏，冷暖双色前光。32 GB 存储，一次充电可阅读数周。含保护套与手写笔，"
            "支持常见电子书格式。"
        ),
        description_en=(
            "Seven inches at 300 dots per inch with warm and cool front light. 32 GB and weeks of reading "
            "on a charge. Comes with a cover and a pen and opens the common formats."
        ),
        skus=(
            Sku(
                "DG408-01",
                "2040040800015",
                "曜黑套装",
                "Black, with cover and pen",
                620,
                240,
                180,
                60,
                128_000,
                (20, 14),
            ),
        ),
        minimum_tier="gold",
        monthly_limit=1,
    ),
    Gift(
        code="DG409",
        category="digital",
        name="头戴式主动降噪耳机",
        name_en="Noise-cancelling headphones",
        summary="通勤一键安静，折叠即可入包。",
        summary_en="Silence on the commute, folded into a bag.",
        description="混合主动降噪最深约 42 分贝，附通透模式。续航约 40 小时，快充十分钟听四小时。蛋白皮耳罩可拆换。",
        description_en=(
            "Hybrid noise cancelling to about 42 dB, with a transparency mode. Forty hours on a charge and "
            "four more from ten minutes. The ear cushions can be replaced."
        ),
        skus=(Sku("DG409-01", "2040040900012", "雾蓝", "Mist blue", 640, 230, 200, 90, 58_800, (3, 2)),),
        minimum_tier="platinum",
        monthly_limit=1,
    ),
    Gift(
        code="DG410",
        category="digital",
        name="复古即显相机",
        name_en="Retro instant camera",
        summary="按下快门，一分钟后照片就在手里。",
        summary_en="Press the shutter and hold the photo a minute later.",
        description="固定焦段，自动曝光，带自拍镜与近拍模式。赠十张相纸。相纸为 62 乘 46 毫米画面，需另购补充。",
        description_en=(
            "A fixed lens with automatic exposure, a selfie mirror and a close-up mode. Ten sheets are "
            "included. The image is 62 by 46 mm; more film is sold separately."
        ),
        skus=(Sku("DG410-01", "2040041000018", "天空蓝", "Sky blue", 780, 200, 160, 130, 32_800, (0, 0)),),
    ),
)
