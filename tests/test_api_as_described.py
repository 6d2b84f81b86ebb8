"""The API is what its OpenAPI description says: whatever is sent to it, and whatever it answers."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from pytest_django.plugin import DjangoDbBlocker
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from common.actors import SYSTEM
from issuers.models import Issuer
from issuers.permissions import TOKEN_SCOPES
from issuers.services import make_token
from tests.access.world import World, built_once, undone

API = schemathesis.openapi.from_dict(SchemaGenerator(api_version="v1").get_schema(public=True))
OPERATIONS = [found.ok() for found in API.get_all_operations()]
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), built_once() as world:
        yield world


@pytest.fixture(scope="module")
def headers(world: World) -> dict[str, str]:
    issuer = Issuer.objects.get(slug=world.places["slug"])
    token = make_token(issuer=issuer, name="All", scopes=list(TOKEN_SCOPES), by=SYSTEM, at=timezone.now())[1]
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_what_is_sent_and_answered(world: World, headers: dict[str, str], operation: Any) -> None:
    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(operation.as_strategy())
    def ask(case: Any) -> None:
        case.path_parameters = {name: str(world.places[name]) for name in case.path_parameters or {}}
        cache.clear()
        with undone():
            case.validate_response(answered(case, headers), checks=CHECKS, headers=headers)

    ask()


def answered(case: Any, headers: dict[str, str]) -> Response:
    """Sent by Django's test client, which leaves the test's transaction open."""
    sent = requests.Request(**case.as_transport_kwargs(base_url="http://127.0.0.1:8000", headers=headers))
    prepared = sent.prepare()
    body = prepared.body or b""
    answer = Client().generic(
        str(prepared.method),
        str(prepared.path_url),
        body.encode() if isinstance(body, str) else body,
        content_type=prepared.headers.pop("Content-Type", ""),
        headers=dict(prepared.headers),
    )
    said = {name: [value] for name, value in answer.headers.items()}
    return Response(answer.status_code, said, answer.content, prepared, elapsed=0.0, verify=True)
