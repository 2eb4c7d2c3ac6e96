"""How the portal writes numbers, moments and pictures; the same on every page."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache, lru_cache
from urllib.parse import quote, urlencode

from django import template
from django.http import QueryDict
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from members import rules

register = template.Library()

NO_PICTURE = "brand/empty-stock.svg"

# Drawn on a grid of 24, as strokes of one width in the colour of the text around them.
_ICONS = {
    "home": '<path d="M4 11l8-7 8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z"/>',
    "orders": '<path d="M6 3h12v18l-3-2-3 2-3-2-3 2z"/><path d="M9.500 8h5M9.500 12h5"/>',
    "points": '<circle cx="12" cy="12" r="8.500"/><path d="M10 16.500v-9h2.500a2.700 2.700 0 0 1 0 5.400H10"/>',
    "inbox": '<path d="M4 6h16v12H4z"/><path d="M4 7l8 6 8-6"/>',
    "me": '<circle cx="12" cy="8" r="4"/><path d="M4.500 20c1-4 4-5.500 7.500-5.500s6.500 1.500 7.500 5.500"/>',
    "search": '<circle cx="11" cy="11" r="6.500"/><path d="M16 16l4.500 4.500"/>',
    "next": '<path d="M9 5l7 7-7 7"/>',
    "back": '<path d="M15 5l-7 7 7 7"/>',
    "check": '<path d="M5 12.500l4.500 4.500L19 7.500"/>',
    "cross": '<path d="M6 6l12 12M18 6L6 18"/>',
    "clock": '<circle cx="12" cy="12" r="8.500"/><path d="M12 7v5l3.500 2"/>',
    "alert": '<path d="M12 4l9 16H3z"/><path d="M12 10v4.500M12 17.200v.3"/>',
    "download": '<path d="M12 4v11M7 10.500l5 5 5-5M5 19.500h14"/>',
    "help": '<circle cx="12" cy="12" r="8.500"/><path d="M9.500 9.500a2.500 2.500 0 1 1 3.500 2.300c-.8.400-1 1-1 2"/>'
    '<path d="M12 16.700v.3"/>',
    "shield": '<path d="M12 3.5l7 2.5v5.5c0 4.5-3 7.5-7 9-4-1.5-7-4.5-7-9V6z"/><path d="M9 11.8l2.2 2.2L15 10"/>',
    "info": '<circle cx="12" cy="12" r="8.500"/><path d="M12 11v5.500M12 7.700v.3"/>',
    "truck": '<path d="M2.500 6.500h11v10h-11zM13.500 10h4l3.500 3.500v3h-7.500z"/><circle cx="7" cy="17.500" r="2"/>'
    '<circle cx="17" cy="17.500" r="2"/>',
    "box": '<path d="M4 8l8-4 8 4v8l-8 4-8-4z"/><path d="M4 8l8 4 8-4M12 12v8"/>',
    "pin": '<path d="M12 21c4.500-5 6.500-8 6.500-11a6.500 6.500 0 0 0-13 0c0 3 2 6 6.500 11z"/>'
    '<circle cx="12" cy="10" r="2.500"/>',
    "plus": '<path d="M12 5v14M5 12h14"/>',
    "key": '<circle cx="8" cy="15.500" r="4"/><path d="M11 12.500l8-8M15.500 8l3 3"/>',
    "out": '<path d="M10 4H5v16h5M10 12h10M16 8l4 4-4 4"/>',
    "globe": '<circle cx="12" cy="12" r="8.500"/><path d="M3.500 12h17M12 3.500c5 5 5 12 0 17c-5-5-5-12 0-17"/>',
    "gift": '<path d="M4 9h16v4H4zM5.500 13h13v7.500h-13zM12 9v11.500"/><path d="M12 9C8 9 7 4.500 9.500 4.500S12 9'
    ' 12 9s0-4.500 2.500-4.500S16 9 12 9"/>',
    "cart": '<path d="M3 4h2.500l2.200 11h9.800l2-8H6.300"/><circle cx="9" cy="19" r="1.500"/>'
    '<circle cx="16.500" cy="19" r="1.500"/>',
    "refund": '<path d="M5 9h10a4.500 4.500 0 0 1 0 9H8"/><path d="M8.500 5L4.500 9l4 4"/>',
    "category-home": '<path d="M5 11V8a3 3 0 0 1 3-3h8a3 3 0 0 1 3 3v3"/><path d="M3 12a2 2 0 0 1 4 0v2h10v-2a2 2 0'
    ' 0 1 4 0v5H3zM6 17v2M18 17v2"/>',
    "category-kitchen": '<path d="M5 10h14v6a3 3 0 0 1-3 3H8a3 3 0 0 1-3-3zM2.500 12H5M19 12h2.500M4 10h16M12 7V6"/>',
    "category-food": '<path d="M5 9h12v5a5 5 0 0 1-5 5h-2a5 5 0 0 1-5-5zM17 10h1.500a2.500 2.500 0 0 1 0 5H17"/>'
    '<path d="M9 3.500c-1 1 1 1.700 0 3M13 3.500c-1 1 1 1.700 0 3"/>',
    "category-digital": '<path d="M4 14v-2a8 8 0 0 1 16 0v2"/><path d="M4 14h3v6H5.500A1.500 1.500 0 0 1 4 18.500z'
    'M20 14h-3v6h1.500a1.500 1.500 0 0 0 1.500-1.500z"/>',
    "category-outdoor": '<path d="M2.500 19.500L12 4.500l9.500 15z"/><path d="M12 4.500v9l-4 6M12 13.500l4 6"/>',
    "category-baby": '<path d="M8 9h8v9a3 3 0 0 1-3 3h-2a3 3 0 0 1-3-3zM7.500 9L8.500 6h7l1 3zM10 6c0-3 4-3 4 0"/>'
    '<path d="M8 13h3M8 16.500h3"/>',
    "category-books": '<path d="M12 6.500C10 5 7 4.500 3.500 4.500v13.500c3.500 0 6.500.5 8.500 2 2-1.500 5-2'
    ' 8.500-2V4.500C17 4.500 14 5 12 6.500zM12 6.500V20"/>',
    "category-health": '<path d="M12 20C5 15 3.500 11.500 3.500 8.800A4.300 4.300 0 0 1 12 7.500'
    'a4.300 4.300 0 0 1 8.500 1.300C20.500 11.500 19 15 12 20z"/><path d="M4 12h4l1.500-2.500 3 5 1.500-2.500h6"/>',
}


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Draw a small picture that only decorates the words beside it."""
    strokes = _ICONS.get(name) or _ICONS["gift"]
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">{}</svg>',
        mark_safe(strokes),  # noqa: S308  (our own drawings, above)
    )


@register.filter
def points(value: int | None) -> str:
    """Write points in groups of three digits."""
    return f"{value or 0:,}"


@register.filter
def yuan(fen: int) -> str:
    """Write fen as yuan, whole ones without their zeros."""
    return f"{fen // 100:,}" if fen % 100 == 0 else f"{fen // 100:,}.{fen % 100:02}"


@register.filter
def signed(value: int) -> str:
    """Write a change of points with its sign, the minus as long as the plus."""
    return f"+{value:,}" if value > 0 else f"\N{MINUS SIGN}{-value:,}" if value < 0 else "0"


@register.filter
def absolute(value: int) -> int:
    """Return a number without its sign."""
    return abs(value)


@register.filter
def masked_phone(value: str) -> str:
    """Hide the middle of a phone number."""
    return rules.masked_phone(value)


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """Write an instant in the mall's own time, to the minute."""
    return _time(
        value,
        "{0.year}年{0.month}月{0.day}日 {0.hour:02}:{0.minute:02}",
        "{0.day} {0:%b} {0.year}, {0.hour:02}:{0.minute:02}",
    )


@register.filter
def day(value: date | None) -> SafeString | str:
    """Write the day of an instant in the mall's own time."""
    return _time(value, "{0.year}年{0.month}月{0.day}日", "{0.day} {0:%b} {0.year}")


@register.filter
def short_moment(value: datetime | None) -> SafeString | str:
    """Write an instant without its year, for lists that name the year elsewhere."""
    return _time(
        value, "{0.month}月{0.day}日 {0.hour:02}:{0.minute:02}", "{0.day} {0:%b}, {0.hour:02}:{0.minute:02}"
    )


def _time(value: date | None, chinese: str, english: str) -> SafeString | str:
    if value is None:
        return ""
    local = timezone.localtime(value) if isinstance(value, datetime) else value
    text = (english if (get_language() or "").startswith("en") else chinese).format(local)
    return mark_safe(f'<time datetime="{local.isoformat()}">{text}</time>')  # noqa: S308  (digits and our own words)


@register.filter
@lru_cache(maxsize=10_000)
def picture(path: str) -> str:
    """Return the address of a gift's picture; one that is not there must not take the page down."""
    if path.startswith("upload/"):  # sent by an operator
        return reverse("gift-picture", args=[path.removeprefix("upload/")])
    try:
        return static(path or NO_PICTURE)
    except ValueError:  # the manifest of hashed names does not know it
        return static(NO_PICTURE)


@register.simple_tag
def url_with(name: str, part: str) -> str:
    """Return what `{% url name part %}` does; all but the part is looked up once, for lists and rows of buttons."""
    before, after = _url_around(name)
    return f"{before}{quote(part, safe='')}{after}"


@cache
def _url_around(name: str) -> list[str]:
    return reverse(name, args=["~"]).split("~")


@register.simple_tag(takes_context=True)
def in_cart(context: template.Context) -> int:
    """Return how many different gifts the cart of whoever asks holds, a visitor's in their session."""
    request = context.get("request")
    if request is None or not hasattr(request, "user"):  # an error came before anybody was known
        return 0
    if request.user.is_authenticated:
        return int(getattr(request.user, "in_cart", 0))  # absent while they are being signed in
    return len(request.session.get("cart", ()))


@register.simple_tag(takes_context=True)
def same_page(context: template.Context, **changes: object) -> str:
    """Return this page's query with some values changed; an empty value drops its name."""
    asked: QueryDict = context["request"].GET
    kept = [(name, value) for name, values in asked.lists() if name not in changes for value in values]
    changed = [(name, str(value)) for name, value in changes.items() if value not in ("", None)]
    return f"?{urlencode(kept + changed)}"
