"""GET /api/v1/issuers/: the organisations that the token may see."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.links import absolute
from issuers.api.endpoints import Endpoint
from issuers.api.schema import page_of_schema
from issuers.models import Issuer
from issuers.permissions import Permission


class IssuerShown(serializers.Serializer[Issuer]):
    slug = serializers.CharField()
    name = serializers.CharField()
    url = serializers.URLField()
    email = serializers.EmailField()
    description = serializers.CharField()
    language = serializers.CharField()
    languages = serializers.ListField(
        child=serializers.CharField(),
        help_text="codes of those it publishes in, the usual one (`language`) first",
    )
    urls = serializers.DictField(child=serializers.URLField(), help_text="`public`: its page and its Profile")


def issuer_json(issuer: Issuer) -> dict[str, Any]:
    return {
        "slug": issuer.slug, "name": issuer.name, "url": issuer.url, "email": issuer.email,
        "description": issuer.description, "language": issuer.language,
        "languages": issuer.publishes_in,
        "urls": {"public": absolute(issuer.get_absolute_url())},
    }  # fmt: skip


class Issuers(Endpoint):
    @extend_schema(summary="Organisations of this token", responses=page_of_schema("IssuerPage", IssuerShown))
    def get(self, request: Request) -> Response:
        issuer = self.issuer(may=Permission.VIEW)
        return Response({"results": [issuer_json(issuer)], "next": None, "previous": None})
