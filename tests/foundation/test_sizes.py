"""Bodies that are too large: refused by what they say of themselves, in the visitor's language, and never read."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from django.urls import reverse

from aftersales.models import GiftReview
from foundation.sizes import MEGABYTE
from tests import worlds
from tests.portal.browsers import english

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"


@pytest.fixture(autouse=True)
def keep_the_tests_connection() -> Iterator[None]:
    """A server's request closes connections of tests' transactions; Django's own test client sees to that, too."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


class Unreadable(BytesIO):
    """A body that nobody may read."""

    def read(self, *_size: object) -> bytes:
        raise AssertionError("the body was read")

    readline = __next__ = read


def sent(path: str, kind: str = FORM, language: str = "en", **environ: object) -> tuple[str, str]:
    """Send a request through WSGI, as a server does, and return its status and body."""
    said: list[str] = []
    request = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": kind,
        "HTTP_ACCEPT_LANGUAGE": language,
        "wsgi.url_scheme": "http",
        "wsgi.input": Unreadable(),
        "wsgi.errors": BytesIO(),
    } | environ

    def start(status: str, *_more: object) -> Callable[[bytes], object]:
        said.append(status)
        return BytesIO().write

    answer: Any = get_wsgi_application()(request, start)
    body = b"".join(answer).decode()
    return said[0][:3], body


PAGES = ["/log-in/", "/gifts/x/reviews/", "/complaints/new/", "/admin/login/", "/i18n/setlang/", "/cart/"]


@pytest.mark.parametrize("kind", [FORM, PARTS, "application/json"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_refuses_more_than_a_megabyte_unread(path: str, kind: str) -> None:
    status, body = sent(path, kind, CONTENT_LENGTH=str(MEGABYTE + 1))
    assert status == "413"
    assert 'data-code="too_large"' in body
    assert "That was too much at once" in body


def test_it_says_so_in_the_visitors_language() -> None:
    _status, body = sent("/log-in/", language="zh-CN", CONTENT_LENGTH=str(10**9))
    assert "一次提交的内容太多了" in body


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/orders",
        "/api/v1/tokens",
        "/api/v1/sms/aliyun/receipts",
        "/api/v1/orders/26/cancel",
        "/api/docs/",
    ],
)
def test_a_program_is_told_by_a_problem_document(path: str) -> None:
    status, body = sent(path, "application/json", CONTENT_LENGTH=str(MEGABYTE + 1))
    assert (status, '"code": "too_large"' in body) == ("413", True)


@pytest.mark.parametrize(("path", "code"), [("/log-in/", "data-code"), ("/api/v1/orders", '"code": ')])
def test_a_body_in_chunks_is_asked_for_its_length(path: str, code: str) -> None:
    status, body = sent(path, PARTS, HTTP_TRANSFER_ENCODING="chunked")
    assert status == "411"
    assert "length_required" in body
    assert code in body


@pytest.mark.parametrize("length", ["-1", "1e3", "x", "99999999999999999999"])
def test_a_length_that_is_none_is_refused(length: str) -> None:
    assert sent("/log-in/", CONTENT_LENGTH=length)[0] == "413"


def test_a_review_brings_pictures_of_more_than_a_megabyte_but_not_of_fifty() -> None:
    member = worlds.member(points=1000)
    order = worlds.signed(member, (worlds.sku(stock=1), 1))
    path = reverse("order-review", args=[order.number, 1])
    assert sent(path, PARTS, CONTENT_LENGTH=str(50 * MEGABYTE))[0] == "413"
    picture = SimpleUploadedFile("a.jpg", b"x" * (3 * MEGABYTE), "image/jpeg")
    answer = english(member).post(path, {"stars": "5", "words": "", "pictures": picture})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"pictures"})
    assert not GiftReview.objects.exists()


def test_what_fits_is_taken() -> None:
    typed = {"login": "x" * 1000, "password": "wrong"}
    assert Client().post(reverse("log-in"), typed).status_code == 401


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("head", "status"),
    [("Content-Length: 900000000", b"413"), ("Transfer-Encoding: chunked", b"411")],
)
def test_a_server_answers_before_the_body_has_come(live_server: Any, head: str, status: bytes) -> None:
    host, port = live_server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=20) as client:
        client.sendall(
            f"POST /log-in/ HTTP/1.1\r\nHost: {host}\r\nContent-Type: {PARTS}\r\n{head}\r\n\r\n".encode()
        )
        assert client.recv(12)[-3:] == status
