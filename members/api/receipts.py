"""Where providers of SMS push receipts: the key of the address is checked first; they are kept, and applied later."""

from __future__ import annotations

import hmac
from types import ModuleType

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from members import services
from members.gateways import aliyun, tencent
from members.terms import UnreadableReceipt

PROVIDERS: dict[str, ModuleType] = {"aliyun": aliyun, "tencent": tencent}


@csrf_exempt
@require_POST
def receipts(request: HttpRequest, provider: str) -> JsonResponse:
    """Take a push of receipts.

    Neither provider signs them, so the address they are given ends in `?key=…`; log lines leave a query out. A header
    of the name X-Receipt-Key does as well. Whoever does not know it gets 401 before anything is looked at.
    """
    party = PROVIDERS.get(provider)
    if party is None:
        raise Http404
    key = request.headers.get("X-Receipt-Key") or request.GET.get("key", "")
    if not key or not hmac.compare_digest(key.encode("utf-8", "replace"), settings.SMS_RECEIPT_KEY.encode()):
        return JsonResponse({"code": "bad_key"}, status=401)
    try:
        pushed = services.parse_receipts(provider, request.body.decode())
    except (UnreadableReceipt, UnicodeDecodeError):
        return JsonResponse(dict(party.BAD_PUSH_ANSWER), status=400)
    services.receive_receipts(provider, pushed, at=timezone.now())
    return JsonResponse(dict(party.PUSH_ANSWER))
