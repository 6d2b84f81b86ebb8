"""The demonstration is a smoke test: everything in it goes through the services."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assertions.models import Award, NameRequest
from badges.models import Badge, Picture
from issuers.models import ApiToken, Issuer
from journal.mailbox import newest
from journal.models import Message
from journal.services import broken_links

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def data_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.SITE_IS_HTTPS = False
    settings.EMAIL_BACKEND = "journal.mailbox.Backend"
    settings.DATA_DIR, settings.MAILBOX_DIR = tmp_path, tmp_path / "mailbox"


def demo(*options: str) -> str:
    out = StringIO()
    call_command("demo", *options, stdout=out)
    return out.getvalue()


def facts() -> dict[str, Any]:
    return json.loads(demo("--json"))


def test_invented_people_get_no_mail(settings: LazySettings) -> None:
    """Where a mail server is set, and also where it is away."""
    settings.EMAIL_BACKEND, settings.EMAIL_URL = "journal.services.smtp.Backend", "smtp://127.0.0.1:1"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    facts()
    assert newest()
    assert Message.objects.filter(state=Message.State.SENT).exists()


def test_two_organisations_say_what_they_do_in_both_languages() -> None:
    demo()
    written = {one.slug: {about.language for about in one.descriptions} for one in Issuer.objects.all()}
    assert written == {
        "universite-de-valmont": {"fr", "en"},
        "atelier-nord": {"fr", "en"},
        "northlight-systems": {"en"},
    }


def test_every_state_is_shown() -> None:
    demo()
    now = timezone.now()
    assert Issuer.objects.filter(is_demonstration=True).exclude(logo="").count() == 3
    assert Badge.objects.count() == Picture.objects.count() == 10
    assert set(Badge.objects.values_list("state", flat=True)) == set(Badge.State.values)
    assert Badge.objects.filter(current__number=2).exists()
    assert 40 <= Award.objects.count() <= 50
    shown = set(Award.Response.values) - {Award.Response.ERASED}  # a tombstone would show nothing
    assert set(Award.objects.values_list("response", flat=True)) == shown
    assert Award.objects.revoked().exists()
    assert Award.objects.accepted().expired(at=now).exists()
    assert Award.objects.filter(is_repeat=True).exists()
    assert Award.objects.exclude(evidence=None).filter(evidence__file__gt="").exists()
    assert NameRequest.objects.filter(state=NameRequest.State.PENDING).count() == 1
    for issuer in Issuer.objects.all():
        assert list(broken_links(issuer.scope)) == []
    look_at_mails()


def look_at_mails() -> None:
    """Delivered on their day, one refused, one held back."""
    states = Message.objects.values_list("state", flat=True)
    assert set(states) == {Message.State.SENT, Message.State.FAILED, Message.State.DUE}
    mails = newest()
    assert len(mails) == states.filter(state=Message.State.SENT).count()
    assert (mails[0].at - mails[-1].at).days > 300


def test_starting_again_keeps_the_data(client: Client) -> None:
    first, before = facts(), Award.objects.count()
    again = facts()
    assert Award.objects.count() == before
    assert first["claim_url"] != again["claim_url"]
    for told in (first, again):
        assert client.get(told["claim_url"]).status_code == 200
    look_at_facts(first)
    keep = ("site_url", "issuer_slug", "badge_id", "award_id", "users")
    assert {key: first[key] for key in keep} == {key: again[key] for key in keep}


def look_at_facts(told: dict[str, Any]) -> None:
    assert set(told) == {"site_url", "issuer_slug", "badge_id", "award_id", "claim_url", "token", "users"}
    award = Award.objects.accepted().get(pk=told["award_id"])
    assert (award.issuer.slug, str(award.badge_id)) == (told["issuer_slug"], told["badge_id"])
    for person in told["users"].values():
        assert User.objects.get(email=person["email"]).check_password(person["password"])
    assert all(token.is_usable(at=timezone.now()) for token in ApiToken.objects.all())


def test_links_and_passwords_never_run_out(client: Client, settings: LazySettings) -> None:
    guide = demo()
    for words in ("/accounts/login/password/", "/mailbox", "/claim/", "/assertions/", "/verify", "demo-"):
        assert words in guide
    Award.objects.waiting().update(response=Award.Response.ACCEPTED)
    (settings.DATA_DIR / "demonstration.json").unlink()
    told = facts()
    assert client.get(told["claim_url"]).status_code == 200
    assert told["users"]["owner"]["password"] not in guide
    look_at_facts(told)


def test_not_on_a_real_site(settings: LazySettings) -> None:
    settings.SITE_IS_HTTPS = True
    with pytest.raises(CommandError, match="--force"):
        demo()
    assert not Issuer.objects.exists()


def test_programs_that_ask_for_it_get_it_on_any_site(settings: LazySettings) -> None:
    """Judges of what we emit ask under a public name; its password is like no other."""
    settings.SITE_IS_HTTPS = True
    told = facts()
    assert Issuer.objects.filter(slug=told["issuer_slug"]).exists()
    assert len(told["users"]["owner"]["password"]) > 20


def test_a_taken_name_is_said_in_words(issuer: Issuer) -> None:
    Issuer.objects.filter(pk=issuer.pk).update(slug="atelier-nord")
    with pytest.raises(CommandError, match="belongs to another organisation"):
        demo()
