"""Which queue each task goes to, what the timetable says, and what limits hold."""

import os
import time
from pathlib import Path

import pytest
from celery.beat import Scheduler
from celery.schedules import crontab
from django.conf import settings

from badgeplatform.celery import app
from badgeplatform.processes import MESSAGES_KEPT, MOST_MESSAGES, forget_processed

app.loader.import_default_modules()
QUEUES = {"default", "signing", "mail", "webhooks"}


def queue_of(task: str) -> str:
    return str(app.amqp.router.route({}, task)["queue"].name)


@pytest.mark.parametrize(
    ("task", "queue"),
    [
        ("journal.tasks.deliver_due_messages", "mail"),
        ("assertions.tasks.answer_link_requests", "mail"),
        ("assertions.tasks.remind_recipients", "mail"),
        ("assertions.tasks.sweep_batches", "signing"),
        ("assertions.tasks.enter_in_registers", "default"),
        ("issuers.tasks.deliver_webhooks", "webhooks"),
        ("issuers.tasks.forget_old_calls", "default"),
        ("badges.tasks.forget_pictures", "default"),
    ],
)
def test_where_a_task_goes(task: str, queue: str) -> None:
    assert queue_of(task) == queue


def test_a_worker_takes_all_queues_and_no_message_is_in_two() -> None:
    queues = app.amqp.queues
    assert set(queues) == set(queues.consume_from) == QUEUES
    assert {queue.routing_key for queue in queues.values()} == QUEUES


def test_the_timetable_names_real_tasks_and_sweeps_do_not_pile_up() -> None:
    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in app.tasks
        every = 3600 if isinstance(entry["schedule"], crontab) else entry["schedule"]
        assert entry["options"]["expires"] == every <= 3600


def test_a_machine_that_is_never_on_for_long_does_what_is_seldom_done_too() -> None:
    """The clock begins anew whenever it starts."""
    seldom = [entry for entry in Scheduler(app).schedule.values() if isinstance(entry.schedule, crontab)]
    assert len(seldom) == 8
    assert all(entry.is_due().is_due for entry in seldom), "as soon as it starts"
    soon = [next(entry).is_due() for entry in seldom]
    assert not any(is_due for is_due, _seconds in soon)
    assert all(seconds <= 3600 for _is_due, seconds in soon), "and every hour after that"
    assert len({frozenset(entry.schedule.minute) for entry in seldom}) == 8, "each at a minute of its own"


def test_work_is_confirmed_when_it_is_done_and_may_not_hang() -> None:
    assert app.conf.task_acks_late
    assert app.conf.worker_prefetch_multiplier == 1
    assert 0 < app.conf.task_soft_time_limit < app.conf.task_time_limit
    assert app.conf.task_default_queue in QUEUES


def test_an_archive_may_take_longer_than_anything_else() -> None:
    archive = app.tasks["assertions.tasks.make_archives"]
    assert app.conf.task_time_limit < archive.soft_time_limit < archive.time_limit


def test_the_queue_of_archives_has_another_process_for_everything_else() -> None:
    text = (settings.BASE_DIR / "docker-compose.yml").read_text()
    line = next(line for line in text.splitlines() if '"--queues", "default"' in line)
    assert int(line.split('"')[-2]) >= 2


def test_what_the_file_broker_has_handed_out_is_forgotten(tmp_path: Path) -> None:
    now = time.time()
    for number in range(MOST_MESSAGES + 10):
        message = tmp_path / f"{number}.mail.msg"
        message.write_text("{}")
        os.utime(message, (now - number, now - number))
    old = tmp_path / "0.mail.msg"
    os.utime(old, (now - MESSAGES_KEPT - 1,) * 2)
    forget_processed(tmp_path)
    kept = {int(path.name.split(".")[0]) for path in tmp_path.iterdir()}
    assert kept == set(range(1, MOST_MESSAGES + 1))
