"""What members are told of each event: standard words, those an operator put in their place, and who hears them how.

Words may name values of the message's context as ``%(name)s``; a percent sign is written ``%%``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from foundation.refusals import Refusal
from members.models import Channel, Message, MessageTemplate, Topic

Words = str | Promise


class Wording(NamedTuple):
    """What is said of an event, and how. The inbox hears of everything; SMS only what has words for it.

    What is of no topic concerns the account itself, and nobody can decline it. What is urgent, such as word of a
    changed password, goes out whatever the hour and the member's wishes, and to who did it: it may not have been
    them. A secret does so too, by SMS alone, and is kept nowhere. What refuses something, gives points back or
    answers a member stays in their inbox, wherever else they decline it.
    """

    title: Words
    body: Words
    topic: Topic | None = Topic.ORDER
    sms: Words = ""
    by_mail: bool = True
    is_urgent: bool = False
    is_secret: bool = False
    stays: bool = False
    more: tuple[str, ...] = ()
    """Values of the context that the standard words do not use, but others may."""

    @property
    def declinable(self) -> Topic | None:
        """The topic under which a member may decline it; None when they cannot."""
        return None if self.is_urgent else self.topic


ORDER = ("number", "points", "reason", "carrier", "waybill")

WORDINGS: dict[str, Wording] = {
    "order.confirmed": Wording(
        _("Order confirmed"),
        _("We have your order %(number)s for %(points)s points and are getting it ready."),
        more=ORDER,
    ),
    "order.sent_to_review": Wording(
        _("Order received"),
        _(
            "We have your order %(number)s. Someone will check it before it goes on; your points are held until then."
        ),
        more=ORDER,
    ),
    "order.approved": Wording(
        _("Order passed its check"),
        _("Your order %(number)s has been checked and is being prepared."),
        more=ORDER,
    ),
    "order.rejected": Wording(
        _("Order not accepted"),
        _("We could not accept your order %(number)s: %(reason)s Your points are back in your account."),
        sms=_("We could not accept order %(number)s. Your points are back; your inbox at the mall says why."),
        stays=True,
        more=ORDER,
    ),
    "order.issued": Wording(
        _("Your code is ready"),
        _("The code of order %(number)s is ready. Open the order to see it; keep it to yourself."),
        topic=Topic.DELIVERY,
        sms=_("The code of order %(number)s is ready. Open the order in the mall to see it."),
        more=ORDER,
    ),
    "order.shipped": Wording(
        _("Your gift is on its way"),
        _("Order %(number)s was handed to %(carrier)s, waybill %(waybill)s."),
        topic=Topic.DELIVERY,
        sms=_("Your gift is on its way: order %(number)s, %(carrier)s, waybill %(waybill)s."),
        more=ORDER,
    ),
    "order.delivered": Wording(
        _("Your gift has arrived"),
        _("Order %(number)s was delivered. Please confirm receipt once you have everything."),
        topic=Topic.DELIVERY,
        sms=_("Your gift has arrived: order %(number)s. Please confirm receipt once you have everything."),
        more=ORDER,
    ),
    "order.signed": Wording(
        _("Receipt confirmed"),
        _("Thank you. Receipt of order %(number)s is confirmed."),
        topic=Topic.DELIVERY,
        more=ORDER,
    ),
    "order.cancelled": Wording(
        _("Order cancelled"),
        _("Your order %(number)s was cancelled and %(points)s points are back in your account."),
        sms=_("Order %(number)s was cancelled; %(points)s points are back in your account."),
        stays=True,
        more=ORDER,
    ),
    "order.units_cancelled": Wording(
        _("Part of your order cancelled"),
        _("We took what you cancelled out of order %(number)s; %(points)s points are back in your account."),
        sms=_("Part of order %(number)s was cancelled; %(points)s points are back in your account."),
        stays=True,
        more=ORDER,
    ),
    "order.address_changed": Wording(
        _("Your order goes to another address"),
        _(
            "Order %(number)s now goes to an address in %(region)s. Not you? Cancel the order or change the address "
            "back at once, choose a new password and call the bank."
        ),
        topic=None,
        sms=_(
            "Order %(number)s now goes to an address in %(region)s. Not you? Cancel it in the mall, choose a new "
            "password and call the bank."
        ),
        is_urgent=True,
        more=ORDER,
    ),
    "order.expired": Wording(
        _("Order expired"),
        _("Order %(number)s was not paid in time. Your points are back in your account."),
        stays=True,
        more=ORDER,
    ),
    "order.refunded": Wording(
        _("Points returned"),
        _("%(points)s points of order %(number)s are back in your account."),
        topic=Topic.AFTERSALES,
        sms=_("%(points)s points of order %(number)s are back in your account."),
        stays=True,
        more=ORDER,
    ),
    "refund.rejected": Wording(
        _("Refund not accepted"),
        _("We could not accept your refund request for order %(number)s: %(reason)s"),
        topic=Topic.AFTERSALES,
        stays=True,
        more=("number", "reason"),
    ),
    "complaint.answered": Wording(
        _("We have answered you"),
        _("Our answer to your complaint %(complaint)s: %(reason)s"),
        topic=Topic.AFTERSALES,
        stays=True,
    ),
    "points.expiring": Wording(
        _("Points about to expire"),
        _("%(points)s of your points expire on %(date)s. Perhaps there is a gift you would like."),
        topic=Topic.POINTS,
    ),
    "account.password_changed": Wording(
        _("Your password was changed"),
        _(
            "Your password was changed and every other device was signed out. "
            "If it was not you, log in with a code by SMS, choose a new password and tell the bank."
        ),
        topic=None,
        is_urgent=True,
    ),
    "erasure.declined": Wording(
        _("Your data were not erased"),
        _("We could not erase your data: %(reason)s You can ask again at any time."),
        topic=None,
    ),
    "sign_in.code": Wording(
        _("Sign-in code"),
        "",
        sms=_("Your code is %(code)s. It is good for a few minutes; tell it to nobody, us included."),
        topic=None,
        is_urgent=True,
        is_secret=True,
    ),
}

SAMPLES: dict[str, object] = {
    "number": "261102000012345678",
    "points": 12800,
    "reason": _("The address is incomplete."),
    "carrier": _("SF Express"),
    "region": _("Xuhui, Shanghai"),
    "waybill": "SF1234567890123",
    "date": "2026-12-31",
    "code": "135790",
}
"""What placeholders stand for in a preview; a name that is not here stands for itself."""

_PERCENT = re.compile(r"%(?:(%)|\((\w+)\)s)?")


class PercentBroken(Refusal, ValueError):
    """A percent sign is neither ``%(name)s`` nor ``%%``."""

    code = "percent_broken"
    status = 422
    message = _("A percent sign stands alone. Write %(name)s for a value, or %% for the sign itself.")


class PlaceholderUnknown(Refusal):
    """Words name a value that the event does not have."""

    code = "placeholder_unknown"
    status = 422
    message = _("This event has no “%(name)s”. It has: %(names)s.")


class Said(NamedTuple):
    """A title and a text, ready to be read."""

    title: str
    body: str


Edited = Mapping[tuple[str, str], MessageTemplate]
"""Templates of one language by event and channel."""


def edited(language: str, **fields: object) -> Edited:
    """Return the words that operators chose in a language, in one statement."""
    rows = MessageTemplate.objects.filter(language=language, **fields)
    return {(row.event, row.channel): row for row in rows}


def channels_of(event: str) -> tuple[Channel, ...]:
    """Return how members hear of an event.

    :raises KeyError: nothing is said of it
    """
    wording = WORDINGS[event]
    if wording.is_secret:
        return (Channel.SMS,)
    mail = (Channel.MAIL,) if wording.by_mail else ()
    return (Channel.INBOX, *mail, *((Channel.SMS,) if wording.sms else ()))


def events_about(topic: str) -> list[str]:
    """Return the events of a topic that a member may decline, in the order in which they happen."""
    return [event for event, wording in WORDINGS.items() if wording.declinable == topic]


def must_be_heard(event: str, channel: str) -> bool:
    """Tell whether a member hears of an event on a channel whatever they wish.

    :raises KeyError: nothing is said of it
    """
    wording = WORDINGS[event]
    return wording.declinable is None or (wording.stays and channel == Channel.INBOX)


def is_declinable(event: str, channel: str) -> bool:
    """Tell whether something is said of an event on a channel, and a member may do without it.

    :raises KeyError: nothing is said of it anywhere
    """
    return channel in channels_of(event) and not must_be_heard(event, channel)


def standard(event: str, channel: str) -> Said:
    """Return the house's own words in the language in force, placeholders and all."""
    wording = WORDINGS[event]
    return Said(str(wording.title), str(wording.sms if channel == Channel.SMS else wording.body))


def names_in(text: str) -> list[str]:
    """Return the placeholders of a text in the order in which they first come.

    :raises PercentBroken: a percent sign is neither ``%(name)s`` nor ``%%``
    """
    found: dict[str, None] = {}
    for match in _PERCENT.finditer(text):
        if match[2]:
            found[match[2]] = None
        elif not match[1]:
            raise PercentBroken
    return list(found)


def names_of(event: str) -> list[str]:
    """Return every value that words about an event may use."""
    wording = WORDINGS[event]
    texts = (wording.title, wording.body, wording.sms)
    return list(dict.fromkeys([*(name for text in texts for name in names_in(str(text))), *wording.more]))


def check(event: str, words: Said) -> None:
    """Make sure that words can be filled in whenever the event happens.

    :raises PlaceholderUnknown, PercentBroken: they cannot
    """
    known = names_of(event)
    for name in (*names_in(words.title), *names_in(words.body)):
        if name not in known:
            raise PlaceholderUnknown(name=name, names=", ".join(known))


def filled(words: Said, values: Mapping[str, object]) -> Said:
    """Return words with their values in place; a title stays one line.

    :raises KeyError: a value is missing
    """
    said = shown(values)
    return Said(" ".join((words.title % said).split()), words.body % said)


def shown(values: Mapping[str, object]) -> dict[str, str]:
    """Return values as people read them; in English what has an English form beside it, by its name and ``_en``."""
    english = {name: values.get(f"{name}_en") for name in values} if get_language() == "en" else {}
    return {name: _shown(name, english.get(name) or value) for name, value in values.items()}


def sampled(event: str, words: Said) -> Said:
    """Return words as a preview shows them."""
    return filled(words, {name: SAMPLES.get(name, name) for name in names_of(event)})


def in_force(event: str, channel: str, chosen: Edited) -> Said:
    """Return the words that hold, an operator's or the house's, in the language in force and of `chosen`."""
    row = chosen.get((event, channel))
    return Said(row.title, row.body) if row is not None else standard(event, channel)


def of(message: Message, chosen: Edited | None = None) -> Said:
    """Return what a message says in the language in force.

    Words that need a value which an older message does not have give way to the standard ones.

    :raises KeyError: nothing is said of this event any more
    """
    if chosen is None:
        chosen = edited(get_language() or "", event=message.template, channel=message.channel)
    try:
        return filled(in_force(message.template, message.channel, chosen), message.context)
    except (KeyError, ValueError, TypeError):
        return filled(standard(message.template, message.channel), message.context)


def all_of(messages: Iterable[Message], chosen: Edited) -> list[tuple[Message, Said]]:
    """Return each message with what it says; one that nothing can be said of any more is left out."""
    said = []
    for message in messages:
        try:
            said.append((message, of(message, chosen)))
        except KeyError:
            continue
    return said


def _shown(name: str, value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    if name == "date" and isinstance(value, str):
        return date_format(date.fromisoformat(value), "DATE_FORMAT")
    return str(value)
