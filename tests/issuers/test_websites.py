"""Does an organisation's website confirm it? Asked of a real name server and a real https server."""

from datetime import timedelta

import pytest

from accounts.models import User
from common.actors import SYSTEM
from common.dns import LookupFailed, txt_records
from common.errors import Refused
from issuers.documents import did, issuer_url
from issuers.models import DomainCheck, Issuer
from issuers.queries import confirmed_website, domain_check_of, website_of
from issuers.services import check_website, recheck_websites
from journal.models import Action, Entry, Message
from tests.factories import NOON
from tests.issuers.site import NameServer, Site, redirect

pytestmark = pytest.mark.django_db
State, Method, Problem = DomainCheck.State, DomainCheck.Method, DomainCheck.Problem
DAY = timedelta(days=1)


@pytest.fixture
def ours(issuer: Issuer, site: Site, name_server: NameServer) -> Issuer:
    """Its website is on this machine, and confirms nothing yet."""
    Issuer.objects.filter(pk=issuer.pk).update(url=f"https://{site.host}/about")
    issuer.refresh_from_db()
    return issuer


def checked(issuer: Issuer, at=NOON) -> tuple[str, str, str]:
    row = check_website(issuer=issuer, by=SYSTEM, at=at)
    row.refresh_from_db()
    return row.state, row.method, row.problem


def sweep(at) -> int:
    return recheck_websites(now=lambda: at, seconds=5)


def confirmed(issuer: Issuer) -> bool:
    return confirmed_website(Issuer.objects.get(pk=issuer.pk)) is not None


@pytest.mark.parametrize("written", ["issuer={url}", "{url}", ' "issuer={url}" ', "issuer= {did}", "{did}"])
def test_a_record_confirms(ours: Issuer, name_server: NameServer, written: str):
    text = written.format(url=issuer_url(ours.slug), did=did(ours.slug)).replace('"', '\\"')
    name_server.records["_openbadges.localhost"] = ["v=spf1 -all", text]
    assert checked(ours) == (State.CONFIRMED, Method.DNS, "")
    assert confirmed(ours)


def test_a_file_confirms(ours: Issuer, site: Site):
    site.file = f"# ours\r\n\r\nhttps://other.example/issuers/x  # no\r\n{issuer_url(ours.slug)} # yes\r\n"
    assert checked(ours) == (State.CONFIRMED, Method.FILE, "")
    line = Entry.objects.get(action=Action.DOMAIN_CONFIRMED)
    assert (line.target_id, line.data) == (site.host, {"method": "file"})


def test_long_records_come_in_parts(ours: Issuer, name_server: NameServer):
    name_server.records["_openbadges.localhost"] = ["x" * 450]
    assert txt_records("_openbadges.localhost") == ["x" * 450]


def test_without_a_name_server_the_file_is_still_asked(
    ours: Issuer, name_server: NameServer, site: Site, monkeypatch
):
    monkeypatch.setattr("common.dns.MAX_SECONDS", 0.2)
    name_server.answers = False
    with pytest.raises(LookupFailed):
        txt_records("_openbadges.localhost", seconds=0.2)
    monkeypatch.setattr("issuers.services.websites.txt_records", lambda name: txt_records(name, seconds=0.2))
    site.file = issuer_url(ours.slug)
    assert checked(ours) == (State.CONFIRMED, Method.FILE, "")


@pytest.mark.parametrize(
    ("record", "file", "problem"),
    [
        ([], None, Problem.NOTHING),
        (["issuer=https://badges.example.org/issuers/somebody-else"], None, Problem.OTHER),
        ([], "https://badges.example.org/issuers/somebody-else", Problem.OTHER),
        ([], "", Problem.NOTHING),
        (["issuer=https://badges.example.org/issuers/{slug}/more"], None, Problem.OTHER),
        ([], "see https://badges.example.org/issuers/{slug} there", Problem.OTHER),
    ],
)
def test_what_confirms_nothing(
    ours: Issuer, name_server: NameServer, site: Site, record: list[str], file: str | None, problem: str
):
    name_server.records["_openbadges.localhost"] = [text.format(slug=ours.slug) for text in record]
    site.file = file.format(slug=ours.slug) if file is not None else None
    assert checked(ours) == (State.WAITING, "", problem)
    assert not confirmed(ours)
    assert not Entry.objects.filter(action=Action.DOMAIN_CONFIRMED).exists()


def test_a_web_page_is_no_such_file(ours: Issuer, site: Site):
    """Many sites answer every address with a page, which may repeat what it was asked for."""
    site.file, site.content_type = issuer_url(ours.slug), "text/html; charset=utf-8"
    assert checked(ours)[2] == Problem.NOTHING


def test_another_site_cannot_speak_for_it(ours: Issuer, site: Site, tmp_path, settings):
    other = Site(tmp_path)
    try:
        settings.OUTBOUND_EXCEPTIONS += [other.host]
        other.file = issuer_url(ours.slug)
        site.file = redirect(f"https://{other.host}/.well-known/openbadges-issuers.txt")
        assert checked(ours)[0] == State.WAITING
    finally:
        other.close()


def test_nothing_answers(ours: Issuer, settings, monkeypatch):
    settings.OUTBOUND_EXCEPTIONS = []  # this machine is private then

    def fail(name: str) -> list[str]:
        raise LookupFailed(name)

    monkeypatch.setattr("issuers.services.websites.txt_records", fail)
    assert checked(ours) == (State.WAITING, "", Problem.UNREACHABLE)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://example.org/a", "example.org"),
        ("http://WWW.Example.org:443/", "www.example.org"),
        ("https://example.org:8443/", "example.org:8443"),
        ("https://example.org./", "example.org"),
        ("https://université.example/", "xn--universit-j4a.example"),
        ("https://badges.example.org/issuers/x", ""),
        ("https://192.0.2.7/", ""),
        ("https://[2001:db8::1]/", ""),
        ("https://example.org:x/", ""),
        ("https://" + "é" * 80 + ".example/", ""),
        ("", ""),
    ],
)
def test_which_site_is_asked(url: str, host: str):
    assert website_of(Issuer(url=url, slug="x")) == host


def test_who_names_no_website_is_told_so(issuer: Issuer):
    issuer.url = issuer_url(issuer.slug)
    with pytest.raises(Refused, match="Name the website"):
        check_website(issuer=issuer, by=SYSTEM, at=NOON)


def test_www_and_the_name_above_it_are_one_site(issuer: Issuer, name_server: NameServer):
    issuer.url = "https://www.nord.invalid/"
    issuer.save()
    name_server.records["_openbadges.nord.invalid"] = [f"issuer={issuer_url(issuer.slug)}"]
    assert checked(issuer)[0] == State.CONFIRMED
    assert name_server.asked == ["_openbadges.www.nord.invalid", "_openbadges.nord.invalid"]


# Day by day -------------------------------------------------------------------------------------------


def test_it_is_looked_at_every_day(ours: Issuer, site: Site):
    site.file = issuer_url(ours.slug)
    checked(ours)
    assert sweep(NOON + DAY / 2) == 0
    assert (sweep(NOON + DAY), sweep(NOON + DAY)) == (1, 0)
    assert domain_check_of(ours).confirmed_at == NOON + DAY


def test_three_days_without_it_are_needed_to_drop_it(ours: Issuer, owner: User, site: Site):
    site.file = issuer_url(ours.slug)
    checked(ours)
    site.file = None
    for day in (1, 2):
        assert sweep(NOON + day * DAY) == 1
        assert confirmed(ours)
    before = ours.stamp
    assert sweep(NOON + 3 * DAY) == 1
    assert not confirmed(ours)
    row = domain_check_of(ours)
    assert (row.state, row.problem, row.confirmed_at, row.next_check_at) == (
        State.LOST, Problem.NOTHING, NOON, None,
    )  # fmt: skip
    ours.refresh_from_db()
    assert ours.stamp > before
    assert Entry.objects.get(action=Action.DOMAIN_LOST).data == {"problem": "nothing"}
    mail = Message.objects.get(kind="website_lost")
    assert (mail.recipient, mail.context["host"]) == (owner.email, site.host)
    assert sweep(NOON + 9 * DAY) == 0


def test_one_good_day_begins_the_count_anew(ours: Issuer, site: Site):
    said = issuer_url(ours.slug)
    site.file = said
    checked(ours)
    for day, file in enumerate([None, None, said, None, None], start=1):
        site.file = file
        sweep(NOON + day * DAY)
    assert confirmed(ours)


def test_an_owner_who_looks_takes_nothing_away(ours: Issuer, site: Site):
    site.file = issuer_url(ours.slug)
    checked(ours)
    site.file = None
    for _click in range(5):
        assert checked(ours) == (State.CONFIRMED, Method.FILE, Problem.NOTHING)


def test_another_website_begins_anew(ours: Issuer, site: Site, name_server: NameServer):
    site.file = issuer_url(ours.slug)
    checked(ours)
    Issuer.objects.filter(pk=ours.pk).update(url="https://elsewhere.invalid/")
    ours.refresh_from_db()
    assert (confirmed(ours), domain_check_of(ours)) == (False, None)
    assert sweep(NOON + DAY) == 1
    row = domain_check_of(ours)
    assert (row.host, row.state, row.confirmed_at) == ("elsewhere.invalid", State.WAITING, None)


def test_who_names_no_website_any_more_is_left_alone(ours: Issuer, site: Site):
    checked(ours)
    Issuer.objects.filter(pk=ours.pk).update(url=issuer_url(ours.slug))
    assert (sweep(NOON + DAY), sweep(NOON + 2 * DAY)) == (1, 0)


def test_lost_and_found(ours: Issuer, site: Site):
    site.file = issuer_url(ours.slug)
    checked(ours)
    site.file = None
    for day in (1, 2, 3):
        sweep(NOON + day * DAY)
    site.file = issuer_url(ours.slug)
    assert checked(ours, NOON + 4 * DAY)[0] == State.CONFIRMED
    assert (confirmed(ours), domain_check_of(ours).failures) == (True, 0)
