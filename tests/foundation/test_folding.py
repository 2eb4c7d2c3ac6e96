"""What templates say to everybody is written out when they are compiled, and says the same."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import Context, Engine, Library, Template
from django.template.base import Node, Parser, TextNode, Token, TokenType
from django.utils import translation

from foundation import folding

BUILT_IN = ["django.templatetags.i18n", "django.templatetags.static", "members.templatetags.portal"]
INNER = {
    "constant": '{% load i18n %}<b title="{% translate "Orders" %}">{% icon "cart" %}{# gone #}</b>'
    '{% url "cart" %}{% static "css/portal.css" %}{% blocktranslate %}Your points{% endblocktranslate %}',
    "named": '{% url "cart" as there %}{% translate "Orders" as what %}{{ what }} {{ there }} {{ what }}',
    "escaped": '{% translate "Orders & <b>" %}{% autoescape off %}{% translate "100%% & more" %}{% endautoescape %}',
    "asked": '{% if n > 1 %}{% translate "Orders" %}{{ n }}{% else %}{% translate "Cart" %}{% endif %}'
    '{% for x in xs %}{% translate "Points" %}{{ x }}{% empty %}{% translate "Inbox" %}{% endfor %}'
    '{% with y=n %}{% translate "Cart" %}{{ y }}{% endwith %}',
    "moving": "{% blocktranslate with k=n %}Order {{ k }}{% endblocktranslate %}{% translate word %}"
    '{% icon picture %}{% translate "Orders"|upper %}',
    "counted": "{% blocktranslate count k=xs|length %}Parcel{% plural %}{{ k }} parcels{% endblocktranslate %}",
    "other_language": '{% translate "Cart" %}{% language "en" %}{% translate "Cart" %}{% endlanguage %}',
    "base": "{% translate 'Orders' %}{% block main %}{% translate 'Points' %}{% endblock %}",
    "child": "{% extends 'base' %}{% block main %}{{ block.super }}{% translate 'Cart' %}{% include 'named' %}"
    "{% endblock %}",
    "absent": '{% if n > 5 %}{% url "no-such-page" %}{% endif %}{% url "no-such-page" as none %}[{{ none }}]',
}
SEEN: dict[str, Any] = {"n": 2, "xs": [1, 2], "word": "Inbox", "picture": "gift"}


def _engine(loader: str) -> Engine:
    return Engine(
        loaders=[(loader, [("django.template.loaders.locmem.Loader", INNER)])],
        builtins=BUILT_IN,
        libraries={"i18n": "django.templatetags.i18n"},
    )


PLAIN, FOLDED = _engine("django.template.loaders.cached.Loader"), _engine("foundation.folding.Loader")


def _left_of(name: str) -> list[Node]:
    with translation.override("en"):
        return list(FOLDED.get_template(name).nodelist)


@pytest.mark.parametrize("name", INNER)
@pytest.mark.parametrize("seen", [SEEN, {**SEEN, "n": 0, "xs": []}], ids=["much", "little"])
def test_a_folded_template_says_what_it_said_in_every_language(name: str, seen: dict[str, Any]) -> None:
    for language in ("zh-hans", "en", "zh-hans"):
        with translation.override(language):
            folded, plain = (e.get_template(name).render(Context(seen)) for e in (FOLDED, PLAIN))
        assert folded == plain


def test_what_is_constant_becomes_one_text() -> None:
    (text,) = _left_of("constant")

    assert isinstance(text, TextNode)


def test_what_a_request_decides_stays() -> None:
    assert not any(isinstance(node, TextNode) for node in _left_of("moving"))


def test_a_tag_that_keeps_no_answers_is_asked_each_time() -> None:
    tags, answers = Library(), iter("ab")
    tags.simple_tag(lambda: next(answers), name="turn")
    template = FOLDED.get_template("asked")
    tag: Node = tags.tags["turn"](Parser([]), Token(TokenType.BLOCK, "turn"))
    template.nodelist.append(tag)

    folding._fold(template.nodelist, Context())

    assert template.nodelist[-1] is tag


def test_a_page_that_does_not_exist_is_an_error_where_it_is_shown() -> None:
    with pytest.raises(Exception, match="no-such-page"):
        FOLDED.get_template("absent").render(Context({"n": 6}))


def test_the_mall_folds_its_templates() -> None:
    from django.template import engines

    engine: Engine = engines["django"].engine  # type: ignore[attr-defined]
    template: Template = engine.get_template("portal.html")

    assert isinstance(engine.template_loaders[0], folding.Loader)
    assert not any("TranslateNode" in type(node).__name__ for node in template.nodelist)
