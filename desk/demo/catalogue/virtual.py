"""Gifts that are codes: nothing is packed, each unit on hand is a code."""

from __future__ import annotations

from desk.demo.catalogue.records import Gift, Sku

GIFTS: tuple[Gift, ...] = (
    Gift(
        code="DG411",
        category="digital",
        name="视频会员季卡",
        name_en="Video pass, three months",
        summary="一季好片，全家一起看。",
        summary_en="A season of good films for the whole family.",
        description="兑换后在订单页查看兑换码，在视频应用的“会员中心”输入即可开通三个月会员。兑换码一年内有效。",
        description_en=(
            "The code stands on your order page. "
            "Enter it in the video app under “Membership” for three months. It is good for a year."
        ),
        skus=(
            Sku("DG411-01", "2040041100015", "一季", "Three months", 0, 0, 0, 0, 3_200, (120, 0)),
            Sku("DG411-02", "2040041100022", "一年", "One year", 0, 0, 0, 0, 10_800, (60, 0)),
        ),
        monthly_limit=2,
        return_days=0,
        kind="virtual_code",
    ),
    Gift(
        code="TF310",
        category="food",
        name="手冲咖啡电子券",
        name_en="Pour-over coffee e-voucher",
        summary="街角那家店，请您喝一杯。",
        summary_en="A cup on us at the corner shop.",
        description="凭券码在任意门店兑换一杯手冲咖啡，不限豆单。到店出示订单页上的券码即可，一码一杯，半年内有效。",
        description_en=(
            "Show the code at any branch for one pour-over of your choice. "
            "One code, one cup, good for six months."
        ),
        skus=(Sku("TF310-01", "2030031000012", "一杯", "One cup", 0, 0, 0, 0, 900, (200, 0)),),
        monthly_limit=4,
        return_days=0,
        kind="coupon",
    ),
    Gift(
        code="BK709",
        category="books",
        name="电子书畅读月卡",
        name_en="E-book pass, one month",
        summary="十万册在架，随时翻开。",
        summary_en="A hundred thousand books, open at any time.",
        description="兑换后在订单页查看兑换码，在阅读应用内输入即可畅读一个月。可与已有会员叠加，兑换码一年内有效。",
        description_en=(
            "The code stands on your order page. "
            "Enter it in the reading app for a month of reading. It adds to a pass you have, and is good for a year."
        ),
        skus=(Sku("BK709-01", "2070070900010", "一个月", "One month", 0, 0, 0, 0, 1_200, (90, 0)),),
        return_days=0,
        kind="virtual_code",
    ),
)
