"""One batch: what the page says in each state, and what can be done there."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import User
from assertions.models import Award, Batch
from assertions.queries import batches as queries
from assertions.services import batches
from assertions.services.claiming import withdraw
from assertions.views.batch import duration
from badges.models import Badge
from common.actors import SYSTEM
from journal.models import Message
from tests.assertions.batching import awarded, confirmed, make_batch, people_csv, rehearsed, states, work
from tests.assertions.views.support import SignIn, statuses

LIST = (
    "Prénom;Nom;Courriel;Date\nZoé;Lefèvre;zoe@example.org;03/04/2026\nLéo;Nguyen;leo@exemple;\n"
    "Maya;Okafor;maya@example.org;soon\n"
)


@pytest.fixture
def karim(awarder: User, signed_in: SignIn) -> Client:
    return signed_in(awarder)


def url_of(batch: Batch, act: str = "") -> str:
    return f"/manage/{batch.issuer.slug}/batches/{batch.pk}{act and '/' + act}"


def page_of(client: Client, batch: Batch) -> str:
    return client.get(url_of(batch)).content.decode()


def test_who_may(signed_in: SignIn, stranger: User, viewer: User, awarder: User, badge: Badge) -> None:
    batch = rehearsed(badge)
    assert statuses(signed_in, [stranger, viewer, awarder], url_of(batch)) == [404, 200, 200]
    assert statuses(signed_in, [stranger, viewer, awarder], url_of(batch, "end")) == [404, 403, 200]


def test_viewers_see_and_do_not_touch(signed_in: SignIn, viewer: User, badge: Badge) -> None:
    batch = rehearsed(badge, LIST)
    page = page_of(signed_in(viewer), batch)
    assert "leo@exemple" in page or "no ending" in page
    assert "<input class" not in page
    assert "batches/" + str(batch.pk) + "/confirm" not in page
    for act in ("act", "confirm", "columns", "words", "end", "mend", "revoke"):
        assert signed_in(viewer).post(url_of(batch, act)).status_code == 403


def test_while_it_is_read_the_page_follows(karim: Client, badge: Badge) -> None:
    page = page_of(karim, make_batch(badge))
    assert "The list is being read." in page
    assert "data-running" in page
    assert "<noscript>" in page


def test_a_list_that_could_not_be_read_says_why(karim: Client, badge: Badge) -> None:
    batch = make_batch(badge)
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.UNREADABLE, problem="It is damaged.")
    page = page_of(karim, batch)
    assert "It is damaged." in page
    assert f"/badges/{badge.pk}/batches/new" in page


def test_rehearsed_it_shows_counts_and_what_to_mend(karim: Client, badge: Badge) -> None:
    batch = rehearsed(badge, LIST)
    answer = karim.get(url_of(batch))
    page = answer.content.decode()
    assert (batch.ready, batch.wrong) == (1, 2)
    assert "Award 1 badge<" in page
    assert "2 rows are left out until they are mended." in page
    assert [item.row.number for item in answer.context["mendable"]] == [3, 4]
    assert [cell.value for cell in answer.context["mendable"][0].names] == ["Léo", "Nguyen"]
    labels = [[cell.label for cell in item.others] for item in answer.context["mendable"]]
    assert labels == [["E-mail address"], ["E-mail address", "Date of award"]]
    assert "Day or month first?" in page


def test_it_is_confirmed_with_a_hold_back_and_taken_back(karim: Client, badge: Badge) -> None:
    batch = rehearsed(badge)
    karim.post(url_of(batch, "confirm"), {"start": "held"})
    batch.refresh_from_db()
    assert batch.state == Batch.State.HELD
    page = page_of(karim, batch)
    assert "3 badges are about to be awarded." in page
    assert "min" in page
    assert "Take it back" in page
    karim.post(url_of(batch, "act"), {"act": "undo"})
    batch.refresh_from_db()
    assert batch.state == Batch.State.REHEARSED
    assert not Award.objects.exists()


def test_it_is_confirmed_at_once_or_for_a_date(karim: Client, badge: Badge) -> None:
    now, later = rehearsed(badge), rehearsed(badge, people_csv(2, prefix="later"))
    karim.post(url_of(now, "confirm"), {"start": "now"})
    when = timezone.localtime() + timedelta(days=2)
    karim.post(url_of(later, "confirm"), {"start": "date", "on": f"{when:%Y-%m-%dT%H:%M}"})
    now.refresh_from_db()
    later.refresh_from_db()
    assert (now.state, later.state) == (Batch.State.ISSUING, Batch.State.SCHEDULED)
    assert "2 badges wait for their date." in page_of(karim, later)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "This field is required"),
        ({"start": "date"}, "Say on which date"),
        ({"start": "date", "on": "2020-01-01T10:00"}, "This moment has passed"),
        ({"start": "date", "on": "soon"}, "Enter a valid date/time"),
    ],
)
def test_a_start_that_cannot_be_is_said(
    karim: Client, badge: Badge, sent: dict[str, str], words: str
) -> None:
    batch = rehearsed(badge)
    assert words in karim.post(url_of(batch, "confirm"), sent).content.decode()
    batch.refresh_from_db()
    assert batch.state == Batch.State.REHEARSED


def test_two_admins_at_once_the_second_is_told(karim: Client, badge: Badge) -> None:
    batch = rehearsed(badge)
    karim.post(url_of(batch, "confirm"), {"start": "now"})
    page = karim.post(url_of(batch, "confirm"), {"start": "now"}, follow=True).content.decode()
    assert "has been confirmed already" in page


def test_pause_go_on_and_cancel_the_rest(karim: Client, badge: Badge) -> None:
    batch = confirmed(badge)
    assert "0 of 3 awarded" in page_of(karim, batch)
    karim.post(url_of(batch, "act"), {"act": "pause"})
    assert "3 people still wait for the badge." in page_of(karim, batch)
    karim.post(url_of(batch, "act"), {"act": "resume"})
    assert "data-running" in page_of(karim, batch)
    asked = karim.get(url_of(batch, "end")).content.decode()
    assert "Cancel the rest of" in asked
    assert "keep it" not in asked
    karim.post(url_of(batch, "end"))
    work(batch)
    assert batch.state == Batch.State.CANCELLED
    assert states(batch) == ["cancelled"] * 3
    assert "The rest was cancelled." in page_of(karim, batch)


def test_an_unknown_act_does_nothing(karim: Client, badge: Badge) -> None:
    batch = confirmed(badge)
    assert karim.post(url_of(batch, "act"), {"act": "explode"}).status_code == 302
    batch.refresh_from_db()
    assert batch.state == Batch.State.ISSUING


def test_done_it_says_who_has_accepted(karim: Client, badge: Badge) -> None:
    batch = awarded(badge)
    Award.objects.filter(pk=batch.rows.get(number=2).pk).update(response=Award.Response.ACCEPTED)
    answer = karim.get(url_of(batch))
    page = answer.content.decode()
    assert "3 badges awarded." in page
    assert answer.context["answers"]["accepted"] == 1
    assert answer.context["answers"]["waiting"] == 2
    assert (
        f"awards?batch={batch.pk}&amp;state=accepted" in page
        or f"awards?batch={batch.pk}&state=accepted" in page
    )


@pytest.mark.parametrize("state", Message.ASTRAY)
def test_a_mail_that_did_not_arrive_is_not_passed_over(karim: Client, badge: Badge, state: str) -> None:
    batch = awarded(badge)
    Message.objects.filter(kind="award").update(state=Message.State.SENT)
    assert "Everybody was told." in page_of(karim, batch)
    first = Message.objects.filter(kind="award").first()
    Message.objects.filter(pk=first.pk).update(state=state)
    page = page_of(karim, batch)
    assert "Some mails did not arrive" in page
    assert f"/settings/mail?batch={batch.pk}&state=astray" in page.replace("&amp;", "&")
    assert "Everybody was told." not in page


def test_the_list_of_awards_is_narrowed_to_it(karim: Client, badge: Badge) -> None:
    batch = awarded(badge, name="Spring cohort")
    awarded(badge, people_csv(2, prefix="other"), name="Autumn cohort")
    answer = karim.get(f"/manage/{badge.issuer.slug}/awards?batch={batch.pk}")
    assert {row.round for row, *_more in answer.context["rows"]} == {batch.pk}
    assert len(answer.context["rows"]) == 3
    assert (str(batch.pk), "Spring cohort") in answer.context["batches"]


def test_what_columns_hold_is_corrected_and_read_again(karim: Client, badge: Badge) -> None:
    batch = rehearsed(badge, "Contact;Group;Mail\nZoé;B;zoe@example.org\n")
    form = karim.get(url_of(batch)).context["columns"]
    assert [field.label for field in form.columns] == ["Contact", "Group", "Mail"]
    karim.post(url_of(batch, "columns"), {"columns-0": "name", "columns-1": "own", "columns-2": "address"})
    work(batch)
    row = batch.rows.get()
    assert (row.name, row.state) == ("Zoé", "ready")
    assert "B" in row.data["narrative"]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"columns-0": "name"}, "Say which column holds the e-mail addresses."),
        ({"columns-0": "address", "columns-1": "address"}, "is chosen for two columns"),
        ({"columns-0": "explode"}, "Select a valid choice"),
    ],
)
def test_columns_that_cannot_be_are_said(
    karim: Client, badge: Badge, sent: dict[str, str], words: str
) -> None:
    batch = rehearsed(badge)
    page = karim.post(url_of(batch, "columns"), sent).content.decode()
    assert words in page
    assert '<details class="disclosure" id="columns" open>' in page


def test_the_order_of_day_and_month_is_asked_where_nothing_tells(karim: Client, badge: Badge) -> None:
    batch = rehearsed(badge, LIST)
    sent = {
        "columns-0": "first_name",
        "columns-1": "last_name",
        "columns-2": "address",
        "columns-3": "issued_on",
    }
    karim.post(url_of(batch, "columns"), {**sent, "columns-month_first": "1"})
    work(batch)
    assert batch.month_first
    assert batch.rows.get(number=2).data["issued_on"].startswith("2026-03-04")


def test_words_for_everyone_and_the_name_are_changed(karim: Client, badge: Badge) -> None:
    batch = rehearsed(badge)
    sent = {"name": "Spring", "narrative": "Well done.", "language": "fr", "issued_on": "2026-03-03"}
    karim.post(url_of(batch, "words"), sent)
    batch.refresh_from_db()
    assert (batch.name, batch.narrative, batch.language) == ("Spring", "Well done.", "fr")
    assert timezone.localdate(batch.issued_on).isoformat() == "2026-03-03"
    assert karim.get(url_of(batch)).context["words"].data["issued_on"] == "2026-03-03"
    page = karim.post(url_of(batch, "words"), sent | {"issued_on": "2199-01-01"}).content.decode()
    assert "in the future" in page


def test_words_that_are_saved_leave_what_was_not_touched(karim: Client, awarder: User, badge: Badge) -> None:
    """A program said its days in UTC, and that nobody is to be mailed; in Paris the last day is shown as the next."""
    User.objects.filter(pk=awarder.pk).update(time_zone="Europe/Paris")
    issued, expires = datetime(2025, 5, 1, 23, tzinfo=UTC), datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)
    batch = rehearsed(badge, options=batches.Options(issued_on=issued, expires_at=expires, notify=False))
    words = karim.get(url_of(batch)).context["words"]
    shown = {name: words[name].value() for name in ("narrative", "issued_on", "expires_on", "language")}
    assert (shown["issued_on"], shown["expires_on"]) == ("2025-05-02", "2100-01-01")
    karim.post(url_of(batch, "words"), shown | {"narrative": "Well done."})
    batch.refresh_from_db()
    assert (batch.narrative, batch.issued_on, batch.expires_at) == ("Well done.", issued, expires)
    assert not batch.notify
    karim.post(url_of(batch, "words"), shown | {"expires_on": "2099-12-31"})
    batch.refresh_from_db()
    assert batch.expires_at == datetime(2099, 12, 31, 22, 59, 59, tzinfo=UTC)


def test_a_list_is_thrown_away_after_a_warning(karim: Client, badge: Badge) -> None:
    batch = rehearsed(badge)
    assert "Nobody is awarded anything." in karim.get(url_of(batch, "end")).content.decode()
    page = karim.post(url_of(batch, "end"), follow=True).content.decode()
    batch.refresh_from_db()
    assert batch.state == Batch.State.DISCARDED
    assert "is thrown away" in page
    assert karim.get(url_of(batch, "end")).status_code == 302
    assert page_of(karim, batch)


def test_the_whole_batch_is_revoked_after_a_warning(karim: Client, badge: Badge) -> None:
    batch = awarded(badge)
    page = karim.get(url_of(batch, "revoke")).content.decode()
    assert "Revoke all 3 badges" in page
    assert "Say why." in karim.post(url_of(batch, "revoke"), {"reason": ""}).content.decode()
    karim.post(url_of(batch, "revoke"), {"reason": "Wrong list.", "note": "Ours to explain."})
    batch.refresh_from_db()
    assert batch.state == Batch.State.REVOKING
    assert "The badges are being revoked." in page_of(karim, batch)
    work(batch)
    assert batch.state == Batch.State.REVOKED
    assert Award.objects.filter(revoked_at=None).count() == 0
    assert "Wrong list." in page_of(karim, batch)


def test_what_is_not_awarded_cannot_be_revoked(karim: Client, badge: Badge) -> None:
    batch = rehearsed(badge)
    assert karim.get(url_of(batch, "revoke")).status_code == 302


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 seconds"), (1, "1 second"), (492, "8 min 12 s"), (7500, "2 h 5 min"), (400_000, "4 days")],
)
def test_time_left_is_said_shortly(seconds: int, words: str) -> None:
    assert duration(seconds) == words


def test_the_page_costs_the_same_however_many_rows(karim: Client, badge: Badge) -> None:
    from tests.assertions.views.support import cost

    few = rehearsed(badge, "E-mail\n" + "a@b\n" * 3)
    many = rehearsed(badge, "E-mail\n" + "".join(f"a{n}@b\n" for n in range(60)))
    assert many.wrong == 60
    assert cost(karim, url_of(few)) == cost(karim, url_of(many))


def test_a_batch_that_is_paused_by_a_fault_says_so(karim: Client, badge: Badge) -> None:
    batch = confirmed(badge)
    batches.pause(batch=batch, by=SYSTEM, at=timezone.now(), problem="The key is missing.")
    assert "The key is missing." in page_of(karim, batch)


def test_what_is_held_back_is_awarded_now_after_a_question(karim: Client, badge: Badge) -> None:
    batch = rehearsed(badge, people_csv(2))
    karim.post(url_of(batch, "confirm"), {"start": "held"})
    assert url_of(batch, "start") in page_of(karim, batch)
    asked = karim.get(url_of(batch, "start")).content.decode()
    assert "can no longer be taken back" in asked
    assert "2 people are awarded the badge at once." in asked
    karim.post(url_of(batch, "start"))
    assert work(batch).state == Batch.State.DONE
    assert "does not wait for its start" in karim.post(url_of(batch, "start"), follow=True).content.decode()
    assert karim.get(url_of(batch, "start"))["Location"] == url_of(batch)


def test_the_revocation_of_a_batch_is_undone(signed_in: SignIn, owner: User, badge: Badge) -> None:
    olga, batch = signed_in(owner), awarded(badge, people_csv(2))
    assert "For 10 minutes you can undo it." in olga.get(url_of(batch, "revoke")).content.decode()
    olga.post(url_of(batch, "revoke"), {"reason": "The wrong list."})
    assert 'id="restore"' in page_of(olga, work(batch))
    olga.post(url_of(batch, "restore"))
    assert "The badges are being brought back." in page_of(olga, batch)
    assert work(batch).state == Batch.State.DONE
    assert not Award.objects.revoked().exists()
    assert "there is nothing to undo" in olga.post(url_of(batch, "restore"), follow=True).content.decode()


def test_a_list_read_again_says_what_is_cleared_first(karim: Client, badge: Badge) -> None:
    batch = rehearsed(badge, people_csv(5))
    karim.post(url_of(batch, "columns"), {"columns-0": "address", "columns-1": ""})
    page = page_of(karim, batch)
    assert "The list is being read again." in page
    assert "5 rows of the former reading are deleted." in page
    assert "person1@example.org" not in karim.get(url_of(batch, "rows")).content.decode()
    assert work(batch).ready == 5


def test_the_page_says_what_becomes_of_the_file(karim: Client, badge: Badge) -> None:
    batch = awarded(badge)
    assert "The uploaded file is deleted 30 days after the end." in page_of(karim, batch)
    batches.forget_files(at=timezone.now() + timedelta(days=31))
    assert "as personal data that is not needed any more" in page_of(karim, batch)


def test_who_withdrew_is_not_said_to_have_declined(karim: Client, badge: Badge) -> None:
    batch = awarded(badge, people_csv(3))
    first, second, _third = Award.objects.order_by("recipient_name")
    Award.objects.filter(pk=first.pk).update(response="accepted", responded_at=timezone.now())
    withdraw(award=Award.objects.get(pk=first.pk), at=timezone.now())
    Award.objects.filter(pk=second.pk).update(response="declined", responded_at=timezone.now())
    page = page_of(karim, batch)
    assert "withdrawn by their holders" in page
    assert "state=withdrawn" in page
    listed = karim.get(f"/manage/{batch.issuer.slug}/awards?state=withdrawn").content.decode()
    assert "Withdrawn by its holder</span>" in listed
    assert listed.count('name="award"') == 1


def test_a_great_batch_is_counted_once_in_a_while(
    karim: Client, badge: Badge, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setattr(queries, "GREAT", 2)
    batch = awarded(badge, people_csv(2))
    page_of(karim, batch)
    Award.objects.update(response="accepted", responded_at=timezone.now())
    assert queries.answers_of_batch(batch)["accepted"] == 0
    cache.clear()
    assert queries.answers_of_batch(batch)["accepted"] == 2
