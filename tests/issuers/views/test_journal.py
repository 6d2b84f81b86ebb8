"""The journal: read, filtered, taken along, checked."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from issuers.models import Issuer
from issuers.services import change_issuer, make_token
from journal.models import Action, Entry
from journal.services import record
from tests.factories import NOON

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def path(issuer: Issuer) -> str:
    return f"/manage/{issuer.slug}/journal"


def write(
    issuer: Issuer, owner: User, label: str = "A badge", action: Action = Action.BADGE_CREATED
) -> Entry:
    target = ("badge", "1", label)
    return record(scope=issuer.scope, action=action, by=owner.actor, at=NOON, target=target)


def test_access(path: str, climb: Callable[..., None]):
    climb(path, 200, 403, 403, 403)
    climb(f"{path}/export", 200, 403, 403, 403, post={"format": "csv"})


def test_lines_are_shown_newest_first(path: str, issuer: Issuer, owner: User, signed_in: SignIn):
    write(issuer, owner, "First <badge>")
    change_issuer(issuer=issuer, by=owner.actor, at=NOON, description="New")
    page = signed_in(owner).get(path)
    text = page.content.decode()
    assert [entry.number for entry, _action, _details in page.context["lines"]] == [2, 1]
    assert "Changed: description" in text
    assert "First &lt;badge&gt;" in text
    assert "2 lines, unbroken since" in text


def test_other_journals_stay_closed(
    path: str, issuer: Issuer, owner: User, other_issuer: Issuer, stranger: User, signed_in: SignIn
):
    write(other_issuer, stranger, "Secret")
    assert "Secret" not in signed_in(owner).get(path).content.decode()


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("q=other", ["Another"]),
        ("action=badges.badge.archived", ["Another"]),
        ("actor=user:0", []),
        ("since=2026-03-03&until=2026-03-03", ["Another", "One"]),
        ("since=2026-03-04", []),
        ("until=2026-03-02", []),
        ("since=0001-01-01&until=9999-12-31", ["Another", "One"]),
        ("since=9999-12-31&until=0001-01-01", []),
        ("action=nonsense&since=yesterday&cursor=%FF", ["Another", "One"]),
        ("q=%00", ["Another", "One"]),
    ],
)
def test_filters(path: str, issuer: Issuer, owner: User, signed_in: SignIn, query: str, labels: list[str]):
    write(issuer, owner, "One")
    write(issuer, owner, "Another", Action.BADGE_ARCHIVED)
    page = signed_in(owner).get(f"{path}?{query}")
    assert page.status_code == 200
    assert [line[0].target_label for line in page.context["lines"]] == labels


def test_pages_by_cursor_and_query_count(path: str, issuer: Issuer, owner: User, signed_in: SignIn):
    client = signed_in(owner)
    write(issuer, owner)
    client.get(path)
    with CaptureQueriesContext(connection) as one:
        client.get(path)
    for _number in range(60):
        write(issuer, owner)
    with CaptureQueriesContext(connection) as several:
        first = client.get(path)
    assert len(several) == len(one)
    second = client.get(f"{path}?cursor={first.context['page'].next}")
    assert len(first.context["lines"]) + len(second.context["lines"]) == 61


def test_a_changed_line_is_found(path: str, issuer: Issuer, owner: User, signed_in: SignIn):
    write(issuer, owner)
    Entry.objects.update(actor_label="Somebody else")
    assert "The chain is broken." in signed_in(owner).get(path).content.decode()


def test_csv_neutralises_formulas_and_is_written_down(
    path: str, issuer: Issuer, owner: User, signed_in: SignIn
):
    write(issuer, owner, "=HYPERLINK(1);@SUM(1)")
    response = signed_in(owner).post(f"{path}/export", {"format": "csv"})
    text = b"".join(response.streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0]["target_label"] == "'=HYPERLINK(1);'@SUM(1)"
    assert response["Content-Disposition"].endswith(f'journal-{issuer.slug}.csv"')
    assert Entry.objects.get(action=Action.JOURNAL_EXPORTED).data == {"format": "csv"}


def test_json_keeps_the_chain_and_the_filters(path: str, issuer: Issuer, owner: User, signed_in: SignIn):
    line = write(issuer, owner, "One")
    write(issuer, owner, "Two", Action.BADGE_ARCHIVED)
    response = signed_in(owner).post(f"{path}/export", {"format": "json", "q": "One"})
    rows = json.loads(b"".join(response.streaming_content))
    assert [(row["target_label"], row["hash"]) for row in rows] == [("One", line.hash)]


def test_tokens_and_the_site_stand_in_it(path: str, issuer: Issuer, owner: User, signed_in: SignIn):
    from common.actors import SYSTEM, Actor

    token, _secret = make_token(issuer=issuer, name="Moodle", scopes=[], by=owner.actor, at=NOON)
    for actor in (token.actor, SYSTEM, Actor("recipient:7", "")):
        record(scope=issuer.scope, action=Action.AWARD_ACCEPTED, by=actor, at=NOON)
    text = signed_in(owner).get(path).content.decode()
    assert "the site itself" in text
    assert "the recipient" in text
    assert "API: Moodle" in text
