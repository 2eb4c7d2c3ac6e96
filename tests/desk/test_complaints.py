"""The service desk answers complaints, the first due first; articles are edited with a preview."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from aftersales import services
from aftersales.models import Complaint, HelpArticle
from members.models import Member, Message
from tests import worlds
from tests.answers import Answer
from tests.desk.operators import browser, page, refusals

pytestmark = pytest.mark.django_db


@pytest.fixture
def lin() -> Member:
    return worlds.member()


def filed(by: Member, click: str, **ago: int) -> Complaint:
    at = timezone.now() - timedelta(**ago)
    return services.file_complaint(
        by.pk, category="points", words="where are they", request_id=click, at=at, by=f"member:{by.number}"
    )


def do(client: Client, deed: str, pk: int, **values: str) -> Answer:
    return client.post(
        page("aftersales.complaint", deed, pk), {f"{deed}-{name}": value for name, value in values.items()}
    )


def test_the_queue_shows_the_first_due_first_and_what_is_late(lin: Member) -> None:
    fresh, late = filed(lin, "fresh", minutes=1), filed(lin, "late", days=20)
    services.run_complaint_deadlines(at=timezone.now())
    client = browser("service_desk")
    body = client.get(page("aftersales.complaint")).content.decode()
    assert body.index(late.number) < body.index(fresh.number)
    assert body.count("badge-late") == 1
    overdue = client.get(page("aftersales.complaint"), {"queue": "late"}).content.decode()
    assert (late.number in overdue, fresh.number in overdue) == (True, False)
    assert "Complaints past their time" in client.get("/admin/").content.decode()


def test_a_complaint_is_taken_started_and_answered_and_the_next_one_opens(lin: Member) -> None:
    first, second = filed(lin, "first", days=3), filed(lin, "second", days=2)
    client = browser("service_desk")
    assert do(client, "acknowledge", first.pk).status_code == 302
    assert do(client, "start", first.pk).status_code == 302
    assert refusals(do(client, "answer", first.pk, answer=" ")) == ["This field is required."]
    answered = do(client, "answer", first.pk, answer="They came back on Monday.")
    assert answered["Location"] == page("aftersales.complaint", "change", second.pk)
    first = Complaint.objects.select_related("assignee").get(pk=first.pk)
    assert (first.status, first.answer, first.answered_by) == (
        "resolved",
        "They came back on Monday.",
        "operator:service_desk",
    )
    assert first.assignee is not None
    assert first.assignee.username == "service_desk"
    assert Message.objects.filter(template="complaint.answered").exists()
    assert do(client, "answer", first.pk, answer="again").status_code == 409


def test_only_the_service_desk_and_managers_answer(lin: Member) -> None:
    complaint = filed(lin, "click")
    for role in ("reviewer", "warehouse", "finance", "auditor"):
        assert do(browser(role), "answer", complaint.pk, answer="x").status_code == 403
    assert Complaint.objects.get().status == "open"


def edited(article: HelpArticle, **values: str) -> dict[str, str]:
    names = ("category", "position", "question", "question_en", "answer", "answer_en", "phrasings", "page")
    return {**{name: str(getattr(article, name)) for name in names}, "is_published": "on", **values}


def test_an_article_is_previewed_without_being_kept_and_then_saved() -> None:
    article = HelpArticle.objects.get(code="invoice")
    client = browser("service_desk")
    path = page("aftersales.helparticle", "change", article.pk)
    typed = edited(article, answer="<b>不能</b>开票")
    shown = client.post(path, typed | {"_preview": "1"}).content.decode()
    assert "&lt;b&gt;不能&lt;/b&gt;开票" in shown
    article.refresh_from_db()
    assert "不能</b>" not in article.answer
    assert client.post(path, typed | {"_save": "1"}).status_code == 302
    article.refresh_from_db()
    assert (article.answer, article.edited_by) == ("<b>不能</b>开票", "operator:service_desk")
    faulty = client.post(path, edited(article, question="") | {"_preview": "1"})
    assert (faulty.status_code, "This field is required." in faulty.content.decode()) == (200, True)


def test_a_new_article_takes_no_address_of_the_assistants() -> None:
    client = browser("manager")
    typed = edited(HelpArticle.objects.get(code="invoice"), question="new?")
    assert client.post(page("aftersales.helparticle", "add"), typed | {"code": "ask"}).status_code == 200
    assert client.post(page("aftersales.helparticle", "add"), typed | {"code": "asked"}).status_code == 302
    assert HelpArticle.objects.get(code="asked").edited_by == "operator:manager"
    auditor = browser("auditor")
    assert auditor.post(page("aftersales.helparticle", "add"), typed | {"code": "x"}).status_code == 403
