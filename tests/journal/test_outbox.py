"""Rows that stand for mails."""

from datetime import timedelta

import pytest

from common.errors import Refused
from journal.models import Message, Suppression
from journal.queries import is_suppressed
from journal.services import (
    forget_mails_to,
    forget_old,
    mail_again,
    queue_mails,
    subscribe_again,
    unsubscribe,
)
from tests.journal.conftest import NOON, letter, queue

pytestmark = pytest.mark.django_db


def test_the_same_mail_is_queued_once():
    for _time in range(2):
        queue_mails([letter(), letter()], at=NOON)
    assert Message.objects.count() == 1


def test_a_repeat_that_a_person_asked_for_is_another_mail():
    [first] = queue()
    with pytest.raises(Refused, match="on its way"):
        mail_again(letter(), at=NOON)
    Message.objects.update(state=Message.State.FAILED)
    again = mail_again(letter(), at=NOON)
    assert (again.occurrence, again.state) == (2, Message.State.DUE)
    assert again.message_id != first.message_id


def test_nothing_secret_lies_about():
    queue(letter(secrets={"action_url": "https://badges.example.org/claim/t0ken"}))
    row = Message.objects.values().get()
    assert b"t0ken" not in bytes(row["sealed"])
    assert "t0ken" not in str({name: value for name, value in row.items() if name != "sealed"})


def test_unsubscribing_twice_and_changing_ones_mind():
    for _time in range(2):
        unsubscribe("ines@example.org", at=NOON)
    assert Suppression.objects.count() == 1
    assert is_suppressed("ines@example.org")
    subscribe_again("ines@example.org")
    assert not is_suppressed("ines@example.org")


def test_an_outbox_shows_its_own_mails():
    queue(letter(1), letter(2, scope="issuer:2"))
    assert Message.objects.of_scope("issuer:2").get().subject == "award:2"


def test_what_is_old_is_forgotten_but_not_what_is_due():
    queue(letter(1), letter(2, scope="site"), letter(3), at=NOON)
    Message.objects.exclude(subject="award:3").update(state=Message.State.SENT)
    assert forget_old(at=NOON + timedelta(days=6)) == 0
    assert forget_old(at=NOON + timedelta(days=8)) == 1
    assert not Message.objects.filter(scope="site").exists()
    assert forget_old(at=NOON + timedelta(days=91)) == 1
    kept = Message.objects.get(subject="award:1")
    assert (kept.context, kept.recipient_name, kept.recipient) == ({}, "", "ines1@example.org")
    assert Message.objects.get(subject="award:3").context
    assert forget_old(at=NOON + timedelta(days=92)) == 0


def test_mails_of_an_account_that_is_no_more():
    queue(letter(1), letter(2, scope="site"))
    forget_mails_to(["ines1@example.org", "ines2@example.org"])
    assert Message.objects.get().scope == "issuer:1"
