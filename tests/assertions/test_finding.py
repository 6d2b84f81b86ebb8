"""Fresh links for people who lost theirs: mailed by the worker, never told to who asks."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from assertions.models import Award, Claim, LinkRequest
from assertions.services.claiming import accept, claim_for, reopen
from assertions.services.correcting import confirm_address_change
from assertions.services.finding import MOST_LINKS, ask_for_links, mail_links
from assertions.tasks import answer_link_requests
from badges.models import Badge
from common.sealing import key_provider
from issuers.models import Issuer
from journal.emails import write
from journal.models import Message
from tests.assertions.views import visiting
from tests.factories import NOON, make_accepted, make_award, make_badge, make_issuer

INES = "ines@example.org"


def ask(address: str = INES) -> LinkRequest:
    return ask_for_links(address=address, at=NOON)


def secrets_of(message: Message) -> dict[str, object]:
    return json.loads(key_provider().unseal(bytes(message.sealed)))


def token_in(link: str) -> str:
    return link.rpartition("/")[2]


def test_asking_does_the_same_for_every_address(waiting_award: Award, django_assert_num_queries) -> None:
    for address in (INES, "nobody@example.org"):
        with django_assert_num_queries(3):  # a savepoint around one insert
            ask(address)
    assert LinkRequest.objects.count() == 2
    assert not Message.objects.exists()


def test_one_badge_one_button(waiting_award: Award) -> None:
    assert mail_links(request_id=ask(" INES@Example.org ").pk, at=NOON)
    mail = Message.objects.get()
    assert (mail.kind, mail.recipient, mail.asked_for) == ("new_link", INES, True)
    token = token_in(str(secrets_of(mail)["action_url"]))
    assert accept(token=token, at=NOON + timedelta(days=29)).pk == waiting_award.pk


def test_who_accepted_gets_back_in_by_it(accepted_award: Award) -> None:
    mail_links(request_id=ask().pk, at=NOON)
    token = token_in(str(secrets_of(Message.objects.get())["action_url"]))
    assert reopen(token=token, at=NOON) == accepted_award


def test_several_badges_one_mail(issuer: Issuer) -> None:
    for name in ("One", "Two", "Three"):
        make_award(make_badge(issuer, name), address=INES)
    mail_links(request_id=ask().pk, at=NOON)
    mail = Message.objects.get()
    links = secrets_of(mail)["links"]
    assert {link["badge_name"] for link in links} == {"One", "Two", "Three"}
    assert len({claim_for(token_in(link["url"]), at=NOON).award_id for link in links}) == 3
    assert mail.scope == "site"
    assert all(link["url"] not in json.dumps(mail.context) for link in links)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_mail_can_be_read(issuer: Issuer, count: int, language: str) -> None:
    for number in range(count):
        make_award(make_badge(issuer, f"Badge & {number}"), address=INES, language=language)
    mail_links(request_id=ask().pk, at=NOON)
    mail = Message.objects.get()
    written = write(mail, secrets=secrets_of(mail))
    html = str(written.alternatives[0][0])
    assert html.count("/claim/") >= count
    assert written.body.count("/claim/") == count
    assert "Badge &amp; 0" in html
    assert "Badge & 0" in f"{written.subject} {written.body}"


@pytest.mark.parametrize(
    "changes",
    [
        {"revoked_at": NOON},
        {"response": Award.Response.DECLINED},
        {"response": Award.Response.NOT_ME},
    ],
)
def test_what_cannot_be_opened_gets_no_link(waiting_award: Award, changes: dict[str, object]) -> None:
    Award.objects.update(**changes)
    before = Claim.objects.count()
    assert not mail_links(request_id=ask().pk, at=NOON)
    assert not Message.objects.exists()
    assert Claim.objects.count() == before


def test_nobody_is_not_mailed_and_not_remembered(db: None) -> None:
    assert not mail_links(request_id=ask("nobody@example.org").pk, at=NOON)
    assert not Message.objects.exists()
    assert not LinkRequest.objects.exists()


def test_while_a_mail_is_on_its_way_no_other_follows(waiting_award: Award) -> None:
    mail_links(request_id=ask().pk, at=NOON)
    claims = Claim.objects.count()
    assert not mail_links(request_id=ask().pk, at=NOON)
    assert (Message.objects.count(), Claim.objects.count()) == (1, claims)
    Message.objects.update(state=Message.State.SENT)
    assert mail_links(request_id=ask().pk, at=NOON)
    assert Message.objects.count() == 2


def test_at_most_twenty_in_one_mail(issuer: Issuer) -> None:
    for number in range(MOST_LINKS + 1):
        make_accepted(make_badge(issuer, f"Badge {number}"), address=INES)
    mail_links(request_id=ask().pk, at=NOON)
    assert len(secrets_of(Message.objects.get())["links"]) == MOST_LINKS


def test_the_sweep_answers_what_waits(badge: Badge, waiting_award: Award) -> None:
    ask()
    ask("nobody@example.org")
    assert answer_link_requests() == 1
    assert not LinkRequest.objects.exists()
    assert Message.objects.filter(kind="new_link").count() == 1
    assert answer_link_requests() == 0


def wait_for_a_waiting_one() -> None:
    """Until another connection waits for what this one holds."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    end = time.monotonic() + 60
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("nobody waits")


@pytest.mark.needs_postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="two at once need PostgreSQL")
def test_what_moves_in_this_moment_gets_no_link_to_its_former_address() -> None:
    issuer = make_issuer()
    moves, stays = (make_accepted(make_badge(issuer, name), address=INES) for name in ("One", "Two"))
    token, request = visiting.asked(moves, at=NOON), ask()

    def answer() -> bool:
        try:
            return mail_links(request_id=request.pk, at=NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as worker:
        with transaction.atomic():
            confirm_address_change(token=token, at=NOON)
            answered = worker.submit(answer)
            wait_for_a_waiting_one()
        assert answered.result(60)
    assert not Claim.objects.open(at=NOON).filter(award=moves).exists()
    link = str(secrets_of(Message.objects.get(kind="new_link"))["action_url"])
    assert claim_for(token_in(link), at=NOON).award == stays
