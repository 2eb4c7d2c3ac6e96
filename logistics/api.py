"""Where carriers call back: verified on the raw text, kept, answered at once, applied by a worker."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from logistics import services
from logistics.gateways import kdniao
from logistics.services.carriers import provider


@csrf_exempt
@require_POST
def kdniao_push(request: HttpRequest) -> JsonResponse:
    """Take a push of tracks (RequestType 101); unsigned callers get 401 before anything is looked up."""
    at = timezone.now()
    body, signature = request.POST.get("RequestData", ""), request.POST.get("DataSign", "")
    if not kdniao.verify_push(body, signature, settings=provider()):
        return JsonResponse({"code": "bad_signature"}, status=401)
    services.receive_push(source="kdniao", body=body.replace("\x00", ""), at=at)
    return JsonResponse(kdniao.push_answer(at=at, settings=provider()))
