"""An operator brings a gift in with its pictures."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from inventory.models import Gift
from tests import worlds
from tests.answers import Answer
from tests.desk.operators import browser, page
from tests.portal.browsers import english

pytestmark = pytest.mark.django_db
DRAWN = "brand/empty-stock.svg"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def photo(colour: str = "red", *, kind: str = "PNG") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, kind)
    return SimpleUploadedFile("../../x.php", out.getvalue(), "image/png")


def typed(gift: Gift, **values: object) -> dict[str, object]:
    return {
        "name": gift.name, "name_en": gift.name_en, "code": gift.code, "kind": gift.kind,
        "category": gift.category_id, "position": 0, "return_days": 7, "is_listed": "on", "summary": "",
        "summary_en": "", "description": "", "description_en": "", "picture": "", "more_pictures": "",
        "on_shelf_from_0": "", "on_shelf_from_1": "", "on_shelf_until_0": "", "on_shelf_until_1": "",
    } | values  # fmt: skip


def save(client: Client, gift: Gift, **values: object) -> Answer:
    return client.post(page("inventory.gift", "change", gift.pk), typed(gift, **values))


def wrong(response: Answer) -> dict[str, list[str]]:
    assert response.status_code == 200
    return {name: list(errors) for name, errors in response.context["adminform"].form.errors.items()}


def test_a_new_gift_comes_with_its_picture_drawn_again(media: Path) -> None:
    sku = worlds.sku(stock=1)
    client = browser("manager")
    new = typed(sku.gift, code="lamp", name="灯", upload=photo())
    assert client.post(page("inventory.gift", "add"), new).status_code == 302
    gift = Gift.objects.get(code="lamp")
    assert (gift.picture.startswith("upload/"), gift.more_pictures) == (True, [])
    (kept,) = [path for path in media.rglob("*") if path.is_file()]
    with Image.open(kept) as picture:
        assert (picture.format, picture.size) == ("JPEG", (40, 30))
    address = reverse("gift-picture", args=[gift.picture.removeprefix("upload/")])
    assert address in client.get(page("inventory.gift", "change", gift.pk)).content.decode()
    shown = Client().get(address)
    assert (shown.status_code, shown["Content-Type"], shown["X-Content-Type-Options"]) == (
        200,
        "image/jpeg",
        "nosniff",
    )
    assert shown["Cache-Control"] == "public, max-age=31536000, immutable"
    assert shown["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"".join(shown.streaming_content)[:2] == b"\xff\xd8"  # type: ignore[attr-defined]
    Gift.objects.filter(pk=sku.gift_id).update(picture=gift.picture)
    somebody = english(worlds.member())
    assert address in somebody.get(reverse("redeem", args=[sku.gift.code]), follow=True).content.decode()


def test_more_pictures_are_added_ordered_and_taken_away() -> None:
    gift, client = worlds.sku(stock=1).gift, browser("manager")
    assert save(client, gift, picture=DRAWN, upload=photo("red")).status_code == 302
    (red,) = Gift.objects.get().more_pictures
    assert save(client, gift, picture=DRAWN, more_pictures=red, upload=photo("blue")).status_code == 302
    _red, blue = Gift.objects.get().more_pictures
    assert save(client, gift, picture=blue, more_pictures=f"{red}\r\n{DRAWN}\r\n").status_code == 302
    assert Gift.objects.get().pictures == [blue, red, DRAWN]
    body = client.get(page("inventory.gift", "change", gift.pk)).content.decode()
    assert f"{red}\n{DRAWN}" in body
    same = save(client, gift, picture=blue, more_pictures=red, upload=photo("red"))
    assert (same.status_code, Gift.objects.get().pictures) == (302, [blue, red])
    assert save(client, gift).status_code == 302
    assert Gift.objects.get().pictures == [""]


@pytest.mark.parametrize(
    "path",
    [
        "gifts/none.svg", "../manage.py", "https://example.com/x.png", "/etc/passwd", "css/portal.css", "x y.png",
        "upload/x.jpg", "upload/../../secret.jpg", f"upload/{'0' * 32}.jpg", "🎁.png", "=HYPERLINK(1).png",
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused_beside_its_field(path: str) -> None:
    gift, client = worlds.sku(stock=1).gift, browser("manager")
    Gift.objects.update(picture=DRAWN)
    assert set(wrong(save(client, gift, picture=path))) == {"picture"}
    assert set(wrong(save(client, gift, more_pictures=path))) == {"more_pictures"}
    assert Gift.objects.get().pictures == [DRAWN]


def test_what_is_no_picture_is_not_kept(media: Path) -> None:
    gift, client = worlds.sku(stock=1).gift, browser("manager")
    bad = SimpleUploadedFile("x.svg", b"<svg onload='alert(1)'/>", "image/svg+xml")
    assert "not a picture we can read" in wrong(save(client, gift, upload=bad))["upload"][0]
    many = wrong(save(client, gift, more_pictures="\n".join(f"a{n}.png" for n in range(9))))
    assert many["more_pictures"] == ["At most 8 more pictures."]
    assert wrong(save(client, gift, picture=DRAWN, more_pictures="\0"))["more_pictures"]
    assert list(media.rglob("*.jpg")) == []


def test_only_those_who_change_gifts_bring_pictures(media: Path) -> None:
    gift = worlds.sku(stock=1).gift
    for role in ("warehouse", "auditor", "service_desk"):
        assert save(browser(role), gift, upload=photo()).status_code == 403
    assert list(media.rglob("*.jpg")) == []
    for name in ("x.jpg", f"{'0' * 32}.jpg", "%2e%2e%2fx.jpg"):
        assert Client().get(f"/gift-pictures/{name}").status_code == 404
