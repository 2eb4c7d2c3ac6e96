"""Members over HTTP for programs: log-in by token, a member's own record, points granted by integrators."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from foundation.instants import Instant
from foundation.json_bodies import Fields
from foundation.refusals import Forbidden
from foundation.visitors import address_of
from members import queries, services
from members.api.callers import (
    ApiKeyAuthentication,
    MemberTokenAuthentication,
    UnknownMember,
    caller_of,
    member_of,
)

LONGEST_REFERENCE = 50
LARGEST_GRANT = 1_000_000_000


class _BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    def get_security_definition(self, _auto_schema: Any) -> dict[str, Any]:
        """Describe how to sign in."""
        return {"type": "http", "scheme": "bearer", "description": (self.target.__doc__ or "").strip()}


class MemberTokenScheme(_BearerScheme):  # type: ignore[no-untyped-call]
    target_class = MemberTokenAuthentication
    name = "memberToken"


class ApiKeyScheme(_BearerScheme):  # type: ignore[no-untyped-call]
    target_class = ApiKeyAuthentication
    name = "integratorKey"


# --- Log-in -----------------------------------------------------------------------------------------------------------


class LogIn(serializers.Serializer[Any]):
    login = serializers.CharField(max_length=150, help_text="Phone or member number.")
    password = serializers.CharField(max_length=1024)


class SignedIn(serializers.Serializer[Any]):
    token = serializers.CharField()
    expires_at = Instant()


class TokensView(APIView):
    """Where members get their tokens."""

    authentication_classes = ()
    permission_classes = ()

    @extend_schema(operation_id="logIn", summary="Log in", request=LogIn, responses={201: SignedIn})
    def post(self, request: Request) -> Response:
        """Give a member a token for phone or member number and password.

        Unknown names and wrong passwords get the same answer: 401 `log_in_failed`. After five of them from one
        network 429 `too_many_tries` says in `Retry-After` when to come again.
        """
        fields = Fields(request.data, frozenset({"login", "password"}))
        token, expires_at = services.issue_token(
            login=fields.text("login", longest=150),
            password=fields.text("password", longest=1024),
            address=address_of(request),
            at=timezone.now(),
        )
        return Response({"token": token, "expires_at": expires_at}, status=201)


# --- A member's own record --------------------------------------------------------------------------------------------


class TierRead(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField(source="label")


class AddressRead(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    recipient = serializers.CharField()
    phone = serializers.CharField()
    region_code = serializers.CharField(source="region_id")
    region_name = serializers.CharField()
    detail = serializers.CharField()
    is_default = serializers.BooleanField()


class MemberRead(serializers.Serializer[Any]):
    number = serializers.CharField()
    name = serializers.CharField()
    phone = serializers.CharField()
    email = serializers.CharField()
    tier = TierRead()
    status = serializers.CharField()
    language = serializers.CharField()
    joined_at = Instant()


class LotRead(serializers.Serializer[Any]):
    remaining = serializers.IntegerField()
    held = serializers.IntegerField()
    granted_at = Instant()
    expires_at = Instant()


class PointsRead(serializers.Serializer[Any]):
    available = serializers.IntegerField()
    held = serializers.IntegerField()
    lots = LotRead(many=True, help_text="Those that expire first are redeemed first.")


class MeView(APIView):
    """A member's own record."""

    @extend_schema(operation_id="readMe", summary="Who am I?", responses=MemberRead)
    def get(self, request: Request) -> Response:
        """Return the member who asks."""
        return Response(MemberRead(queries.member_in_full(member_of(request).member_id)).data)


class MyAddressesView(APIView):
    """A member's addresses."""

    @extend_schema(operation_id="listMyAddresses", summary="My addresses", responses=AddressRead(many=True))
    def get(self, request: Request) -> Response:
        """Return where the member has gifts sent; an order names one of these by its id."""
        return Response(AddressRead(queries.addresses_of(member_of(request).member_id), many=True).data)


class MyPointsView(APIView):
    """A member's points."""

    @extend_schema(operation_id="readMyPoints", summary="My points", responses=PointsRead)
    def get(self, request: Request) -> Response:
        """Return the member's balance and the lots behind it."""
        account = queries.points_of(member_of(request).member_id)
        lots = LotRead(account.lots.all(), many=True).data
        return Response({"available": account.available, "held": account.held, "lots": lots})


# --- Points from integrators ------------------------------------------------------------------------------------------


class GrantWrite(serializers.Serializer[Any]):
    member = serializers.CharField(max_length=20, help_text="Member number.")
    points = serializers.IntegerField(min_value=1, max_value=LARGEST_GRANT)
    expires_at = Instant()
    reference = serializers.CharField(
        max_length=LONGEST_REFERENCE, help_text="Unique; makes the grant happen once."
    )
    note = serializers.CharField(max_length=200, required=False, allow_blank=True, allow_null=True)


class GrantsView(APIView):
    """Where integrators grant points."""

    @extend_schema(
        operation_id="grantPoints",
        summary="Grant points",
        request=GrantWrite,
        responses={201: GrantWrite, 200: OpenApiResponse(GrantWrite, description="It was granted before.")},
    )
    def post(self, request: Request) -> Response:
        """Give a member points; the same reference again changes nothing. Needs the scope `points:grant`."""
        caller, at = caller_of(request), timezone.now()
        if caller.token is not None:
            raise Forbidden
        caller.demand("points:grant")
        fields = Fields(request.data, frozenset({"member", "points", "expires_at", "reference", "note"}))
        number = fields.text("member", longest=20)
        member = queries.member_and_address(number)
        if member is None:
            raise UnknownMember(member=number)
        reference = fields.text("reference", longest=LONGEST_REFERENCE)
        grant = services.Grant(
            member_id=member[0],
            points=fields.integer("points", low=1, high=LARGEST_GRANT),
            expires_at=fields.moment("expires_at"),
            reference=f"{caller.channel}/{reference}",
            at=at,
            by=caller.by,
            note=fields.text_or_none("note", longest=200) or "",
        )
        is_new = services.grant_once(grant)
        answer = {
            "member": number,
            "points": grant.points,
            "expires_at": grant.expires_at,
            "reference": reference,
            "note": grant.note,
        }
        return Response(answer, status=201 if is_new else 200)
