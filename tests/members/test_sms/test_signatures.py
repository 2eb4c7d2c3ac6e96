"""Signatures, against the vectors in the providers' own documents."""

from __future__ import annotations

from datetime import UTC, datetime

from members.gateways import aliyun, tencent
from members.terms import SmsAccount


def as_published(**fields: str) -> SmsAccount:
    return SmsAccount(**({"base_url": "", "sign_name": ""} | fields))


def test_aliyun_signs_as_its_document_shows() -> None:
    headers = aliyun.signed_headers(
        "https://ecs.cn-shanghai.aliyuncs.com/",
        {
            "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
            "RegionId": "cn-shanghai",
        },
        action="RunInstances",
        version="2014-05-26",
        account=as_published(key_id="YourAccessKeyId", key_secret="YourAccessKeySecret"),
        at=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC),
        nonce="3156853299f313e23d1673dc12e1703d",
    )
    assert headers["Authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,"
        "SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_tencent_signs_as_its_document_shows() -> None:
    headers = tencent.signed_headers(
        "https://cvm.tencentcloudapi.com/",
        rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}',
        service="cvm",
        account=as_published(
            key_id="AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******", key_secret="Gu5t9xGARNpq86cd98joQYCN3*******"
        ),
        at=datetime.fromtimestamp(1551113065, UTC),
    )
    assert headers["Authorization"] == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3*******/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host, "
        "Signature=2230eefd229f582d8b1b891af7107b91597240707d778ab3738f756258d7652c"
    )
