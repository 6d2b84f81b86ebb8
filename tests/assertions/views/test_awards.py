"""The list of awards: found, narrowed, sorted, paged, taken along, acted upon."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assertions.models import Award
from assertions.services import UNDO_WINDOW
from badges.models import Badge
from issuers.models import Issuer
from journal.models import Message
from tests.assertions.views.support import SignIn, cost, statuses
from tests.factories import NOON, make_award, make_badge


@pytest.fixture
def url(issuer: Issuer) -> str:
    return f"/manage/{issuer.slug}/awards"


@pytest.fixture
def karim(awarder: User, signed_in: SignIn) -> Client:
    return signed_in(awarder)


def names(client: Client, url: str) -> list[str]:
    return [row.recipient_name for row, _mail, _expired, _undo in client.get(url).context["rows"]]


def change(row: Award, **fields: Any) -> Award:
    Award.objects.filter(pk=row.pk).update(**fields)
    return row


def test_who_may(
    signed_in: SignIn, stranger: User, viewer: User, awarder: User, owner: User, url: str, client: Client
) -> None:
    assert statuses(signed_in, [stranger, viewer, awarder, owner], url) == [404, 200, 200, 200]
    assert client.get(url).status_code == 302


def test_viewers_see_and_do_not_touch(
    signed_in: SignIn, viewer: User, url: str, waiting_award: Award
) -> None:
    page = signed_in(viewer).get(url).content.decode()
    assert "Inès Marchand" in page
    assert 'type="checkbox"' not in page
    for act in ("send-again", "revoke"):
        assert signed_in(viewer).post(f"{url}/{act}", {"award": str(waiting_award.pk)}).status_code == 403


@pytest.mark.parametrize(("language", "words"), [("en", "Nothing awarded yet"), ("fr", None)])
def test_empty_it_teaches_the_next_step(karim: Client, url: str, language: str, words: str | None) -> None:
    karim.cookies["django_language"] = language
    page = karim.get(url).content.decode()
    assert f'lang="{language}"' in page
    assert words is None or words in page


def test_only_of_this_organisation(
    karim: Client, url: str, other_issuer: Issuer, waiting_award: Award
) -> None:
    make_award(make_badge(other_issuer), name="Somebody Else")
    assert names(karim, url) == ["Inès Marchand"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ines", True), ("MARCHAND inès", True), ("ines@example", True), ("workshop", True), ("ines workshop", True),
        ("nobody", False), ("ines nobody", False), ("%", False), ("_", False), ("\0", True), ("x" * 500, False),
    ],
)  # fmt: skip
def test_found_by_name_address_and_badge(
    karim: Client, url: str, waiting_award: Award, words: str, found: bool
) -> None:
    assert bool(names(karim, f"{url}?{_query(q=words)}")) is found


def _query(**fields: str) -> str:
    query = QueryDict(mutable=True)
    query.update(fields)
    return query.urlencode()


def test_narrowed_by_state_and_badge(karim: Client, url: str, badge: Badge, issuer: Issuer) -> None:
    make_award(badge, name="Waiting")
    change(make_award(badge, name="Accepted"), response="accepted")
    change(make_award(badge, name="Declined"), response="declined")
    change(make_award(badge, name="Not me"), response="not_me")
    change(make_award(badge, name="Revoked"), response="accepted", revoked_at=NOON)
    change(make_award(badge, name="Expired"), response="accepted", expires_at=NOON)
    other = make_award(make_badge(issuer, "Other"), name="Other")
    found = {
        state: sorted(names(karim, f"{url}?state={state}"))
        for state in ("waiting", "declined", "not_me", "revoked", "expired", "nonsense")
    }
    assert found["waiting"] == ["Other", "Waiting"]
    assert (found["declined"], found["not_me"], found["revoked"]) == (["Declined"], ["Not me"], ["Revoked"])
    assert found["expired"] == ["Expired"]
    assert len(found["nonsense"]) == 7
    assert names(karim, f"{url}?badge={other.badge_id}") == ["Other"]
    assert len(names(karim, f"{url}?badge=nonsense")) == 7


def test_sorted_and_paged_without_gaps(karim: Client, url: str, badge: Badge) -> None:
    for number in range(120):
        make_award(badge, name=f"P{number % 7} {number:03}", issued_on=NOON - timedelta(days=number % 5))
    for sort in ("", "issued", "name", "-name"):
        seen, query = [], f"?sort={sort}"
        while query:
            page = karim.get(url + query).context["page"]
            seen += [row.pk for row in page.rows]
            query = f"?sort={sort}&cursor={page.next}" if page.next else ""
        assert len(seen) == len(set(seen)) == 120
    assert names(karim, f"{url}?sort=name")[0] == "P0 000"
    assert karim.get(f"{url}?cursor=nonsense").status_code == 200


def test_it_costs_the_same_with_1_and_3_rows(karim: Client, url: str, issuer: Issuer, badge: Badge) -> None:
    make_award(badge, notify=True)
    one = cost(karim, url)
    make_award(badge, notify=True)
    make_award(make_badge(issuer, "Other"), notify=True)
    assert cost(karim, url) == one


def test_taken_along_as_csv(karim: Client, url: str, badge: Badge) -> None:
    make_award(badge, name='=HYPERLINK("http://evil")', address="a@example.org")
    change(
        make_award(badge, name="Inès;=1+1", address="b@example.org"),
        revoked_at=NOON,
        revocation_reason="Mistake",
    )
    response = karim.get(f"{url}/export")
    assert response["Content-Type"].startswith("text/csv")
    rows = list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))
    assert len(rows) == 3
    assert {row[0] for row in rows[1:]} == {'\'=HYPERLINK("http://evil")', "Inès;'=1+1"}
    assert {row[5] for row in rows[1:]} == {"Waiting for an answer", "Revoked"}
    narrowed = karim.get(f"{url}/export?state=revoked").getvalue().decode()
    assert "Inès" in narrowed
    assert "HYPERLINK" not in narrowed


def test_the_export_is_for_members(signed_in: SignIn, stranger: User, viewer: User, url: str) -> None:
    assert statuses(signed_in, [stranger, viewer], f"{url}/export") == [404, 200]


def test_several_are_sent_again(karim: Client, url: str, badge: Badge, other_issuer: Issuer) -> None:
    rows = [make_award(badge, notify=True) for _ in range(3)]
    foreign = make_award(make_badge(other_issuer), notify=True)
    Message.objects.update(state="sent")
    change(rows[0], response="accepted")
    ticked = [str(row.pk) for row in [*rows, foreign]] + ["nonsense"]
    page = karim.post(f"{url}/send-again", {"award": ticked}, follow=True).content.decode()
    assert "2 mails are on their way." in page
    assert "1 mail was not sent again" in page
    assert Message.objects.filter(occurrence=2).count() == 2
    assert "Tick at least one" in karim.post(f"{url}/send-again", follow=True).content.decode()


def test_several_are_revoked_after_a_question(
    karim: Client, url: str, badge: Badge, other_issuer: Issuer
) -> None:
    rows = [make_award(badge, name=f"Person {n}") for n in range(3)]
    foreign = make_award(make_badge(other_issuer))
    ticked = {"award": [str(row.pk) for row in [*rows[:2], foreign]]}
    asked = karim.post(f"{url}/revoke", ticked)
    assert "Revoke 2 badges" in asked.content.decode()
    assert not Award.objects.revoked().exists()
    without_reason = karim.post(f"{url}/revoke", ticked | {"sure": "1", "reason": " "})
    assert "Say why." in without_reason.content.decode()
    done = karim.post(f"{url}/revoke", ticked | {"sure": "1", "reason": "Wrong list."})
    assert done["Location"] == f"{url}?state=revoked"
    assert {row.pk for row in Award.objects.revoked()} == {row.pk for row in rows[:2]}
    # Each of the two, those that are ticked, those that were revoked together.
    assert karim.get(done["Location"]).content.decode().count('/undo"') == 4
    assert karim.post(f"{url}/revoke", ticked | {"sure": "1", "reason": "x"})["Location"] == url
    assert karim.post(f"{url}/{rows[0].pk}/undo", {"back": "list"})["Location"] == url
    assert Award.objects.revoked().count() == 1


def test_several_revocations_are_undone_together(
    karim: Client, url: str, badge: Badge, other_issuer: Issuer
) -> None:
    rows = [make_award(badge, name=f"Person {n}") for n in range(3)]
    foreign = make_award(make_badge(other_issuer))
    ticked = {"award": [str(row.pk) for row in [*rows, foreign]]}
    assert "Tick at least one award." in karim.post(f"{url}/undo", follow=True).content.decode()
    karim.post(f"{url}/revoke", {"award": ticked["award"][:2], "sure": "1", "reason": "Wrong list."})
    assert "Undo the revocation" in karim.get(f"{url}?state=revoked").content.decode()
    page = karim.post(f"{url}/undo", ticked, follow=True).content.decode()
    assert "2 badges are valid again." in page
    assert "1 badge stays as it is" in page
    assert not Award.objects.revoked().exists()


def test_whom_one_revoked_together_one_button_brings_back(karim: Client, url: str, badge: Badge) -> None:
    rows = [make_award(badge, name=f"Person {n}") for n in range(3)]
    ticked = {"award": [str(row.pk) for row in rows[:2]]}
    karim.post(f"{url}/revoke", ticked | {"sure": "1", "reason": "Wrong list."})
    page = karim.get(f"{url}?state=accepted")  # left and come back to, whatever is looked for
    assert "2 badges are revoked." in page.content.decode()
    form = BeautifulSoup(page.content, "html.parser").select_one(f'.notice form[action="{url}/undo"]')
    assert form is not None
    sent = {"award": [field["value"] for field in form.select('input[name="award"]')]}
    assert sorted(sent["award"]) == sorted(ticked["award"])
    done = karim.post(f"{url}/undo", sent, follow=True).content.decode()
    assert "2 badges are valid again." in done
    assert "2 badges are revoked." not in done
    assert not Award.objects.revoked().exists()


def test_the_button_goes_with_the_time_to_undo(karim: Client, url: str, badge: Badge) -> None:
    rows = [make_award(badge, name=f"Person {n}") for n in range(3)]
    karim.post(
        f"{url}/revoke", {"award": [str(row.pk) for row in rows], "sure": "1", "reason": "Wrong list."}
    )
    karim.post(f"{url}/{rows[0].pk}/undo", {"back": "list"})
    assert "2 badges are revoked." in karim.get(url).content.decode()
    Award.objects.revoked().update(revoked_at=timezone.now() - UNDO_WINDOW)
    page = karim.get(url)
    assert "badges are revoked." not in page.content.decode()
    assert 'class="notice' not in page.content.decode()
