"""What kept a message from its member, in words an operator can act on."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_EXACT: dict[str, str | Promise] = {
    "no_address": _("the member has no such address"),
    "unsubscribed": _("the member does not want such messages"),
    "too_late": _("it could not be sent while it was of use"),
    "no_verdict": _("nobody ever said what became of it"),
    "no_number": _("the provider took it but gave no number"),
    "no_words": _("its words and its values do not fit together"),
    "no_provider_template": _("nobody has named the provider's template for this text"),
    "bad_address": _("the provider's address in the settings makes no sense"),
    "isv.MOBILE_NUMBER_ILLEGAL": _("the provider says that this is no mobile number"),
    "isv.SMS_TEMPLATE_ILLEGAL": _("the provider does not know the template"),
    "isv.SMS_SIGNATURE_ILLEGAL": _("the provider does not know our signature"),
    "isv.AMOUNT_NOT_ENOUGH": _("our account with the provider is empty"),
    "isv.BUSINESS_LIMIT_CONTROL": _("the provider's limit for this number was reached"),
    "isv.DAY_LIMIT_CONTROL": _("the provider's limit for a day was reached"),
    "SMTPRecipientsRefused": _("the mail server does not take mail for this address"),
    "SMTPSenderRefused": _("the mail server does not take mail from us"),
    "SMTPAuthenticationError": _("the mail server does not accept our log-in"),
    "BadHeaderError": _("the title cannot stand in a mail's head"),
    "KeyError": _("its words and its values do not fit together"),
}
_BEGINNING: dict[str, str | Promise] = {
    "unreadable": _("the provider's answer could not be read"),
    "http_": _("the provider turned us away for now"),
    "isp.": _("the provider had a fault of its own"),
    "InternalError": _("the provider had a fault of its own"),
    "LimitExceeded": _("the provider's limit was reached"),
    "InvalidParameterValue": _("the provider does not accept the number or the text"),
    "FailedOperation": _("the provider would not send it"),
    "SMTP": _("the mail server would not take it"),
}
_AWAY = ("Connect", "Connection", "Timeout", "Read", "Pool", "too_slow", "OSError", "gaierror", "Remote")


def in_words(code: str) -> str | Promise:
    """Return what an error of a message means; the code itself where nobody has said it in words."""
    if code in _EXACT:
        return _EXACT[code]
    for beginning, words in _BEGINNING.items():
        if code.startswith(beginning):
            return words
    return _("nobody answered there") if code.startswith(_AWAY) else code
