"""The award page: nothing typed is lost, rows are mended in place, a form sent twice awards once."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from assertions.models import Award, Evidence
from assertions.services import MAX_BYTES, forget_unused_evidence
from badges.models import Badge
from issuers.models import Issuer
from journal.models import Message
from openbadges import jws
from tests.assertions.views.support import SignIn, cost, statuses
from tests.factories import make_award, make_badge

PEOPLE = "Inès Marchand <ines@example.org>\nLéo Nguyen\tleo@example.org\n"


@pytest.fixture
def url(issuer: Issuer, badge: Badge) -> str:
    return f"/manage/{issuer.slug}/badges/{badge.pk}/award"


@pytest.fixture
def karim(awarder: User, signed_in: SignIn) -> Client:
    return signed_in(awarder)


def shown(client: Client, url: str, **fields: Any) -> Any:
    """The page's draft after sending these fields."""
    response = client.post(url, fields)
    assert response.status_code == 200
    return response.context["draft"]


def said(response: HttpResponse) -> str:
    return " ".join(response.content.decode().split())


def rows_of(draft: Any) -> dict[str, list[str]]:
    return {
        "name": [row.name for row in draft.rows],
        "address": [row.address for row in draft.rows],
        "words": [row.words for row in draft.rows],
        "round": str(draft.round_id),
    }


def test_who_may(
    signed_in: SignIn, client: Client, stranger: User, viewer: User, awarder: User, owner: User, url: str
) -> None:
    assert statuses(signed_in, [stranger, viewer, awarder, owner], url) == [404, 403, 200, 200]
    assert client.get(url).status_code == 302
    assert signed_in(viewer).post(url, {"people": PEOPLE, "act": "award"}).status_code == 403


@pytest.mark.parametrize("language", ["en", "fr"])
def test_it_asks_for_people_only(karim: Client, url: str, language: str) -> None:
    karim.cookies["django_language"] = language
    response = karim.get(url)
    assert f'lang="{language}"' in response.content.decode()
    assert response.content.decode().count("required") == 0


def test_people_become_rows_and_are_awarded(karim: Client, url: str, issuer: Issuer) -> None:
    draft = shown(karim, url, people=PEOPLE, act="check", narrative="You **did** it.")
    assert [(row.name, row.address) for row in draft.rows] == [
        ("Inès Marchand", "ines@example.org"), ("Léo Nguyen", "leo@example.org"),
    ]  # fmt: skip
    response = karim.post(url, {**rows_of(draft), "narrative": "You **did** it.", "act": "award"})
    assert response["Location"] == f"/manage/{issuer.slug}/awards/round/{draft.round_id}"
    assert {row.recipient.address for row in Award.objects.all()} == {"ines@example.org", "leo@example.org"}
    assert {row.narrative for row in Award.objects.all()} == {"You **did** it."}
    assert Message.objects.filter(kind="award").count() == 2


def test_the_button_says_what_it_does(karim: Client, url: str, badge: Badge) -> None:
    make_award(badge, address="held@example.org")
    page = karim.post(url, {"people": f"{PEOPLE}held@example.org\nleo@example.org\nnobody", "act": "check"})
    text = said(page)
    assert "Award 2 badges, 3 left out" in text
    for words in ("already holds this badge", "in the list twice", "has no @"):
        assert words in text
    assert "Award 1 badge </button>" in said(karim.post(url, {"people": "ines@example.org"}))


def test_nobody_is_called_by_an_address_that_is_to_be_mended(karim: Client, url: str) -> None:
    draft = shown(karim, url, people="leo.nguyen.example.org\nMarie", act="check")
    assert [(row.name, row.address) for row in draft.rows] == [
        ("", "leo.nguyen.example.org"), ("Marie", "Marie"),
    ]  # fmt: skip


@pytest.mark.parametrize(("day", "is_refused"), [("1899-12-31", True), ("1900-01-01", False)])
def test_awards_may_be_as_old_as_those_of_a_file(karim: Client, url: str, day: str, is_refused: bool) -> None:
    page = karim.post(url, {"people": PEOPLE, "act": "check", "issued_on": day})
    assert ("before the year 1900" in said(page)) == is_refused


def test_a_long_reason_is_not_cut_off_by_the_browser(karim: Client, url: str) -> None:
    assert "maxlength" not in str(karim.get(url).context["draft"].details["narrative"])


def test_people_typed_last_are_looked_at_first(karim: Client, url: str) -> None:
    """Sending “award” with new people in the box shows them in the table instead of awarding unseen."""
    draft = shown(karim, url, people=PEOPLE, act="award")
    assert draft.added == 2
    assert not Award.objects.exists()


def test_nothing_typed_is_lost(karim: Client, url: str) -> None:
    fields = {
        "people": "Inès <ines@example>", "name": ["Léo"], "address": ["leo@example.org"], "words": ["Bravo."],
        "narrative": "x" * 2801, "link": ["https://example.org/film", "not a link"], "link_name": ["Film", "Bad"],
        "issued_on": "2999-01-01", "expires_on": "2999-02-30", "language": "fr", "act": "award",
    }  # fmt: skip
    page = karim.post(url, fields).content.decode()
    for typed in (
        "ines@example",
        "leo@example.org",
        "Bravo.",
        "x" * 2801,
        "example.org/film",
        "not a link",
        "Bad",
        "2999-01-01",
        "2999-02-30",
    ):
        assert typed in page, typed
    assert not Award.objects.exists()


def test_a_row_is_mended_and_another_removed(karim: Client, url: str) -> None:
    draft = shown(karim, url, people="Inès <ines@example>\nLéo <leo@example.org>", act="check")
    assert draft.rows[0].is_wrong
    mended = rows_of(draft) | {"address": ["ines@example.org", "leo@example.org"]}
    assert len(shown(karim, url, **mended, act="check").to_award) == 2
    assert [row.name for row in shown(karim, url, **mended, remove="0").rows] == ["Léo"]
    assert len(shown(karim, url, **mended, remove="7").rows) == 2


def test_a_form_sent_twice_awards_once(karim: Client, url: str, issuer: Issuer) -> None:
    draft = shown(karim, url, people=PEOPLE)
    sent = {**rows_of(draft), "act": "award"}
    first, second = karim.post(url, sent), karim.post(url, sent)
    assert first["Location"] == second["Location"]
    assert Award.objects.count() == Message.objects.count() == 2


def test_one_word_for_one_person(karim: Client, url: str) -> None:
    draft = shown(karim, url, people=PEOPLE)
    words = {"words": ["You led.", ""], "narrative": "Well done, all."}
    karim.post(url, {**rows_of(draft), **words, "act": "award"})
    assert Award.objects.get(recipient__address="ines@example.org").narrative == "You led.\n\nWell done, all."
    assert Award.objects.get(recipient__address="leo@example.org").narrative == "Well done, all."
    too_long = shown(karim, url, **{**rows_of(draft), "words": ["x" * 1001, ""]})
    assert too_long.rows[0].problem


def test_evidence_survives_every_step_and_is_signed(karim: Client, url: str) -> None:
    upload = SimpleUploadedFile("plan.pdf", b"%PDF-1.7 plan")
    response = karim.post(
        url, {"people": PEOPLE, "files": [upload], "link": "example.org/film", "act": "check"}
    )
    draft = response.context["draft"]
    sent = {**rows_of(draft), **draft.carried(), "act": "award"}
    assert karim.post(url, sent).status_code == 302
    rows = Evidence.objects.filter(award__recipient__address="ines@example.org")
    assert [(row.url, row.name) for row in rows] == [("https://example.org/film", ""), ("", "plan.pdf")]
    payload = json.loads(jws.decode_unverified(rows[0].award.signed).payload)
    assert payload["evidence"][1]["id"].endswith("/evidence/2")


@pytest.fixture
def levels(badge: Badge) -> list[str]:
    """The names of the fields for the levels."""
    return [f"level-{criterion.pk}" for criterion in badge.current.criteria.all()]


def test_assessments_survive_every_step_and_hold_for_everyone(
    karim: Client, url: str, levels: list[str]
) -> None:
    typed = {levels[1]: "confirmed", "assessor": "Jonas Weber", "assessed_on": "2026-03-02"}
    page = karim.post(url, {"people": PEOPLE, **typed, "act": "check"})
    assert 'value="confirmed"' in said(page)
    assert 'value="Jonas Weber"' in said(page)
    draft = page.context["draft"]
    assert karim.post(url, {**rows_of(draft), **draft.carried(), "act": "award"}).status_code == 302
    for row in Award.objects.all():
        one = row.assessments.get()
        assert (one.criterion.position, one.level, one.assessor) == (2, "confirmed", "Jonas Weber")
        assert str(one.assessed_on) == "2026-03-02"


def test_without_levels_the_assessor_holds_for_every_criterion(karim: Client, url: str) -> None:
    draft = shown(karim, url, people="ines@example.org", assessor="Jonas Weber")
    karim.post(url, {**rows_of(draft), **draft.carried(), "act": "award"})
    assert [one.assessor for one in Award.objects.get().assessments.all()] == ["Jonas Weber"] * 2


def test_assessments_that_cannot_be_are_said(karim: Client, url: str, levels: list[str]) -> None:
    for wrong, words in (
        ({"assessed_on": "2999-01-01"}, "The date of assessment is in the future."),
        ({levels[0]: "x" * 101}, "at most 100 characters"),
        ({"level-0": "confirmed"}, "The badge has a new version since you opened this page"),
    ):
        person = {"name": "Inès", "address": "ines@example.org"}
        page = karim.post(url, {**person, **wrong, "act": "award"})
        assert words in said(page)
    assert not Award.objects.exists()


def test_files_that_are_refused_are_named(karim: Client, url: str) -> None:
    files = [
        SimpleUploadedFile("page.html", b"<script>"),
        SimpleUploadedFile("big.pdf", b"%PDF-" + b" " * MAX_BYTES),
        SimpleUploadedFile("good.png", b"\x89PNG\r\n\x1a\n"),
    ]
    draft = shown(karim, url, people=PEOPLE, files=files, act="award")
    assert len(draft.file_problems) == 2
    assert [file.name for file in draft.files] == ["good.png"]
    assert not Award.objects.exists()
    dropped = {**rows_of(draft), **draft.carried(), "drop_file": "0"}
    assert not shown(karim, url, **dropped).files


def test_a_file_that_was_forgotten_is_asked_for_again(karim: Client, url: str) -> None:
    upload = SimpleUploadedFile("plan.pdf", b"%PDF-1.7 forgotten")
    draft = karim.post(url, {"people": PEOPLE, "files": [upload]}).context["draft"]
    forget_unused_evidence(before=timezone.now() + timedelta(days=1))
    again = karim.post(url, {**rows_of(draft), **draft.carried(), "act": "award"})
    assert "choose it again" in said(again)
    assert not Award.objects.exists()


def test_a_made_up_file_is_ignored(karim: Client, url: str) -> None:
    assert not shown(karim, url, people=PEOPLE, stored="WyJzZWNyZXRfa2V5Il0:x:y").files


def test_dates_are_days(karim: Client, url: str) -> None:
    today = timezone.localdate()
    draft = shown(karim, url, people=PEOPLE)
    dates = {"issued_on": str(today - timedelta(days=3)), "expires_on": str(today + timedelta(days=3))}
    karim.post(url, {**rows_of(draft), **dates, "language": "fr", "act": "award"})
    row = Award.objects.first()
    assert row is not None
    assert row.issued_on.date() == today - timedelta(days=3)
    assert timezone.localdate(row.expires_at) == today + timedelta(days=3) or row.expires_at.hour >= 20
    assert row.language == "fr"


def test_the_prefilled_expiry_follows_the_date_of_award(karim: Client, issuer: Issuer) -> None:
    badge = make_badge(issuer, valid_months=12)
    url = f"/manage/{issuer.slug}/badges/{badge.pk}/award"
    prefilled = karim.get(url).context["draft"].details["expires_on"].value()
    draft = shown(karim, url, people="ines@example.org", issued_on="2026-01-15", expires_on=str(prefilled))
    assert draft.details["expires_on"].value() == "2027-01-15"
    karim.post(url, {**rows_of(draft), "issued_on": "2026-01-15", "expires_on": "2027-01-15", "act": "award"})
    assert str(Award.objects.get().expires_at.date()) == "2027-01-15"


def test_many_people(karim: Client, url: str) -> None:
    """200 at a time; the others stay in the box."""
    people = "\n".join(f"person{n}@example.org" for n in range(203))
    draft = shown(karim, url, people=people)
    assert len(draft.rows) == 200
    assert draft.people.count("@") == 3
    response = karim.post(url, {**rows_of(draft), "act": "award"})
    assert response.status_code == 302
    assert Award.objects.count() == 200


def test_a_part_of_the_page_for_the_script(karim: Client, url: str) -> None:
    response = karim.post(url, {"people": PEOPLE}, headers={"X-Part": "people"})
    text = said(response)
    assert text.startswith('<div id="award-people"')
    assert 'data-button="Award 2 badges ' in text


@pytest.mark.parametrize(
    "words", ["\0", "<script>alert(1)</script>", "'\"<>@,;\t", "\u202e@x.org", "a" * 5000]
)
def test_odd_words_are_shown_and_never_run(karim: Client, url: str, words: str) -> None:
    response = karim.post(
        url,
        {
            "people": words,
            "narrative": words,
            "link": words,
            "link_name": words,
            "act": "award",
            "round": words,
            "issued_on": words,
            "expires_on": words,
            "remove": words,
        },
    )
    assert response.status_code == 200
    assert "<script>alert(1)" not in response.content.decode()


def test_odd_words_are_awarded_without_harm(karim: Client, url: str) -> None:
    odd = "\0\u202eInès\r\nBcc: x\0"
    fields = {
        "name": odd,
        "address": "ines@example.org\0",
        "words": "Well\0 done.",
        "link": "https://example.org/",
        "link_name": odd,
    }
    assert karim.post(url, {**fields, "act": "award"}).status_code == 302
    row = Award.objects.get()
    assert (row.recipient_name, row.narrative) == ("Inès Bcc: x", "Well done.")


@pytest.mark.parametrize(
    ("fields", "words"), [({"published": False}, "draft"), ({"state": "archived"}, "archived")]
)
def test_what_cannot_be_awarded_says_why(
    karim: Client, issuer: Issuer, fields: dict[str, Any], words: str
) -> None:
    badge = make_badge(issuer, published=fields.pop("published", True))
    Badge.objects.filter(pk=badge.pk).update(**fields)
    response = karim.get(f"/manage/{issuer.slug}/badges/{badge.pk}/award")
    assert words in response.content.decode()


def test_another_organisations_badge_is_not_there(
    karim: Client, issuer: Issuer, other_issuer: Issuer
) -> None:
    badge = make_badge(other_issuer)
    assert karim.get(f"/manage/{issuer.slug}/badges/{badge.pk}/award").status_code == 404


def test_checking_more_people_costs_no_more_queries(karim: Client, url: str) -> None:
    def price(count: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            shown(karim, url, people="\n".join(f"p{n}@example.org" for n in range(count)))
        return len(queries)

    price(1)
    assert price(1) == price(20)


def test_choosing_a_badge(
    karim: Client, issuer: Issuer, badge: Badge, signed_in: SignIn, viewer: User
) -> None:
    url = f"/manage/{issuer.slug}/awards/new"
    one = cost(karim, url)
    make_badge(issuer, "Another")
    make_badge(issuer, "A draft", published=False)
    assert cost(karim, url) == one
    page = karim.get(url).content.decode()
    assert "Another" in page
    assert "A draft" not in page
    assert signed_in(viewer).get(url).status_code == 403


def test_choosing_teaches_the_next_step(karim: Client, issuer: Issuer) -> None:
    url = f"/manage/{issuer.slug}/awards/new"
    assert "Make a badge" in karim.get(url).content.decode()
    make_badge(issuer, published=False)
    assert "Publish a badge first" in karim.get(url).content.decode()


def test_somebody_known_is_filled_in(
    karim: Client, issuer: Issuer, badge: Badge, waiting_award: Award
) -> None:
    other = make_badge(issuer, "Another")
    to = waiting_award.recipient_id
    assert f"?to={to}" in karim.get(f"/manage/{issuer.slug}/awards/new?to={to}").content.decode()
    draft = karim.get(f"/manage/{issuer.slug}/badges/{other.pk}/award?to={to}").context["draft"]
    assert [(row.name, row.address) for row in draft.rows] == [("Inès Marchand", "ines@example.org")]
    for odd in ("x", "9" * 30, "0", "-1"):
        assert not karim.get(f"/manage/{issuer.slug}/badges/{other.pk}/award?to={odd}").context["draft"].rows


def test_an_empty_list_is_not_checked_in_silence(karim: Client, url: str) -> None:
    assert (
        shown(karim, url, act="check").people_problem
        == "Type or paste the people who earned the badge first."
    )
    assert not shown(karim, url, act="check", people=PEOPLE).people_problem


def test_an_address_with_two_signs_is_one_person_to_mend(karim: Client, url: str) -> None:
    rows = shown(karim, url, people="wrong@@address; Zoé Martin").rows
    assert [(row.name, row.address) for row in rows] == [("Zoé Martin", "wrong@@address")]
    assert rows[0].problem
