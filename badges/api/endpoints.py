"""/api/v1/issuers/{slug}/badges/, /api/v1/badges/{id}/ and publishing."""

import uuid
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from badges.api.reading import NewBadge, PublishSent, content_from
from badges.api.shown import BadgeShown, badge_json
from badges.designer import Design, PictureRefused, describe, suggest
from badges.models import Badge, Picture
from badges.queries import Content
from badges.queries.lists import for_documents
from badges.services import NotReady, create_badge, keep_upload, publish
from common.errors import Invalid
from common.languages import CODES
from issuers.api.endpoints import Endpoint
from issuers.api.problems import renamed
from issuers.api.schema import CURSOR, LIMIT, page_of_schema
from issuers.api.writing import write
from issuers.models import Issuer
from issuers.permissions import Permission

STATE = OpenApiParameter("state", str, enum=Badge.State.values)
# The form has one for each language; what is missing is missing in the badge's own.
_FIELDS = {f"{name}_{code}": name for name in ("name", "description", "image_alt") for code in CODES}


class Badges(Endpoint):
    @extend_schema(
        summary="Badges of an organisation, newest first",
        parameters=[CURSOR, LIMIT, STATE],
        responses=page_of_schema("BadgePage", BadgeShown),
    )
    def get(self, request: Request, slug: str) -> Response:
        badges = for_documents(self.issuer(may=Permission.VIEW, slug=slug).badges.all())
        if state := self.chosen("state", Badge.State.values):
            badges = badges.filter(state=state)
        return self.page(badges, order=("-created_at", "-id"), shown=badge_json)

    @extend_schema(
        summary="Create a badge, as a draft",
        request={"application/json": NewBadge, "multipart/form-data": NewBadge},
        responses={201: BadgeShown},
    )
    @write
    def post(self, request: Request, slug: str) -> Response:
        issuer = self.issuer(may=Permission.EDIT_BADGES, slug=slug)
        sent = NewBadge(data=request.data)
        sent.is_valid(raise_exception=True)
        badge = _create(issuer, sent.validated_data, self)
        shown = badge_json(for_documents(Badge.objects.all()).get(pk=badge.pk))
        return Response(shown, status=201)


class OneBadge(Endpoint):
    @extend_schema(summary="One badge", responses=BadgeShown)
    def get(self, request: Request, badge_id: uuid.UUID) -> Response:
        return Response(badge_json(self.found(_all(), may=Permission.VIEW, pk=badge_id)))


class Publish(Endpoint):
    @extend_schema(
        summary="Publish the draft: from then on that version never changes",
        request=PublishSent,
        responses=BadgeShown,
    )
    @write
    def post(self, request: Request, badge_id: uuid.UUID) -> Response:
        badge = self.found(_all(), may=Permission.EDIT_BADGES, pk=badge_id)
        sent = PublishSent(data=request.data)
        sent.is_valid(raise_exception=True)
        try:
            publish(badge=badge, by=self.token.actor, at=timezone.now(), **sent.validated_data)
        except NotReady as refused:
            raise renamed(refused, _FIELDS) from refused
        return Response(badge_json(_all().get(pk=badge_id)))


def _all() -> QuerySet[Badge]:
    return for_documents(Badge.objects.all())


def _create(issuer: Issuer, sent: dict[str, Any], view: Endpoint) -> Badge:
    content = content_from(sent, sent.get("language") or issuer.language)
    picture: Design | Picture
    if "image" in sent:
        picture = _uploaded(sent["image"], sent["image_fit"])
    else:
        picture = _designed(content, issuer, sent.get("design", {}))
        content = _described(content, picture)
    return create_badge(
        issuer=issuer, content=content, picture=picture, by=view.token.actor, at=timezone.now()
    )


def _uploaded(data: bytes, fit: str) -> Picture:
    try:
        kept = keep_upload(data, at=timezone.now())
    except PictureRefused as refused:
        raise Invalid(refused.message, code=refused.code, fields={"image": refused.message}) from refused
    return kept[-1] if fit == "crop" else kept[0]


def _designed(content: Content, issuer: Issuer, chosen: dict[str, str]) -> Design:
    """What was not chosen comes from the badge's name."""
    name = content.own.name
    suggested = suggest(name, issuer.name[:1], f"{issuer.pk}/{name}", lower_text=issuer.name)
    return Design.from_dict(suggested.to_dict() | chosen)


def _described(content: Content, design: Design) -> Content:
    """A text alternative in every language that has a name and none yet."""
    words = {
        code: replace(said, image_alt=describe(design, said.name, code))
        if said.name and not said.image_alt
        else said
        for code, said in content.words.items()
    }
    return replace(content, words=words)
