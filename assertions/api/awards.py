"""/api/v1/badges/{id}/awards/, /api/v1/awards/{id}/ and revoking."""

import uuid

from django.db.models import QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from assertions.api.reading import NewAward, RevocationSent, SuspensionSent
from assertions.api.shown import AwardShown, award_json
from assertions.models import Award
from assertions.queries import AwardFilter, AwardState, awards_for_members
from assertions.services import award_many, lift_suspension, revoke, suspend
from badges.models import Badge
from common.addresses import normalise
from common.errors import Refused
from common.links import absolute_url
from issuers.api.endpoints import Endpoint
from issuers.api.problems import renamed
from issuers.api.schema import CURSOR, LIMIT, page_of_schema
from issuers.api.writing import write
from issuers.permissions import Permission
from issuers.tasks import tell_webhooks_soon
from journal.tasks import send_soon

STATE = OpenApiParameter("state", str, enum=AwardState.values)
EMAIL = OpenApiParameter("email", str, description="of one recipient")
_BESIDE = ("evidence", "assessments__criterion")
_FIELDS = {"address": "recipient.email", "expires_at": "expires_on"}


class Awards(Endpoint):
    @extend_schema(
        summary="Awards of a badge, newest first",
        parameters=[CURSOR, LIMIT, STATE, EMAIL],
        responses=page_of_schema("AwardPage", AwardShown),
    )
    def get(self, request: Request, badge_id: uuid.UUID) -> Response:
        badge = self.found(Badge.objects.select_related("issuer"), may=Permission.VIEW, pk=badge_id)
        asked = request.query_params
        wanted = AwardFilter(badge=str(badge.pk), state=self.chosen("state", AwardState.values))
        rows = _with_all(awards_for_members(badge.issuer, wanted, at=timezone.now()))
        if email := asked.get("email", "").replace("\0", ""):
            rows = rows.filter(recipient__address=normalise(email))
        return self.page(rows, order=("-issued_on", "-id"), shown=award_json)

    @extend_schema(summary="Award the badge to a person", request=NewAward, responses={201: AwardShown})
    @write
    def post(self, request: Request, badge_id: uuid.UUID) -> Response:
        badge = self.found(Badge.objects.select_related("issuer"), may=Permission.AWARD, pk=badge_id)
        sent = NewAward(data=request.data)
        sent.is_valid(raise_exception=True)
        notify = sent.validated_data["notify"]
        outcome = award_many(
            badge=badge,
            nominations=[sent.nomination()],
            by=self.token.actor,
            at=timezone.now(),
            notify=notify,
        )
        if outcome.refused:
            raise renamed(outcome.refused[0], _FIELDS)
        row = outcome.awards[0]
        prefetch_related_objects([row], "suspension", *_BESIDE)
        shown = award_json(row)
        tell_webhooks_soon(badge.issuer.scope)
        if notify:
            send_soon()
        else:
            shown["urls"]["claim"] = absolute_url("claim", token=outcome.tokens[row.pk])
        response = Response(shown, status=201)
        response.is_secret = not notify  # type: ignore[attr-defined]  # `write` seals what it keeps
        return response


class OneAward(Endpoint):
    @extend_schema(summary="One award", responses=AwardShown)
    def get(self, request: Request, award_id: uuid.UUID) -> Response:
        return Response(
            award_json(self.found(_with_all(Award.objects.all()), may=Permission.VIEW, pk=award_id))
        )


class Revocation(Endpoint):
    @extend_schema(
        summary="Revoke an award, for good after 15 minutes", request=RevocationSent, responses=AwardShown
    )
    @write
    def post(self, request: Request, award_id: uuid.UUID) -> Response:
        row = self.found(Award.objects.select_related("issuer"), may=Permission.REVOKE, pk=award_id)
        sent = RevocationSent(data=request.data)
        sent.is_valid(raise_exception=True)
        if not revoke(awards=[row], by=self.token.actor, at=timezone.now(), **sent.validated_data):
            raise Refused(_("This badge is revoked already."), code="already_revoked")
        send_soon()
        tell_webhooks_soon(row.issuer.scope)
        return Response(award_json(_with_all(Award.objects.all()).get(pk=award_id)))


class Suspending(Endpoint):
    @extend_schema(
        summary="Suspend an award until it is reinstated", request=SuspensionSent, responses=AwardShown
    )
    @write
    def post(self, request: Request, award_id: uuid.UUID) -> Response:
        row = self.found(Award.objects.select_related("issuer"), may=Permission.REVOKE, pk=award_id)
        sent = SuspensionSent(data=request.data)
        sent.is_valid(raise_exception=True)
        suspend(award=row, by=self.token.actor, at=timezone.now(), **sent.validated_data)
        tell_webhooks_soon(row.issuer.scope)
        return Response(award_json(_with_all(Award.objects.all()).get(pk=award_id)))


class Reinstating(Endpoint):
    @extend_schema(summary="Lift the suspension of an award", request=None, responses=AwardShown)
    @write
    def post(self, request: Request, award_id: uuid.UUID) -> Response:
        row = self.found(Award.objects.select_related("issuer"), may=Permission.REVOKE, pk=award_id)
        lift_suspension(award=row, by=self.token.actor, at=timezone.now())
        tell_webhooks_soon(row.issuer.scope)
        return Response(award_json(_with_all(Award.objects.all()).get(pk=award_id)))


def _with_all(rows: QuerySet[Award]) -> QuerySet[Award]:
    return (
        rows.select_related("recipient", "version", "suspension").prefetch_related(*_BESIDE).defer("signed")
    )
