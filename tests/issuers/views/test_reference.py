"""The API for people to read, and to try."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "words"), [("en", "<h2>Verification</h2>"), ("fr", "<h2>Vérification</h2>")]
)
def test_the_docs_are_read_without_javascript(client: Client, language: str, words: str):
    client.cookies["django_language"] = language
    page = client.get("/api/v1/docs/")
    text = page.content.decode()
    assert page.status_code == 200
    assert words in text
    assert "/api/v1/badges/{badge_id}/awards/" in text
    assert "recipient.email" in text
    assert "curl -X POST https://badges.example.org/api/v1/" in text
    assert "class Awards(Endpoint)" not in text


def test_trying_runs_under_a_strict_policy(client: Client):
    page = client.get("/api/v1/docs/try/")
    assert page.status_code == 200
    assert "unsafe-inline" not in page["Content-Security-Policy"]
    assert "<style" not in page.content.decode()
    assert "<script>" not in page.content.decode()
