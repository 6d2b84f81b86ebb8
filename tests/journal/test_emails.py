"""What a mail looks like when it leaves."""

import io
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from common.sealing import SealBroken
from journal import emails
from journal.models import Message
from journal.templatetags.mail import day, moment
from tests.journal.conftest import letter, queue

pytestmark = pytest.mark.django_db


def written(**fields: object) -> EmailMessage:
    secrets = fields.pop("secrets", {})
    [message] = queue(letter(**fields))
    return message_from_bytes(
        emails.write(message, secrets=secrets).message().as_bytes(), policy=policy.default
    )


def parts(mail: EmailMessage) -> tuple[str, str]:
    return mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()


@pytest.fixture
def picture() -> str:
    drawn = io.BytesIO()
    Image.new("RGBA", (900, 900), "#4a3fd6").save(drawn, "PNG")
    return default_storage.save("pictures/te/test.png", ContentFile(drawn.getvalue()))


def test_headers_say_who_writes_what_to_whom():
    mail = written(
        context={"name": "Inès", "since": "", "sender_name": "Atelier\nNord"},
        reply_to="badges@atelier.example",
    )
    assert mail["From"] == "Atelier Nord <badges@badges.example.org>"
    assert mail["To"] == "Inès Marchand <ines1@example.org>"
    assert mail["Reply-To"] == "badges@atelier.example"
    assert mail["Message-ID"] == Message.objects.get().message_id
    assert mail["Message-ID"].endswith("@badges.example.org>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "en"


def test_the_site_writes_where_no_sender_is_named():
    assert written()["From"] == "Badges <badges@badges.example.org>"


def test_the_subject_is_one_line_and_not_escaped():
    assert written()["Subject"] == "O’Brien <b> & wrote <to> you"


def test_text_is_not_escaped_and_html_is():
    text, html = parts(written())
    assert "Dear O’Brien <b>, since 3 March 2026." in text
    assert "Dear O’Brien &lt;b&gt;, since 3 March 2026." in html


def test_mails_speak_the_language_of_their_reader():
    text, html = parts(written(language="fr"))
    assert "3 mars 2026" in text
    assert 'lang="fr"' in html


def test_one_button_whose_address_is_in_both_parts():
    text, html = parts(written(secrets={"action_url": "https://badges.example.org/claim/x?a=1&b=2"}))
    assert "Claim:\nhttps://badges.example.org/claim/x?a=1&b=2\n" in text
    assert html.count('href="https://badges.example.org/claim/x?a=1&amp;b=2"') == 2


def test_unsubscribing_by_one_click():
    mail = written()
    link = mail["List-Unsubscribe"].strip(" <>")
    assert link.startswith("https://badges.example.org/unsubscribe/")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = link.rpartition("/")[2]
    assert emails.address_of(token) == "ines1@example.org"
    assert "ines1" not in link
    text, html = parts(mail)
    assert "/unsubscribe/" in text
    assert "/unsubscribe/" in html


def test_who_asked_for_a_mail_need_not_unsubscribe():
    mail = written(asked_for=True)
    assert mail["List-Unsubscribe"] is None
    assert "/unsubscribe/" not in "".join(parts(mail))


@pytest.mark.parametrize("token", ["", "x", "gAAAAAB" * 10, "é"])
def test_made_up_unsubscribe_links(token: str):
    with pytest.raises(SealBroken):
        emails.address_of(token)


def test_the_picture_is_inside(picture: str):
    mail = written(picture=picture, context={"name": "x", "since": "", "picture_alt": 'A "violet" badge'})
    assert mail.get_content_type() == "multipart/related"
    [image] = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert image["Content-Disposition"].startswith("inline")
    assert Image.open(io.BytesIO(image.get_content())).width == emails.WIDEST
    html = parts(mail)[1]
    assert f'src="cid:{image["Content-ID"].strip("<>")}"' in html
    assert 'alt="A &quot;violet&quot; badge"' in html


def test_a_picture_that_is_gone_is_left_out():
    mail = written(picture="pictures/gone.png")
    assert mail.get_content_type() == "multipart/alternative"
    assert "<img" not in parts(mail)[1]


@pytest.mark.parametrize(
    ("value", "shown"),
    [("2026-03-03", "3 March 2026"), ("2026-03-03T23:59:00+00:00", "3 March 2026"), ("soon", "soon")],
)
def test_days(value: str, shown: str):
    assert day(value) == shown


def test_moments_name_their_time_zone():
    assert moment("2026-03-03T12:05:00+01:00").endswith("(UTC)")
    assert moment("whenever") == "whenever"
