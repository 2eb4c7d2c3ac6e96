"""The way out of the house: one function per channel, each given a message that is claimed and counted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from members import wording
from members.gateways import aliyun, tencent
from members.models import Channel, Message
from members.services.messages.wishes import unsubscribe_token
from members.terms import Sms, SmsAccount, SmsRefused

SENDERS: dict[str, Callable[..., str]] = {"aliyun": aliyun.send, "tencent": tencent.send}


def send(message: Message, *, at: datetime) -> str:
    """Send a message by its channel and return the provider's number of it; empty where there is none.

    :raises Exception: whatever keeps the channel from it
    """
    with translation.override(message.member.language):
        if message.channel == Channel.MAIL:
            _mail(message)
        elif message.channel == Channel.SMS:
            return _text(message, at=at)
    return ""


def _mail(message: Message) -> None:
    said, what = wording.of(message), wording.WORDINGS[message.template]
    inbox = _ours("inbox")
    body = _("%(text)s\n\nAll your messages: %(inbox)s") % {"text": said.body, "inbox": inbox}
    # Sent twice after all, it is one mail to whoever compares these.
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    headers = {"Message-ID": f"<message-{message.pk}@{domain}>"}
    if what.declinable is not None:
        stop = _ours("unsubscribe", unsubscribe_token(message.member_id, message.template))
        body += _("\nNo more mails of this kind: %(stop)s") % {"stop": stop}
        headers |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    EmailMessage(said.title, body, to=[message.member.email], headers=headers).send()


def _ours(page: str, *args: str) -> str:
    return settings.MALL_URL.rstrip("/") + reverse(page, args=args)


def _text(message: Message, *, at: datetime) -> str:
    try:
        text = _sms_of(message)
    except (KeyError, ValueError) as missing:  # certain, unlike what the provider may have done
        raise SmsRefused("no_words") from missing
    return SENDERS[message.provider](text, account=account_with(message.provider), at=at)


def _sms_of(message: Message) -> Sms:
    """Return what the provider is asked for: the template it approved and the values, as the words name them.

    :raises KeyError, ValueError: words and context do not fit
    :raises SmsRefused: nobody has told us which template the provider approved
    """
    language = message.member.language
    chosen = wording.edited(language, event=message.template, channel=Channel.SMS)
    row = chosen.get((message.template, Channel.SMS))
    template = (row.provider_code if row is not None else "") or settings.SMS_TEMPLATES.get(
        f"{message.template}:{language}", message.template if settings.DEVELOPMENT else ""
    )
    if not template:
        raise SmsRefused("no_provider_template")
    words = wording.in_force(message.template, Channel.SMS, chosen)
    shown = wording.shown(message.context)
    values = {name: shown[name] for name in wording.names_in(words.body)}
    return Sms(message.member.phone, template, values, str(message.pk))


def account_with(provider: str) -> SmsAccount:
    """Return where a provider answers and who we are to it."""
    return SmsAccount(
        base_url=settings.SMS_URL,
        key_id=settings.SMS_KEY_ID,
        key_secret=settings.SMS_KEY_SECRET,
        sign_name=settings.SMS_SIGN_NAME,
        app_id=settings.SMS_APP_ID if provider == "tencent" else "",
        region=settings.SMS_REGION if provider == "tencent" else "",
    )
