"""What is signed and how, against the provider's own examples."""

from urllib.parse import quote

import pytest

from logistics.gateways import kdniao
from logistics.gateways.kdniao import KdniaoSettings
from simulators.kdniao import APP_KEY
from tests.logistics.test_kdniao.one_parcel import NOWHERE


@pytest.mark.parametrize(
    ("data", "key", "expected"),
    [
        (  # the provider's demo account and request; the digest by coreutils' md5sum and base64
            "{'OrderCode':'','ShipperCode':'SF','LogisticCode':'589707398027'}",
            "518a73d8-1f7f-441a-b644-33e77b49d846",
            "NTE1MzE5Yzc0MjljNzIyMjUyYjBjYWUzMDI2YWEyZjE=",
        ),
        (
            '{"ShipperCode":"YTO","LogisticCode":"YT8962646785389","CustomerName":"圆通"}',
            "key",
            "YjBhYTU4YzhiYTA5OThjOTliYjAwOTA1ZWMwNjM4ZmM=",
        ),
    ],
)
def test_data_sign_is_base64_of_the_hex_digest(data: str, key: str, expected: str) -> None:
    assert kdniao.data_sign(data, key) == expected
    assert kdniao.verify_push(data, expected, settings=KdniaoSettings("", "", key)) is True


def test_verify_push_accepts_a_sign_encoded_once_more() -> None:
    sign = quote(kdniao.data_sign("{}", APP_KEY))

    assert sign.endswith("%3D")
    assert kdniao.verify_push("{}", sign, settings=NOWHERE) is True


@pytest.mark.parametrize(
    "sign", ["", "签名", "\ud800", kdniao.data_sign("{}", "other"), kdniao.data_sign("{ }", APP_KEY)]
)
def test_verify_push_rejects_any_other_sign(sign: str) -> None:
    assert kdniao.verify_push("{}", sign, settings=NOWHERE) is False


def test_settings_do_not_print_their_secrets() -> None:
    account = kdniao.CarrierAccount("name", "secret-password")
    assert "secret" not in repr(KdniaoSettings("", "", "secret-key", accounts={"SF": account}))
