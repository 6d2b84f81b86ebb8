"""The worker and its timetable. Rows are the queue: a lost message costs one sweep, never data."""

import os
from datetime import UTC, datetime
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import worker_shutting_down
from kombu import Exchange, Queue

from common import stopping

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "badgeplatform.settings")
app = Celery("badgeplatform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# A worker without --queues takes all of them. The patterns are tried in turn: what a task is called says where it goes.
app.conf.update(
    task_queues=[
        Queue(name, Exchange("badges"), routing_key=name)
        for name in ("default", "signing", "mail", "webhooks")
    ],
    task_default_queue="default",
    task_default_routing_key="default",
    task_default_exchange="badges",
    task_create_missing_queues=False,
    task_routes={
        "*.tasks.*webhook*": {"queue": "webhooks"},
        "assertions.tasks.*batch*": {"queue": "signing"},
        "journal.tasks.deliver_*": {"queue": "mail"},
        "assertions.tasks.*link*": {"queue": "mail"},
        "assertions.tasks.remind_*": {"queue": "mail"},
    },
)
# What nobody took up until the next one is sent has had its turn: no heap of them grows while workers are away.
SWEEP = {"schedule": 30.0, "options": {"expires": 30.0}}
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def hourly(minute: int) -> dict[str, Any]:
    """At this minute of every hour, and when the clock starts: it remembers nothing, and a machine that is on for some
    hours a day would never see a whole day pass. So what is to be done once a day is looked at hourly too."""
    return {"schedule": crontab(minute=minute), "options": {"expires": 3600.0}, "last_run_at": LONG_AGO}


app.conf.beat_schedule = {
    "send due mail": {"task": "journal.tasks.deliver_due_messages"} | SWEEP,
    "tell webhooks": {"task": "issuers.tasks.deliver_webhooks"} | SWEEP,
    "answer requests for links": {"task": "assertions.tasks.answer_link_requests"} | SWEEP,
    "go on with batches": {"task": "assertions.tasks.sweep_batches"} | SWEEP,
    "enter acts in registers": {"task": "assertions.tasks.enter_in_registers"} | SWEEP,
    "complete and sign registers": {"task": "assertions.tasks.complete_registers"} | hourly(4),
    "make archives": {"task": "assertions.tasks.make_archives"} | SWEEP,
    "remove old archives": {"task": "assertions.tasks.forget_archives"} | hourly(11),
    "add figures up": {
        "task": "assertions.tasks.add_up_figures",
        "schedule": 60.0,
        "options": {"expires": 60.0},
    },
    "remind of badges": {
        "task": "assertions.tasks.remind_recipients",
        "schedule": 600.0,
        "options": {"expires": 600.0},
    },
    "forget accounts never proved": {"task": "accounts.tasks.clear_unproved_accounts"} | hourly(18),
    "forget what is past": {"task": "journal.tasks.clear_old_rows"} | hourly(25),
    "forget pictures that were only tried": {"task": "badges.tasks.forget_pictures"} | hourly(32),
    "forget evidence that was not awarded with": {"task": "assertions.tasks.forget_evidence"} | hourly(39),
    "ask websites again": {
        "task": "issuers.tasks.recheck_websites",
        "schedule": 900.0,
        "options": {"expires": 900.0},
    },
    "forget files of old lists": {"task": "assertions.tasks.forget_batch_files"} | hourly(46),
    "forget old API calls": {"task": "issuers.tasks.forget_old_calls"} | hourly(53),
}


@worker_shutting_down.connect
def end_in_order(**_facts: Any) -> None:
    """SIGTERM: sweeps end after the row that they are at, and leave the others to the next worker."""
    stopping.begin()
