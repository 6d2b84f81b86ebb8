"""/mailbox: for whoever sits at this machine, and only where mails go nowhere else."""

import io
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from journal import mailbox
from journal.services import deliver_due
from tests.journal.conftest import NOON, letter, queue

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.MAILBOX_DIR = tmp_path
    settings.EMAIL_BACKEND = "journal.mailbox.Backend"


@pytest.fixture
def mail() -> mailbox.LocalMail:
    drawn = io.BytesIO()
    Image.new("RGBA", (60, 60), "#4a3fd6").save(drawn, "PNG")
    name = default_storage.save("pictures/te/box.png", ContentFile(drawn.getvalue()))
    queue(letter(picture=name, secrets={"action_url": "https://badges.example.org/claim/x"}))
    deliver_due(now=lambda: NOON)
    [mail] = mailbox.newest()
    return mail


def test_an_empty_mailbox_teaches_the_next_step(client: Client):
    page = client.get("/mailbox").content.decode()
    assert "No mail yet" in page
    assert "No mail to this address" in client.get("/mailbox?to=nobody").content.decode()


def test_the_list_and_one_mail(client: Client, mail: mailbox.LocalMail):
    listed = client.get("/mailbox").content.decode()
    assert f'href="/mailbox/{mail.name}"' in listed
    assert "O’Brien &lt;b&gt; &amp; wrote" in listed
    page = client.get(f"/mailbox/{mail.name}").content.decode()
    assert f'src="/mailbox/{mail.name}/html"' in page
    assert '<a href="https://badges.example.org/claim/x"' in page
    assert "Message-ID" in page


def test_in_french(client: Client, mail: mailbox.LocalMail):
    assert client.get("/mailbox", headers={"Accept-Language": "fr"})["Content-Language"] == "fr"


def test_the_html_part_is_fenced_in_and_its_links_are_not(client: Client, mail: mailbox.LocalMail):
    response = client.get(f"/mailbox/{mail.name}/html")
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    html = response.content.decode()
    assert '<base target="_top">' in html
    assert "_blank" not in html
    assert 'src="data:image/png;base64,' in html
    assert "cid:" not in html


PATHS = ["/mailbox", "/mailbox/{name}", "/mailbox/{name}/html"]


@pytest.mark.parametrize("path", PATHS)
def test_nobody_from_elsewhere(client: Client, mail: mailbox.LocalMail, path: str):
    path = path.format(name=mail.name)
    assert client.get(path).status_code == 200
    assert client.get(path, REMOTE_ADDR="::1").status_code == 200
    assert client.get(path, REMOTE_ADDR="203.0.113.4").status_code == 404
    assert client.get(path, REMOTE_ADDR="").status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_nobody_through_a_proxy_on_this_machine(client: Client, mail: mailbox.LocalMail, path: str):
    headers = {"X-Forwarded-For": "203.0.113.4"}
    assert client.get(path.format(name=mail.name), headers=headers).status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_not_where_mails_go_out(client: Client, mail: mailbox.LocalMail, path: str, settings: LazySettings):
    settings.EMAIL_URL = "smtp://mail.example.org"
    assert client.get(path.format(name=mail.name)).status_code == 404


def test_only_looking(client: Client, mail: mailbox.LocalMail):
    assert client.post("/mailbox").status_code == 405
    assert client.get("/mailbox/00000000000000000000-00000000").status_code == 404
