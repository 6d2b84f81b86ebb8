"""Data of earlier times: who withdrew is told from who declined, and mails know of which list they are."""

from importlib import import_module

from django.apps import apps

from assertions.models import Award, FiguresChange
from assertions.queries import mails_of_batch
from assertions.services import checking
from assertions.services.claiming import accept, decline, withdraw
from badges.models import Badge
from journal.models import Message
from tests.assertions.batching import awarded, people_csv
from tests.assertions.test_webhooks import link
from tests.factories import NOON, make_award
from tests.planting import codes

migration = import_module("assertions.migrations.0012_said_as_it_is")


def test_who_had_accepted_before_has_withdrawn(badge: Badge) -> None:
    declined = make_award(badge)
    decline(token=link(declined), at=NOON)
    withdrawn = make_award(badge)
    accept(token=link(withdrawn), at=NOON)
    withdraw(award=Award.objects.get(pk=withdrawn.pk), at=NOON)
    # As it was kept in earlier times.
    Award.objects.filter(pk=withdrawn.pk).update(response="declined")
    FiguresChange.objects.filter(withdrawn=1).update(withdrawn=0, declined=1)
    assert codes(checking.figures.CHECKS, at=NOON) == set()
    migration.tell_withdrawn_from_declined(apps, None)
    assert Award.objects.get(pk=withdrawn.pk).response == "withdrawn"
    assert Award.objects.get(pk=declined.pk).response == "declined"
    assert codes(checking.figures.CHECKS, at=NOON) == set()


def test_mails_of_lists_are_counted(badge: Badge) -> None:
    batch = awarded(badge, people_csv(3))
    make_award(badge, notify=True)
    Message.objects.update(round=None)
    assert mails_of_batch(batch)["due"] == 0
    migration.name_the_rounds_of_mails(apps, None)
    assert mails_of_batch(batch)["due"] == 3
    assert Message.objects.filter(kind="award", round=None).count() == 1
