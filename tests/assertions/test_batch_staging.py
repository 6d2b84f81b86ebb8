"""A file becomes rows: what is wrong is said in words, nobody is in it twice, and a worker that dies loses nothing."""

import io
from datetime import date, datetime, timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from django.utils.formats import date_format

from accounts.models import User
from assertions.models import Award, Batch, BatchRow, ColumnMapping
from assertions.queries import batches_for_members, failed_rows_of
from assertions.services import batches, checking
from assertions.services.batches import staging
from assertions.services.registering import enter_events
from badges.models import Badge
from common.actors import SYSTEM
from common.errors import Invalid, Refused
from journal.models import Action, Entry
from tests.assertions.batching import (
    awarded,
    counts_fit,
    make_batch,
    people_csv,
    rehearsed,
    row_of,
    states,
    work,
)
from tests.factories import make_award, make_badge
from tests.planting import codes


def test_an_upload_waits_for_the_worker(badge: Badge, owner: User) -> None:
    batch = make_batch(badge, people_csv(3), by=owner.actor, name=" March ")
    assert (batch.state, batch.name, batch.file_name) == (Batch.State.READING, "March", "people.csv")
    with default_storage.open(batch.file) as kept:
        assert kept.read() == people_csv(3).encode()
    assert (batch.actor.id, batch.actor.label) == (f"user:{owner.pk}", "Olga Owner")
    line = Entry.objects.get(action=Action.BATCH_UPLOADED)
    assert (line.target_id, line.data["sha256"]) == (str(batch.pk), batch.file_sha256)


def test_the_same_file_for_the_same_badge_is_refused_unless_meant(badge: Badge) -> None:
    first = make_batch(badge)
    again = {"badge": badge, "file_name": "copy.csv", "by": SYSTEM}
    with pytest.raises(batches.AlreadyUploaded) as refused:
        batches.upload(file=io.BytesIO(people_csv(3).encode()), at=timezone.now(), **again)  # type: ignore[arg-type]
    assert (refused.value.batch, refused.value.code) == (first, "uploaded_before")
    later = timezone.now() + timedelta(days=2)
    assert batches.upload(file=io.BytesIO(people_csv(3).encode()), at=later, **again).pk != first.pk  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "code"), [(" ", "empty"), ("email,name\n", "header_only"), ("a,b\nc,d\n", "no_addresses")]
)
def test_a_file_that_leads_nowhere_is_refused_at_once(badge: Badge, text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        make_batch(badge, text)
    assert refused.value.code == code
    assert refused.value.fields["file"] == refused.value.message
    assert not Batch.objects.exists()


def test_only_a_published_badge_gets_a_list(badge: Badge) -> None:
    Badge.objects.filter(pk=badge.pk).update(state=Badge.State.ARCHIVED)
    with pytest.raises(Refused, match="archived"):
        make_batch(badge)


def test_rows_are_read_with_their_numbers(badge: Badge) -> None:
    text = "Courriel;Prénom;Nom;Motif\nINES@Example.org ;Inès;Marchand;Bravo\n\njean@example.org;Jean;;\n"
    batch = rehearsed(badge, text)
    assert (batch.state, batch.rows_read, batch.ready) == (Batch.State.REHEARSED, 2, 2)
    assert batch.mapping == {"0": "address", "1": "first_name", "2": "last_name", "3": "narrative"}
    ines, jean = row_of(batch, 2), row_of(batch, 4)
    assert (ines.address, ines.name, ines.data) == (
        "ines@example.org",
        "Inès Marchand",
        {"narrative": "Bravo"},
    )
    assert (jean.address, jean.name, jean.data) == ("jean@example.org", "Jean", {})
    assert ines.cells == ["INES@Example.org ", "Inès", "Marchand", "Bravo"]
    assert counts_fit(batch)


@pytest.mark.parametrize(
    ("cells", "field", "words"),
    [
        ("nobody,,,,,", "address", "has no @"),
        (",Ines,,,,", "address", "missing"),
        ("a@example.org,,nowhere,,,", "evidence", "not a link"),
        ("a@example.org,,javascript:alert(1),,,", "evidence", "not a link"),
        ("a@example.org,,,soon,,", "issued_on", "not a date"),
        ("a@example.org,,,2999-01-01,,", "issued_on", "in the future"),
        ("a@example.org,,,1899-12-31,,", "issued_on", "before the year 1900"),
        ("a@example.org,,,,9999-12-31,", "expires_on", "too far away"),
        ("a@example.org,,,,2020-01-01,", "expires_on", "expire before"),
        ("a@example.org,,,2019-01-01,2020-01-01,", "expires_on", "expired already"),
        ("a@example.org,,,,,klingon", "language", "not a language"),
        (f"a@example.org,{'x' * 201},,,,", "name", "longer than 200"),
    ],
)
def test_what_is_wrong_is_said_in_words(badge: Badge, cells: str, field: str, words: str) -> None:
    text = f"email,name,evidence,date,valid until,language\nfirst@example.org,,,,,\n{cells}\n"
    row = row_of(rehearsed(badge, text), 3)
    assert (row.state, row.code, list(row.problems)) == (BatchRow.State.WRONG, "invalid", [field])
    assert words in row.reason


@pytest.mark.parametrize(
    ("zone", "end"),
    [
        ("Europe/Paris", "2099-12-31T22:59:59Z"),
        ("America/Los_Angeles", "2100-01-01T07:59:59Z"),
        ("", "2099-12-31T23:59:59Z"),
    ],
)
def test_the_last_day_ends_where_they_are_who_brought_the_list(
    badge: Badge, owner: User, zone: str, end: str
) -> None:
    if zone:
        User.objects.filter(pk=owner.pk).update(time_zone=zone)
    text = "email,valid until\na@example.org,2099-12-31\nb@example.org,9999-12-31\n"
    batch = awarded(badge, text, by=owner.actor if zone else SYSTEM)
    row = Award.objects.get(round=batch.pk)
    assert row.expires_at == datetime.fromisoformat(end)
    assert "too far away" in row_of(batch, 3).reason
    enter_events(issuer=badge.issuer, since=None, now=timezone.now)
    assert codes(checking.CHECKS, at=timezone.now()) == set(), "what is signed says the same"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_is_wrong_is_said_in_the_language_of_the_reader(badge: Badge, language: str) -> None:
    text = "email;awarded on\na@example.org;2026-01-02\nnobody;\na@example.org;\nb@example.org;2199-03-01\n"
    with translation.override("fr"):
        batch = make_batch(badge, text)
    batches.stage_some(batch_id=batch.pk, now=timezone.now)
    assert row_of(batch, 3).problems == {"address": {"code": "no_at", "address": "nobody"}}
    with translation.override(language):
        said = [row_of(batch, number).reason for number in (3, 4, 5)]
        assert said == [
            translation.gettext("“%(address)s” has no @. An address looks like name@example.org.")
            % {"address": "nobody"},
            translation.gettext("This address is in the list twice."),
            translation.gettext("%(day)s is in the future.")
            % {"day": date_format(date(2199, 3, 1), "DATE_FORMAT")},
        ]


def test_rows_of_earlier_times_keep_the_sentence_that_they_have(badge: Badge) -> None:
    batch = rehearsed(badge)
    BatchRow.objects.filter(batch=batch).update(problems={"": "Déjà titulaire de ce badge."})
    assert row_of(batch, 2).reason == "Déjà titulaire de ce badge."


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_pasted_list_is_called_so_in_the_language_of_the_reader(badge: Badge, language: str) -> None:
    with translation.override("fr"):
        batch = batches.upload_text(badge=badge, text="a@example.org\n", by=SYSTEM, at=timezone.now())
    with translation.override(language):
        assert str(batch) == batch.title == translation.gettext("Pasted list")
        assert list(batches_for_members(badge.issuer, words=batch.title[:6])) == [batch]


def test_own_columns_stand_below_the_narrative(badge: Badge) -> None:
    batch = rehearsed(badge, "email,narrative,Grade,Room\na@example.org,Bravo.,A,12\n")
    own = {0: "address", 1: "narrative", 2: "own", 3: "own"}
    batches.remap(batch=batch, mapping=own, by=SYSTEM, at=timezone.now())
    work(batch)
    assert row_of(batch, 2).data["narrative"] == "Bravo.\n\n**Grade**: A\n\n**Room**: 12"


def test_who_is_twice_in_the_list_or_holds_the_badge_is_marked(badge: Badge) -> None:
    make_award(badge, address="held@example.org")
    text = "email\nnew@example.org\nHELD@example.org\nNew@Example.org\nnew@example.org\n"
    batch = rehearsed(badge, text)
    assert states(batch) == ["ready", "duplicate", "duplicate", "duplicate"]
    assert [row_of(batch, n).code for n in (3, 4, 5)] == ["already_held", "double", "double"]
    assert counts_fit(batch)


def test_a_badge_that_may_be_earned_again_goes_to_who_holds_it(badge: Badge) -> None:
    again = make_badge(badge.issuer, may_be_repeated=True)
    make_award(again, address="held@example.org")
    assert states(rehearsed(again, "email\nheld@example.org\nheld@example.org\n")) == ["ready", "duplicate"]


def test_reading_goes_on_where_it_stopped(badge: Badge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "ROWS_AT_ONCE", 10)
    batch = make_batch(badge, people_csv(35))
    for read in (10, 20, 30):
        assert batches.stage_some(batch_id=batch.pk, now=timezone.now, seconds=0)
        batch.refresh_from_db()
        assert (batch.state, batch.rows_read) == (Batch.State.READING, read)
    work(batch)
    assert (batch.state, batch.ready) == (Batch.State.REHEARSED, 35)
    assert list(BatchRow.objects.order_by("number").values_list("number", flat=True)) == list(range(2, 37))
    assert counts_fit(batch)


def test_a_worker_that_died_is_followed_by_another_and_comes_too_late(
    badge: Badge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "ROWS_AT_ONCE", 10)
    batch = make_batch(badge, people_csv(25))
    now = timezone.now()
    dead = staging.lease(batch.pk, state=Batch.State.READING, at=now)
    assert dead is not None
    assert not batches.stage_some(batch_id=batch.pk, now=lambda: now + timedelta(seconds=30))
    assert batches.stage_some(batch_id=batch.pk, now=lambda: now + staging.LEASE * 2)
    with pytest.raises(staging.LostLease):
        staging._stage(dead, [BatchRow(batch=batch, number=99, cells=[], state="ready")], at=now)
    batch.refresh_from_db()
    assert (batch.state, batch.ready) == (Batch.State.REHEARSED, 25)
    assert counts_fit(batch)


def test_a_file_that_turns_out_to_be_damaged_leaves_no_half_list(
    badge: Badge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "ROWS_AT_ONCE", 10)
    batch = make_batch(badge, people_csv(300))
    batches.stage_some(batch_id=batch.pk, now=timezone.now, seconds=0)
    default_storage.delete(batch.file)
    default_storage.save(
        batch.file, io.BytesIO(people_csv(300).encode() + b'x@example.org,"' + b"y\n" * 200_000)
    )
    work(batch)
    assert batch.state == Batch.State.UNREADABLE
    assert "quotation mark" in batch.problem
    assert not BatchRow.objects.exists()
    assert counts_fit(batch)


def test_a_file_that_is_gone_is_said_to_be_unreadable(badge: Badge, caplog: pytest.LogCaptureFixture) -> None:
    batch = make_batch(badge)
    default_storage.delete(batch.file)
    work(batch)
    assert (batch.state, bool(batch.problem)) == (Batch.State.UNREADABLE, True)
    assert "could not be read" in caplog.text


def test_columns_read_otherwise_are_remembered_for_the_same_headings(badge: Badge) -> None:
    batch = rehearsed(badge, "email,Contact,Kind\na@example.org,b@example.org,x\n")
    assert row_of(batch, 2).address == "a@example.org"
    batches.remap(batch=batch, mapping={1: "address", 2: "own"}, by=SYSTEM, at=timezone.now())
    work(batch)
    assert (batch.state, batch.ready, batch.mapping_is_guess) == (Batch.State.REHEARSED, 1, False)
    assert row_of(batch, 2).address == "b@example.org"
    assert ColumnMapping.objects.count() == 1
    later = rehearsed(badge, "EMAIL,contact,Kind\nc@example.org,d@example.org,y\n")
    assert (row_of(later, 2).address, later.mapping_is_guess) == ("d@example.org", False)
    with pytest.raises(Invalid, match="which column"):
        batches.remap(batch=later, mapping={0: "name"}, by=SYSTEM, at=timezone.now())


def test_a_column_more_is_read_as_the_list_was_before(badge: Badge) -> None:
    batch = rehearsed(badge, "email,Contact,Comment\na@example.org,nobody,x\n")
    batches.remap(batch=batch, mapping={1: "address"}, by=SYSTEM, at=timezone.now())
    assert states(work(batch)) == ["wrong"]
    _kind, pieces = failed_rows_of(batch)
    mended = b"".join(pieces).decode("utf-8-sig").replace("nobody", "b@example.org")
    again = rehearsed(
        badge,
        mended.replace("What is wrong", "Language").replace(
            "“b@example.org” has no @. An address looks like name@example.org.", "fr"
        ),
    )
    assert again.headers == ["email", "Contact", "Comment", "Language"]
    assert again.mapping == {"1": "address", "3": "language"}, (
        "what was left alone stays so; what is new is guessed"
    )
    assert again.mapping_is_guess
    other = rehearsed(badge, "email,Comment\nc@example.org,y\n")
    assert other.mapping == {"0": "address", "1": "narrative"}


def test_pasted_lines_and_rows_of_a_program_are_read_alike(badge: Badge) -> None:
    given = {"badge": badge, "by": SYSTEM, "at": timezone.now()}
    pasted = batches.upload_text(text="Inès Marchand <ines@example.org>\njean@example.org\n", **given)  # type: ignore[arg-type]
    rows = [
        {"address": "a@example.org", "name": "A, B; C", "narrative": 'She said "yes".\nTwice; and again.'},
        {"address": "b@example.org", "evidence": "https://example.org/1 https://example.org/2"},
    ]
    sent = batches.upload_rows(rows=rows, **given)  # type: ignore[arg-type]
    assert (work(pasted).ready, work(sent).ready) == (2, 2)
    assert pasted.rows.get(address="ines@example.org").name == "Inès Marchand"
    first, second = sent.rows.order_by("number")
    assert (first.name, first.data["narrative"]) == ("A, B; C", 'She said "yes".\nTwice; and again.')
    assert second.data["evidence"] == ["https://example.org/1", "https://example.org/2"]


def test_a_program_may_confirm_with_the_upload(badge: Badge) -> None:
    batch = work(make_batch(badge, options=batches.Options(start_after=timedelta(0))))
    assert (batch.state, batch.awarded) == (Batch.State.DONE, 3)
    held = work(
        make_batch(badge, people_csv(2, prefix="x"), options=batches.Options(start_after=timedelta(hours=1)))
    )
    assert (held.state, held.ready) == (Batch.State.HELD, 2)


def test_reading_costs_few_queries_however_many_rows_there_are(badge: Badge) -> None:
    counts = []
    for size in (30, 300):
        batch = make_batch(badge, people_csv(size, prefix=f"of{size}-"))
        with CaptureQueriesContext(connection) as queries:
            work(batch)
        counts.append(len(queries))
    assert counts[1] - counts[0] <= (0 if connection.vendor == "postgresql" else 8)
    assert counts[0] <= 30
