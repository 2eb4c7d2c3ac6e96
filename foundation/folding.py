"""Constant folding of templates: what a template says to everybody in a language is written out when it is compiled.

`{% translate "Orders" %}`, `{% url "cart" %}`, `{% static "css/portal.css" %}` and tags that depend on their literal
arguments alone are a third of what a page costs; none of them can come out otherwise at the next request.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import _lru_cache_wrapper
from typing import Any

from django.template import Context, Template
from django.template.base import FilterExpression, Node, NodeList, TextNode, TokenType
from django.template.defaulttags import CommentNode, IfNode, LoadNode, URLNode
from django.template.library import SimpleNode
from django.template.loaders.base import Loader as BaseLoader
from django.template.loaders.cached import Loader as CachedLoader
from django.templatetags.i18n import BlockTranslateNode, LanguageNode, TranslateNode
from django.templatetags.static import StaticNode
from django.urls import NoReverseMatch
from django.utils.translation import get_language


class _Folding(BaseLoader):
    """Folds what a loader compiled, before it is kept."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        template = super().get_template(template_name, skip)
        context = Context()
        with context.bind_template(template):
            _fold(template.nodelist, context)
        return template


class Loader(CachedLoader, _Folding):
    """Django's cached loader with templates compiled, and folded, once for each language."""

    def cache_key(self, template_name: str, skip: Any = None) -> str:
        """Return Django's key with the language: what is written out in one does not serve another."""
        return f"{get_language()}:{super().cache_key(template_name, skip)}"


class _Known(Node):
    """A name for what is known already: all that is left of `{% url "cart" as cart_url %}`."""

    child_nodelists = ()

    def __init__(self, name: str, value: Any) -> None:
        self.name, self.value = name, value

    def render(self, context: Context) -> str:
        context[self.name] = self.value
        return ""


def _fold(nodes: NodeList, context: Context) -> None:
    """Write out what is constant in a list of nodes and in the lists within, in place."""
    folded: list[Node] = []
    for node in nodes:
        left = _written(node, context) if _is_constant(node) else node
        for inner in _within(left):
            _fold(inner, context)
        if isinstance(left, TextNode) and folded and isinstance(folded[-1], TextNode):
            folded[-1] = TextNode(folded[-1].s + left.s)
        else:
            folded.append(left)
    nodes[:] = folded


def _within(node: Node) -> Iterator[NodeList]:
    if isinstance(node, LanguageNode):  # what stands within is said in a language of its own
        return
    if isinstance(node, IfNode):  # its `nodelist` is a copy
        yield from (inner for _condition, inner in node.conditions_nodelists)
    else:
        inner = [getattr(node, name, None) for name in node.child_nodelists]
        yield from (nodes for nodes in inner if isinstance(nodes, NodeList))


def _is_constant(node: Node) -> bool:
    """Tell whether a node comes out alike in every request of a language."""
    match node:
        case TranslateNode():
            return node.message_context is None and _is_literal(node.filter_expression)
        case BlockTranslateNode():
            is_plain = not (node.extra_context or node.plural or node.message_context)
            return is_plain and all(token.token_type == TokenType.TEXT for token in node.singular)
        case URLNode():  # which site a namespace stands for, the request says
            asked = [node.view_name, *node.args, *node.kwargs.values()]
            return all(map(_is_literal, asked)) and ":" not in str(node.view_name.var)
        case StaticNode():
            return _is_literal(node.path)
        case SimpleNode():  # a function that keeps its answers gives the same one for the same arguments
            is_kept = isinstance(node.func, _lru_cache_wrapper) and not node.takes_context
            return is_kept and all(map(_is_literal, [*node.args, *node.kwargs.values()]))
    return isinstance(node, LoadNode | CommentNode)


def _is_literal(expression: FilterExpression) -> bool:
    var = expression.var
    return not expression.filters and (isinstance(var, str) or getattr(var, "lookups", True) is None)


def _written(node: Node, context: Context) -> Node:
    """Return what a constant node comes out as, or the node itself where only a request can tell."""
    name = getattr(node, "asvar", None) or getattr(node, "varname", None) or getattr(node, "target_var", None)
    try:
        with context.push():
            text = node.render(context)
            return _Known(name, context[name]) if name else TextNode(text)
    except (NoReverseMatch, ValueError):  # no such page or file: an error only where it is shown to somebody
        return node
