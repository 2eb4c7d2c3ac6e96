"""Help, the assistant and complaints, as members and visitors meet them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aftersales import services
from aftersales.models import Complaint, HelpArticle, HelpRating
from inventory.models import Sku
from members.models import Member, User
from tests import worlds
from tests.answers import Answer
from tests.portal.browsers import NOW, english

pytestmark = pytest.mark.django_db
ODD = [
    "\0",
    "a\0b",
    "🎁" * 40,
    "\u202eevil",
    "<script>alert(1)</script>",
    "=HYPERLINK(1)",
    "退" * 10_000,
    " ",
    "%s %(x)s {}",
]


@pytest.fixture
def member() -> Member:
    return worlds.member(points=10_000)


@pytest.fixture
def mug() -> Sku:
    return worlds.sku(stock=100, price=500)


@pytest.fixture
def visitor() -> Client:
    return Client(headers={"accept-language": "en"})


def asked(client: Client, question: str) -> Answer:
    return client.post(reverse("help-ask"), {"q": question})


def statements(client: Client, path: str, data: dict[str, str] | None = None) -> int:
    for _round in range(2):  # the index is made once per process
        with CaptureQueriesContext(connection) as counted:
            response = client.get(path) if data is None else client.post(path, data)
        assert response.status_code == 200, path
        assert response["Cache-Control"] == "private, no-store"
    return len(counted)


# --- Reading


def test_each_page_costs_its_statements(member: Member, mug: Sku, visitor: Client) -> None:
    worlds.delivered(member, (mug, 1))
    complaint = filed(member)
    client = english(member)
    ask = reverse("help-ask")
    assert {
        "help": statements(client, reverse("help")),
        "search": statements(client, f"{reverse('help')}?q=refund"),
        "article": statements(client, reverse("help-article", args=["invoice"])),
        "form": statements(client, ask),
        "where": statements(client, ask, {"q": "Where is my order?"}),
        "points": statements(client, ask, {"q": "When do my points expire?"}),
        "refund": statements(client, ask, {"q": "refund status"}),
        "answer": statements(client, ask, {"q": "Can I get an invoice?"}),
        "new": statements(client, reverse("complaint-new")),
        "list": statements(client, reverse("complaints")),
        "one": statements(client, reverse("complaint", args=[complaint.number])),
    } == {
        "help": 3,
        "search": 3,
        "article": 4,
        "form": 2,
        "where": 5,
        "points": 5,
        "refund": 4,
        "answer": 3,
        "new": 4,
        "list": 3,
        "one": 3,
    }
    assert statements(visitor, reverse("help")) == 1
    assert statements(visitor, ask, {"q": "Where is my order?"}) == 1


def test_help_lists_every_published_question_by_category(visitor: Client) -> None:
    HelpArticle.objects.filter(code="invoice").update(is_published=False)
    page = visitor.get(reverse("help"))
    listed = [article.code for _label, _icon, rows in page.context["categories"] for article in rows]
    assert len(listed) == len(set(listed)) == HelpArticle.objects.count() - 1
    assert [str(label) for label, _icon, _rows in page.context["categories"]] == [
        "Redeeming", "Points", "Delivery", "After-sales", "Account", "Privacy and safety",
    ]  # fmt: skip
    assert visitor.get(reverse("help-article", args=["invoice"])).status_code == 404
    assert visitor.get(reverse("help-article", args=["none"])).status_code == 404


def test_an_edit_is_seen_at_once(visitor: Client) -> None:
    visitor.get(reverse("help"))
    edited = HelpArticle.objects.get(code="invoice")
    edited.question_en, edited.answer_en = "Do you issue kerfuffles?", "<b>No</b>"
    services.save_article(edited, at=NOW + timedelta(days=1000), by="operator:lin")
    page = visitor.get(reverse("help"), {"q": "kerfuffle"})
    assert [one.code for one in page.context["found"]] == ["invoice"]
    assert "&lt;b&gt;No&lt;/b&gt;" in visitor.get(reverse("help-article", args=["invoice"])).content.decode()


def test_an_article_leads_on_and_asks_whether_it_helped(member: Member, visitor: Client) -> None:
    path = reverse("help-article", args=["refund-time"])
    client = english(member)
    page = client.get(path)
    assert 2 <= len(page.context["related"]) <= 4
    assert "refund-time" not in {one.code for one in page.context["related"]}
    assert client.post(reverse("help-rate", args=["refund-time"]), {"helpful": "yes"})["Location"] == path
    assert HelpRating.objects.values_list("member", "is_helpful").get() == (member.pk, True)
    assert client.get(path).content.decode().count('aria-pressed="true"') == 1
    assert client.post(reverse("help-rate", args=["none"])).status_code == 404
    assert client.get(reverse("help-rate", args=["refund-time"])).status_code == 405
    assert "Did this help you?" not in visitor.get(path).content.decode()
    assert visitor.post(reverse("help-rate", args=["refund-time"])).status_code == 302


# --- Asking


def test_where_is_my_order_is_answered_from_ones_own_orders(member: Member, mug: Sku) -> None:
    mine = worlds.shipped(member, (mug, 1))
    worlds.signed(member, (mug, 1))
    theirs = worlds.shipped(worlds.member(points=1_000), (mug, 1))
    page = english(member).post(reverse("help-ask"), {"q": "我的订单到哪了"})
    assert [order.number for order, _reading in page.context["own"].orders] == [mine.number]
    body = page.content.decode()
    assert "Your gift is on its way" in body
    assert theirs.number not in body


def test_a_foreign_order_answers_as_a_missing_one(member: Member, mug: Sku) -> None:
    theirs = worlds.shipped(worlds.member(points=1_000), (mug, 1))
    for number in (theirs.number, worlds.shipped(member, (mug, 1)).number):
        asked(english(member), f"{number} 到哪了")
    page = asked(english(member), f"{theirs.number} 到哪了").content.decode()
    assert "There is no such order among yours" in page


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("积分什么时候到期", "You have 10,000 points to spend"),
        ("How many points do I have?", "You have 10,000 points to spend"),
        ("我的退款到哪了", "You have not asked for a refund yet"),
        ("帮我取消订单", "None of your orders can be cancelled now"),
        ("收货地址填错了怎么改", "None of your orders can change its address now"),
        ("我的快递到哪了", "None of your orders is under way"),
    ],
)
def test_each_intent_has_an_answer_for_somebody_new(question: str, words: str, member: Member) -> None:
    assert words in asked(english(member), question).content.decode()


def test_a_refund_is_found_with_its_answer(member: Member, mug: Sku) -> None:
    order = worlds.delivered(member, (mug, 1))
    request = services.request_refund(order.pk, None, reason="x", at=NOW, by=f"member:{member.number}")
    assert "You have our answer by" in asked(english(member), "退款进度").content.decode()
    services.reject_refund(request.pk, note="It was worn.", at=NOW, by="operator:lin")
    assert "It was worn." in asked(english(member), f"{order.number} 的退款处理得怎么样").content.decode()


def test_a_visitor_is_asked_to_log_in_for_their_own_things(visitor: Client) -> None:
    page = asked(visitor, "我的订单到哪了").content.decode()
    assert "Log in, and the assistant looks into them for you." in page
    assert f'href="{reverse("log-in")}?next={reverse("help-ask")}"' in page


def test_an_answer_is_shown_when_it_is_sure_and_three_are_offered_when_not(visitor: Client) -> None:
    sure = asked(visitor, "Can I get an invoice?")
    assert (sure.context["article"].code, len(sure.context["others"]) <= 2) == ("invoice", True)
    unsure = asked(visitor, "包装太丑了")
    assert unsure.context["article"] is None
    assert "I am not sure what you mean" in unsure.content.decode()
    nothing = asked(visitor, "quantum chromodynamics")
    assert "I have no answer to this." in nothing.content.decode()


def test_the_typed_words_go_along_to_the_complaint(member: Member) -> None:
    client = english(member)
    question = "猫把<b>箱子</b> & 券 吃了?"
    page = asked(client, question)
    path = page.context["complaint"]
    assert path in page.content.decode().replace("&amp;", "&")
    assert client.get(path).context["form"]["words"].value() == question


@pytest.mark.parametrize("odd", ODD)
def test_any_text_can_be_asked_and_is_harmless(odd: str, member: Member) -> None:
    client = english(member)
    page = asked(client, odd)
    assert page.status_code in {200, 422}
    assert "<script>alert" not in page.content.decode()
    if page.status_code == 422:
        assert 'class="error"' in page.content.decode()
    if len(odd) < 1_000 and "\0" not in odd:  # the house answers 400 to a NUL in any address
        assert client.get(reverse("help"), {"q": odd}).status_code == 200
        assert client.get(reverse("complaint-new"), {"text": odd}).status_code == 200


def test_from_an_order_page_the_order_is_known_all_the_way(member: Member, mug: Sku) -> None:
    order, other = worlds.placed(member, (mug, 1)), worlds.placed(member, (mug, 1))
    client, keep = english(member), f"?order={order.number}"
    page = client.get(reverse("order", args=[order.number])).content.decode()
    assert f'href="{reverse("help")}{keep}"' in page
    assert f'href="{reverse("complaint-new")}{keep}"' in page
    for name in ("help-ask", "complaint-new"):
        for start in (reverse("help"), reverse("help-article", args=["refund-time"])):
            assert f'href="{reverse(name)}{keep}"' in client.get(start + keep).content.decode()
    assert f"About order {order.number}" in client.get(reverse("help-ask") + keep).content.decode()
    answer = client.post(reverse("help-ask"), {"q": "Where is my order?", "order": order.number})
    assert [found.number for found, _reading in answer.context["own"].orders] == [order.number]
    assert answer.context["complaint"].startswith(f"{reverse('complaint-new')}{keep}&text=")
    named = client.post(reverse("help-ask"), {"q": f"Where is order {other.number}?", "order": order.number})
    assert [found.number for found, _reading in named.context["own"].orders] == [other.number]
    for odd in ("1", "<b>", "0" * 10_000, "261122153477760179"):
        shown = client.get(reverse("help"), {"order": odd[:1_000]}).context
        assert (shown["order"], shown["keep"]) == ("", "")


# --- Complaining


def filed(by: Member, **values: str) -> Complaint:
    told = {"category": "delivery", "words": "nothing came", "request_id": "click"}
    return services.file_complaint(by.pk, at=NOW, by=f"member:{by.number}", **(told | values))


def test_a_complaint_is_written_followed_answered_and_settled(member: Member, mug: Sku) -> None:
    order = worlds.delivered(member, (mug, 1))
    client = english(member)
    page = client.get(reverse("complaint-new"), {"order": order.number, "text": "box was wet"})
    form = page.context["form"]
    assert (form["order"].value(), form["words"].value()) == (order.number, "box was wet")
    assert f'value="{order.number}" selected' in page.content.decode()
    typed = {
        "category": "gift", "order": order.number, "words": "box was wet\r\nall of it",
        "request_id": form["request_id"].value(),
    }  # fmt: skip
    first = client.post(reverse("complaint-new"), typed)
    again = client.post(reverse("complaint-new"), typed)
    complaint = Complaint.objects.get()
    assert first["Location"] == again["Location"] == reverse("complaint", args=[complaint.number])
    assert (complaint.words, complaint.order_id) == ("box was wet\nall of it", order.pk)
    assert "complaint received" in client.get(reverse("order", args=[order.number])).content.decode().lower()
    agent = User.objects.create(username="agent")
    services.resolve_complaint(
        complaint.pk, answer="A new one is on its way.", assignee=agent, at=NOW, by="operator:agent"
    )
    assert "A new one is on its way." in client.get(first["Location"]).content.decode()
    assert "A new one is on its way." in client.get(reverse("inbox")).content.decode()
    assert client.post(reverse("complaint-close", args=[complaint.number]))["Location"] == first["Location"]
    twice = client.post(reverse("complaint-close", args=[complaint.number]))
    assert (twice.status_code, "This complaint is “closed”" in twice.content.decode()) == (409, True)
    assert complaint.number in client.get(reverse("complaints")).content.decode()


def answered(complaint: Complaint, *, at: datetime = NOW) -> str:
    agent, _is_new = User.objects.get_or_create(username="agent")
    services.resolve_complaint(
        complaint.pk, answer="We looked into it.", assignee=agent, at=at, by="operator:agent"
    )
    return reverse("complaint", args=[complaint.number])


def test_an_answer_that_settles_nothing_is_answered_again(member: Member) -> None:
    client, complaint = english(member), filed(member)
    path, reopen = answered(complaint), reverse("complaint-reopen", args=[complaint.number])
    form = client.get(path).context["form"]
    typed = {"words": "<b>still</b> nothing", "round": form["round"].value()}
    assert [client.post(reopen, typed)["Location"] for _click in range(2)] == [path, path]
    assert (Complaint.objects.get().status, Complaint.objects.get().round) == ("open", 2)
    page = client.get(path)
    body = page.content.decode()
    assert [words in body for words in ("nothing came", "&lt;b&gt;still", "We looked into it.")] == [True] * 3
    assert (page.context["can_reopen"], page.context["can_close"]) == (False, False)
    late = client.post(reopen, typed | {"words": "and now?"})
    assert (late.status_code, "This complaint is “received”" in late.content.decode()) == (409, True)
    answered(complaint)
    assert statements(client, path) == 4


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"words": " "}, "Tell us what is still open."),
        ({"words": "退" * 10_000}, "at most 1000 characters"),
        ({"words": "a\0b"}, "Null characters are not allowed."),
    ],
)
def test_what_cannot_be_said_to_an_answer_is_told_beside_its_field(
    wrong: dict[str, str], words: str, member: Member
) -> None:
    complaint = filed(member)
    answered(complaint)
    page = english(member).post(
        reverse("complaint-reopen", args=[complaint.number]), {"words": "kept words", "round": "1"} | wrong
    )
    assert (page.status_code, words in page.content.decode()) == (422, True)
    assert Complaint.objects.get().status == "resolved"


def test_nobody_opens_what_is_not_theirs_or_long_answered(member: Member, client: Client) -> None:
    complaint = filed(member)
    path = answered(complaint, at=NOW - timedelta(days=16))
    reopen, typed = reverse("complaint-reopen", args=[complaint.number]), {"words": "x", "round": "1"}
    assert english(worlds.member()).post(reopen, typed).status_code == 404
    own = english(member)
    assert "answered more than 15 days ago" in own.get(path).content.decode()
    refused = own.post(reopen, typed)
    assert (refused.status_code, "more than 15 days" in refused.content.decode()) == (409, True)
    assert (Complaint.objects.get().status, Complaint.objects.get().round) == ("resolved", 1)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"category": ""}, "Choose what it is about."),
        ({"category": "all"}, "Choose what it is about."),
        ({"words": " "}, "Tell us what happened."),
        ({"words": "退" * 10_000}, "at most 1000 characters"),
        ({"words": "a\0b"}, "Null characters are not allowed."),
        ({"order": "260101000000000000"}, "This is none of your orders."),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_kept(
    wrong: dict[str, str], words: str, member: Member
) -> None:
    typed = {"category": "other", "order": "", "words": "kept words", "request_id": "click"} | wrong
    page = english(member).post(reverse("complaint-new"), typed)
    body = page.content.decode()
    assert (page.status_code, words in body, Complaint.objects.count()) == (422, True, 0)
    assert 'class="error"' in body
    if "words" not in wrong:
        assert "kept words" in body


def test_what_is_not_the_members_is_missing(member: Member, mug: Sku) -> None:
    order, complaint = worlds.placed(member, (mug, 1)), filed(member)
    stranger = english(worlds.member())
    for number in (order.number, "260101000000000000", "x"):
        assert stranger.get(reverse("complaint-new"), {"order": number}).status_code == 404
        typed = {
            "category": "other",
            "order": number,
            "words": "w",
            "request_id": "r" + number[:3],
        }
        assert stranger.post(reverse("complaint-new"), typed).status_code == 422
    for number in (complaint.number, "C404"):
        assert stranger.get(reverse("complaint", args=[number])).status_code == 404
        assert stranger.post(reverse("complaint-close", args=[number])).status_code == 404
    assert Complaint.objects.get().status == "open"
    assert complaint.number not in stranger.get(reverse("complaints")).content.decode()


def test_complaints_go_on_page_by_page(member: Member) -> None:
    numbers = [filed(member, request_id=str(serial)).number for serial in range(23)]
    client, seen = english(member), []
    before: str | None = ""
    for _page in range(2):
        page = client.get(reverse("complaints"), {"before": before or ""})
        seen += [one.number for one in page.context["complaints"]]
        before = page.context["before"]
    assert (seen, before) == (numbers[::-1], None)


def test_visitors_are_sent_to_the_log_in(visitor: Client) -> None:
    for name in ("complaints", "complaint-new"):
        assert visitor.get(reverse(name))["Location"].startswith(f"{reverse('log-in')}?next=/")
