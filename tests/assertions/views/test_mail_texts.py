"""What a badge's mails say: written, looked at, tried, set back."""

import pytest
from django.test import Client

from accounts.models import User
from assertions.models import MailText
from badges.models import Badge
from journal.emails import words_for, write
from journal.models import Action, Entry, Message
from tests.assertions.views.support import SignIn, cost, statuses
from tests.factories import make_accepted, make_award, make_badge

OWN = {
    "kind": "award",
    "language": "en",
    "subject": "Bravo {name}!",
    "body": "**Look**, {name}:\n\n- {badge}\n- {organisation}, {date}",
}


@pytest.fixture
def url(badge: Badge) -> str:
    return f"/manage/{badge.issuer.slug}/badges/{badge.pk}/mails"


def sent(message: Message) -> tuple[str, str, str]:
    mail = write(
        message, secrets={"action_url": "https://x.example/"}, words=words_for([message]).get(message.pk)
    )
    return mail.subject, mail.body, str(mail.alternatives[0][0])


def test_who_may(
    signed_in: SignIn, stranger: User, viewer: User, awarder: User, editor: User, url: str, client: Client
) -> None:
    for address in (url, f"{url}/preview"):
        assert statuses(signed_in, [stranger, viewer, awarder, editor], address) == [404, 403, 403, 200]
        assert client.get(address).status_code == 302


def test_a_foreign_badge_is_not_found(
    signed_in: SignIn, editor: User, badge: Badge, other_issuer: object
) -> None:
    foreign = make_badge(other_issuer)  # type: ignore[arg-type]
    url = f"/manage/{badge.issuer.slug}/badges/{foreign.pk}/mails"
    assert signed_in(editor).get(url).status_code == signed_in(editor).post(url, OWN).status_code == 404


def test_the_badge_leads_to_it(signed_in: SignIn, editor: User, viewer: User, url: str) -> None:
    page = url.removesuffix("/mails")
    assert f'href="{url}"' in signed_in(editor).get(page).content.decode()
    assert f'href="{url}"' not in signed_in(viewer).get(page).content.decode()


@pytest.mark.parametrize("kind", MailText.Kind.values)
def test_the_usual_words_are_there_to_start_from(
    signed_in: SignIn, editor: User, url: str, kind: str
) -> None:
    form = signed_in(editor).get(url, {"kind": kind}).context["form"]
    assert "{badge}" in form.initial["subject"]
    assert "{name}" in form.initial["body"]


def test_own_words_are_what_is_sent(signed_in: SignIn, editor: User, badge: Badge, url: str) -> None:
    waiting = make_award(badge, name="Zoé *<b>* {badge}", notify=True)
    page = signed_in(editor).post(url, OWN, follow=True).content.decode()
    assert "Saved." in page
    subject, text, html = sent(Message.objects.about(waiting.mail_subject).get())
    assert subject == "Bravo Zoé *<b>* {badge}!"
    assert "- Run a workshop\n- Atelier Nord, 3 March 2026" in text
    assert "<strong>Look</strong>, Zoé *&lt;b&gt;* {badge}:" in html
    assert "Well done" not in text + html
    other = make_award(badge, notify=True, language="fr")
    assert "Bravo" not in sent(Message.objects.about(other.mail_subject).get())[0]
    assert Entry.objects.get(action=Action.MAIL_TEXT_CHANGED).data == {"kind": "award", "language": "en"}


def test_markdown_of_all_sorts_makes_a_mail(signed_in: SignIn, editor: User, badge: Badge, url: str) -> None:
    link = '[link](https://x.example/?a=1&b=2 "{name}")'
    body = f"a\nb  \nc\n\n---\n\n1. one\n\n> quoted & <script>alert(1)</script>\n\n{link}"
    signed_in(editor).post(url, OWN | {"body": body})
    row = make_award(badge, name='A" onclick="x', notify=True)
    html = sent(Message.objects.about(row.mail_subject).get())[2]
    assert "<script>" not in html
    assert 'onclick="' not in html
    assert "quoted &amp; &lt;script&gt;" in html


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"body": "Dear {nom}"}, "body", "“{nom}” is not a placeholder"),
        ({"subject": "{name.__class__}"}, "subject", "is not a placeholder"),
        ({"body": "Dear {name"}, "body", "A brace has no partner"),
        ({"body": " "}, "body", "required"),
        ({"subject": "x" * 151}, "subject", "150"),
        ({"body": "x" * 4001}, "body", "4000"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    signed_in: SignIn, editor: User, url: str, change: dict[str, str], field: str, words: str
) -> None:
    response = signed_in(editor).post(url, OWN | change)
    assert words in str(response.context["form"].errors[field]).replace(",", "")
    assert not MailText.objects.exists()


def test_back_to_the_usual_words(signed_in: SignIn, editor: User, badge: Badge, url: str) -> None:
    client = signed_in(editor)
    client.post(url, OWN)
    assert 'value="reset"' in client.get(url).content.decode()
    page = client.post(url, {"act": "reset", "kind": "award", "language": "en"}, follow=True).content.decode()
    assert 'value="reset"' not in page
    row = make_award(badge, notify=True)
    assert "Well done" in sent(Message.objects.about(row.mail_subject).get())[1]


def test_a_test_mail_goes_to_whoever_asks(signed_in: SignIn, editor: User, url: str) -> None:
    page = signed_in(editor).post(url, OWN | {"act": "test"}, follow=True).content.decode()
    assert "editor@example.org" in page
    message = Message.objects.get()
    assert (message.recipient, message.kind, message.asked_for) == ("editor@example.org", "award", True)
    assert sent(message)[0] == "Bravo Édith Éditeur!"
    again = signed_in(editor).post(url, OWN | {"act": "test"}).content.decode()
    assert "on its way already" in again


@pytest.mark.parametrize("kind", MailText.Kind.values)
def test_a_look_at_what_is_saved_and_at_what_is_written(
    signed_in: SignIn, editor: User, url: str, kind: str
) -> None:
    client = signed_in(editor)
    usual = client.get(f"{url}/preview", {"kind": kind})
    assert usual["X-Frame-Options"] == "SAMEORIGIN"
    assert "sandbox" in usual["Content-Security-Policy"]
    assert "data:image/png" in usual.content.decode()
    written = client.post(
        f"{url}/preview", OWN | {"kind": kind, "body": "Mine, {name} {oops}"}
    ).content.decode()
    assert "Mine, Alex Martin {oops}" in written
    assert not Message.objects.exists()


def test_a_draft_has_mails_to_write(signed_in: SignIn, editor: User, badge: Badge) -> None:
    draft = make_badge(badge.issuer, "Draft", published=False)
    url = f"/manage/{badge.issuer.slug}/badges/{draft.pk}/mails"
    assert signed_in(editor).get(url).status_code == 200
    assert signed_in(editor).get(f"{url}/preview").status_code == 200
    assert signed_in(editor).post(url, OWN | {"act": "test"}).status_code == 302


def test_nonsense_in_the_address_shows_the_first(signed_in: SignIn, editor: User, url: str) -> None:
    page = signed_in(editor).get(url, {"kind": "x", "language": "\0"})
    assert (page.context["kind"], page.context["language"]) == ("award", "en")


def test_it_costs_the_same_with_1_and_3_texts(signed_in: SignIn, editor: User, url: str) -> None:
    client = signed_in(editor)
    client.post(url, OWN)
    one = cost(client, url)
    client.post(url, OWN | {"kind": "expiry"})
    client.post(url, OWN | {"language": "fr"})
    assert cost(client, url) == one


def test_words_for_many_mails_take_one_query(badge: Badge, django_assert_num_queries: object) -> None:
    MailText.objects.create(
        badge=badge, kind="award", language="en", subject="s", body="b", updated_at="2026-03-03T00:00Z"
    )
    for _ in range(4):
        make_award(badge, notify=True)
    make_accepted(make_badge(badge.issuer, "Other"), notify=True)
    mails = list(Message.objects.all())
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert len(words_for(mails)) == 4
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert words_for([]) == {}
