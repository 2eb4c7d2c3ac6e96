"""Every page opens, without a style or script inline, and what does not exist leads back with a word."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from logistics.models import PickTask
from orders.models import Order
from tests.desk.operators import browser, page
from tests.desk.test_admin.lists import MODELS, WRITTEN_BY_SERVICES

pytestmark = pytest.mark.django_db


def addresses(mall: dict[str, Order]) -> list[str]:
    """Every list, every form and one page of each kind."""
    found = [
        reverse("admin:index"),
        page("logistics.picktask", "print") + f"?ids={PickTask.objects.order_by('pk')[0].pk}",
    ]
    for label, model_admin in MODELS.items():
        found += [page(label), page(label) + "?q=1"]
        row = model_admin.model.objects.first()
        if row is not None:
            found.append(page(label, "change", row.pk))
        is_added_here = label in ("members.member", "members.apikey") or label not in WRITTEN_BY_SERVICES
        if is_added_here and label != "members.region":
            found.append(page(label, "add"))
    picking = PickTask.objects.get(order=mall["picking"])
    return [*found, page("logistics.picktask", "scan", picking.pk)]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_opens_without_a_style_or_script_inline(language: str, mall: dict[str, Order]) -> None:
    client = browser(language=language)
    for address in addresses(mall):
        response = client.get(address)
        assert (response.status_code, address) == (200, address)
        text = response.content.decode()
        assert "script-src 'self'" in response.headers["Content-Security-Policy"]
        assert re.findall(r"<[^>]* style=|<style|<script(?![^>]*\bsrc=)[^>]*>|<[^>]* on[a-z]+=", text) == []


def test_an_auditor_opens_every_page_and_finds_no_button(mall: dict[str, Order]) -> None:
    client = browser("auditor")
    for label, model_admin in MODELS.items():
        row = model_admin.model.objects.first()
        response = client.get(page(label, "change", row.pk))
        assert (response.status_code, label) == (200, label)
        assert re.findall(r'id="deed-|name="_save"', response.content.decode()) == []


@pytest.mark.parametrize("pk", ["0", "999999999", "9" * 30, "abc", "-1"])
def test_what_does_not_exist_leads_back_with_a_word(pk: str) -> None:
    client = browser()
    for label in ("orders.order", "logistics.picktask", "members.member"):
        assert client.get(page(label, "change", pk)).status_code == 302
        assert client.post(f"/admin/{label.replace('.', '/')}/{pk}/grant/").status_code in (302, 404)
