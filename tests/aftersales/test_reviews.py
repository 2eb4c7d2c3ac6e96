"""Reviews, their pictures, who may read them when, and the two questions."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from aftersales import queries
from aftersales import services as aftersales
from aftersales.models import GiftReview, ReviewPicture, Survey
from aftersales.rules.reviews import speaks_for_itself
from foundation.pictures import PictureTooBig, PictureTooManyPixels, PictureUnreadable, redrawn
from foundation.refusals import InvalidInput, NotFound
from members.models import Member
from orders import services as orders
from orders.models import Order
from tests import worlds
from tests.aftersales.pictures import SECRET, bomb, photo, sent
from tests.portal.browsers import english
from tests.worlds import AT

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: object, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture
def member() -> Member:
    return worlds.member(points=10_000)


@pytest.fixture
def order(member: Member) -> Order:
    return worlds.signed(member, (worlds.sku(stock=9), 1), (worlds.sku(stock=9), 1))


def say(order: Order, opinion: aftersales.Opinion) -> GiftReview:
    line = order.lines.order_by("position").first()
    assert line is not None
    return aftersales.review_gift(line.pk, opinion, at=AT, by=f"member:{order.member.number}")


def picture() -> object:
    return redrawn(io.BytesIO(photo()), name="a.jpg", size=100)


# --- Pictures


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_drawn_again_upright_smaller_and_without_metadata(kind: str) -> None:
    content = photo(kind)
    assert SECRET.encode() in content
    drawn = redrawn(io.BytesIO(content), name="a", size=len(content))
    assert (drawn.width, drawn.height) == (800, 1_600)
    again = Image.open(io.BytesIO(drawn.jpeg))
    assert (again.format, again.size, dict(again.getexif())) == ("JPEG", (800, 1_600), {})
    assert SECRET.encode() not in drawn.jpeg


def test_what_follows_a_picture_in_its_file_is_left_behind() -> None:
    content = photo() + b"<script>alert(1)</script>"
    assert b"script" not in redrawn(io.BytesIO(content), name="a", size=len(content)).jpeg


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (bomb(), PictureTooManyPixels),
        (b"GIF89a" + b"\0" * 100, PictureUnreadable),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", PictureUnreadable),
        (photo()[:400], PictureUnreadable),
        (b"", PictureUnreadable),
    ],
)
def test_a_bomb_and_what_is_no_picture_are_refused_by_name(content: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal, match=r"me\.jpg"):
        redrawn(io.BytesIO(content), name="me.jpg", size=len(content))
    with pytest.raises(PictureTooBig):
        redrawn(io.BytesIO(content), name="me.jpg", size=9 * 1024 * 1024)


# --- Reviews


@pytest.mark.parametrize(
    ("words", "is_shown"),
    [
        ("质量很好,包装仔细", True),
        ("太差了,一天就坏", True),
        ("", True),
        ("加微信 abc", False),
        ("call 138 0000 1111", False),
        ("see http://x.example", False),
        ("abc\u202edef", False),
    ],
)
def test_words_that_lead_away_wait_for_somebody(words: str, is_shown: bool) -> None:
    assert speaks_for_itself(words, has_pictures=False) == is_shown
    assert not speaks_for_itself(words, has_pictures=True)


def test_a_review_is_kept_once_and_stays_when_others_read_it(order: Order) -> None:
    first = say(order, aftersales.Opinion(5, "good"))
    assert (first.state, first.decided_by) == ("shown", "automatic check")
    assert say(order, aftersales.Opinion(5, "good")).pk == first.pk
    with pytest.raises(aftersales.ReviewShown):
        say(order, aftersales.Opinion(1, "bad"))
    assert GiftReview.objects.get().stars == 5


def test_a_review_with_pictures_waits_can_be_changed_and_is_shown_by_an_operator(
    order: Order, media: Path, django_capture_on_commit_callbacks: object
) -> None:
    say(order, aftersales.Opinion(4, "nice", [picture(), picture()]))  # type: ignore[list-item]
    kept, dropped = ReviewPicture.objects.order_by("pk").values_list("name", flat=True)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        review = say(order, aftersales.Opinion(3, "so so", kept=[kept]))
    assert (review.state, review.stars, [p.name for p in review.pictures.all()]) == ("waiting", 3, [kept])
    assert [path.name for path in media.rglob("*.jpg")] == [kept]
    assert dropped != kept
    assert queries.reviews_of(review.gift_id) == []
    aftersales.show_review(review.pk, at=AT, by="operator:lin")
    assert [each.pk for each in queries.reviews_of(review.gift_id)] == [review.pk]
    with pytest.raises(aftersales.ReviewDecided):
        aftersales.show_review(review.pk, at=AT, by="operator:lin")


def test_a_hidden_review_says_why_and_may_be_written_anew(order: Order) -> None:
    review = say(order, aftersales.Opinion(4, "加微信"))
    with pytest.raises(orders.ReasonRequired):
        aftersales.hide_review(review.pk, reason=" ", at=AT, by="operator:lin")
    with pytest.raises(orders.OwnOrder):
        aftersales.show_review(review.pk, at=AT, by=f"operator:{order.member.number}")
    aftersales.hide_review(review.pk, reason="an advertisement", at=AT, by="operator:lin")
    again = say(order, aftersales.Opinion(4, "fine"))
    assert (again.pk, again.state, again.reason) == (review.pk, "shown", "")


def test_nothing_is_reviewed_before_it_was_received(member: Member) -> None:
    order = worlds.delivered(member, (worlds.sku(stock=9), 1))
    with pytest.raises(aftersales.NotReceived):
        say(order, aftersales.Opinion(5))
    with pytest.raises(NotFound):
        aftersales.review_gift(0, aftersales.Opinion(5), at=AT, by="member:1")
    with pytest.raises(aftersales.NotReceived):
        aftersales.answer_survey(order.pk, delivery=3, again="yes", at=AT, by="member:1")


def test_odd_opinions_are_refused(order: Order) -> None:
    for opinion in (
        aftersales.Opinion(0),
        aftersales.Opinion(6),
        aftersales.Opinion(5, pictures=[picture()] * 6),  # type: ignore[list-item]
    ):
        with pytest.raises(InvalidInput):
            say(order, opinion)
    assert not GiftReview.objects.exists()


def test_the_average_is_of_what_can_be_read(member: Member) -> None:
    item = worlds.sku(stock=9)
    for stars in (5, 5, 4):
        say(worlds.signed(member, (item, 1)), aftersales.Opinion(stars))
    say(worlds.signed(member, (item, 1)), aftersales.Opinion(1, "加微信"))
    rating = queries.rating_of(item.gift_id)
    assert (rating.reviews, rating.stars, rating.rounded) == (3, "4.7", 5)


def test_the_first_answers_to_the_two_questions_stand(order: Order) -> None:
    by = f"member:{order.member.number}"
    for delivery, again in ((3, "yes"), (1, "no")):
        aftersales.answer_survey(order.pk, delivery=delivery, again=again, at=AT, by=by)
    assert Survey.objects.values_list("delivery", "again").get() == (3, "yes")
    for delivery, again in ((0, "yes"), (3, "x")):
        with pytest.raises(InvalidInput):
            aftersales.answer_survey(order.pk, delivery=delivery, again=again, at=AT, by=by)


# --- Pages


def test_from_confirming_to_the_survey_and_a_review(member: Member, media: Path) -> None:
    order = worlds.delivered(member, (worlds.sku(stock=9), 1))
    client = english(member)
    feedback = reverse("order-feedback", args=[order.number])
    assert client.post(reverse("order-confirm", args=[order.number]))["Location"] == feedback
    assert client.post(feedback, {"delivery": "3"}).status_code == 422
    assert client.post(feedback, {"delivery": "3", "again": "yes", "words": "thanks"})["Location"] == feedback
    path = reverse("order-review", args=[order.number, 1])
    assert path in client.get(feedback).content.decode()
    wrong = client.post(path, {"stars": "5", "words": "kept words", "pictures": [sent(bomb(), "bomb.png")]})
    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert "“bomb.png” has more than 40 million pixels" in page
    assert "kept words" in page
    assert (
        client.post(path, {"stars": "5", "words": "good", "pictures": [sent(photo())]})["Location"]
        == feedback
    )
    name = ReviewPicture.objects.get().name
    assert "Waiting to be checked" in client.get(feedback).content.decode()
    assert client.post(path, {"stars": "4", "kept": [name]}).status_code == 302
    assert ReviewPicture.objects.get().name == name


def test_what_is_not_mine_answers_as_what_is_not_there(order: Order) -> None:
    stranger = english(worlds.member())
    for name, more in (("order-feedback", []), ("order-review", [1])):
        path = reverse(name, args=[order.number, *more])
        assert (stranger.get(path).status_code, stranger.post(path).status_code) == (404, 404)
    assert english(order.member).get(reverse("order-review", args=[order.number, 9])).status_code == 404


def test_a_picture_is_for_its_author_until_it_is_shown_and_can_never_run(order: Order) -> None:
    review = say(order, aftersales.Opinion(4, "nice", [picture()]))  # type: ignore[list-item]
    path = reverse("review-picture", args=[ReviewPicture.objects.get().name])
    assert (Client().get(path).status_code, english(worlds.member()).get(path).status_code) == (404, 404)
    mine = english(order.member).get(path)
    assert (mine.status_code, mine["Cache-Control"]) == (200, "private, no-store")
    assert mine.getvalue()
    aftersales.show_review(review.pk, at=AT, by="operator:lin")
    shown = Client().get(path)
    assert (shown["Content-Type"], shown["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert shown["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert Image.open(io.BytesIO(b"".join(shown.streaming_content))).format == "JPEG"  # type: ignore[attr-defined]
    assert (
        Client().get(reverse("review-picture", args=["../../etc/passwd".replace("/", "-")])).status_code
        == 404
    )


def test_others_read_reviews_by_the_page_and_names_are_hidden(
    member: Member, django_assert_num_queries: object
) -> None:
    item = worlds.sku(stock=20)
    for n in range(12):
        say(worlds.signed(member, (item, 1)), aftersales.Opinion(5, f"<b>word {n}</b>"))
    path = reverse("gift-reviews", args=[item.gift.code])
    visitor = Client(headers={"accept-language": "en"})
    with django_assert_num_queries(4):  # type: ignore[operator]
        first = visitor.get(path)
    page = first.content.decode()
    assert ("&lt;b&gt;word 11&lt;/b&gt;" in page, member.name in page, "12 reviews" in page) == (
        True,
        False,
        True,
    )
    older = visitor.get(path, {"before": first.context["older"]}).context
    assert ([r.words for r in older["reviews"]], older["older"]) == (["<b>word 1</b>", "<b>word 0</b>"], None)
    part = visitor.get(path, headers={"HX-Request": "true"}).content.decode()
    assert ("<html" in part, 'class="reviews"' in part) == (False, True)


# --- Files that nobody needs any more


def test_tidying_removes_old_files_without_a_row_and_pictures_hidden_long_ago(
    order: Order, media: Path
) -> None:
    review = say(order, aftersales.Opinion(2, "bad", pictures=[picture()]))  # type: ignore[list-item]
    (kept,) = review.pictures.values_list("name", flat=True)
    folder = media / "reviews" / "ab"
    folder.mkdir(parents=True, exist_ok=True)
    for name, age in (("ab-old.jpg", 25), ("ab-young.jpg", 23)):
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, times=((AT - timedelta(hours=age)).timestamp(),) * 2)
    standing = media / aftersales.picture_path(kept)
    os.utime(standing, times=((AT - timedelta(days=40)).timestamp(),) * 2)

    assert aftersales.tidy_pictures(at=AT) == 1
    left = {file.name for file in media.rglob("*.jpg")}
    assert left == {kept, "ab-young.jpg"}

    aftersales.hide_review(review.pk, reason="a face", at=AT, by="operator:lin")
    soon, late = AT + timedelta(days=29), AT + timedelta(days=30)
    os.utime(folder / "ab-young.jpg", times=(late.timestamp(),) * 2)
    assert aftersales.tidy_pictures(at=soon) == 0
    assert standing.exists()
    assert aftersales.tidy_pictures(at=late) == 1
    assert (standing.exists(), review.pictures.count()) == (False, 0)
