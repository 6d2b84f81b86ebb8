"""Mails that stay on this machine."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.mail import EmailMessage

from journal import mailbox
from journal.models import Heartbeat, Message
from journal.tasks import clear_old_rows, deliver_due_messages
from tests.journal.conftest import letter, queue


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.MAILBOX_DIR = tmp_path / "mailbox"
    settings.EMAIL_BACKEND = "journal.mailbox.Backend"
    return settings.MAILBOX_DIR


@pytest.mark.django_db
def test_the_sweep_leaves_a_file_and_a_heartbeat(folder: Path):
    queue(letter(secrets={"action_url": "https://badges.example.org/claim/x"}))
    assert deliver_due_messages() == {Message.State.SENT: 1}
    [mail] = mailbox.newest()
    assert mail.subject == "O’Brien <b> & wrote <to> you"
    whole = mailbox.read(mail.name)
    assert "claim/x" in whole.text
    assert "claim/x" in whole.html
    assert dict(whole.headers)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [path.suffix for path in folder.iterdir()] == [".eml"]
    assert Heartbeat.objects.filter(name="sweep").exists()


@pytest.mark.django_db
def test_clearing_runs():
    assert clear_old_rows() == 0


def test_the_newest_comes_first_and_can_be_looked_for():
    for number in range(3):
        EmailMessage(subject=f"Number {number}", body="x", to=[f"person{number}@example.org"]).send()
    assert [mail.subject for mail in mailbox.newest()] == ["Number 2", "Number 1", "Number 0"]
    assert [mail.subject for mail in mailbox.newest(to="PERSON1")] == ["Number 1"]
    assert len(mailbox.newest(most=2)) == 2


def test_a_mail_without_html():
    EmailMessage(subject="Plain", body="Only text", to=["a@example.org"]).send()
    [mail] = mailbox.newest()
    whole = mailbox.read(mail.name)
    assert (whole.text.strip(), whole.html) == ("Only text", "")


@pytest.mark.parametrize("name", ["", "..", "../../etc/passwd", "0" * 20, "0" * 20 + "-" + "0" * 8])
def test_names_that_name_no_mail(name: str):
    assert mailbox.read(name) is None
