"""Reads: for public pages (public.py) and for members of an organisation (members.py, figures.py)."""

from assertions.queries.batch_lists import batches_for_members, failed_rows_of, rows_for_members, rows_of
from assertions.queries.batches import Progress, answers_of_batch, mails_of_batch, progress_of
from assertions.queries.figures import Figures, figures_of
from assertions.queries.members import (
    MOST_COUNTED,
    AwardFilter,
    AwardState,
    awards_for_members,
    awards_of_round,
    failed_mails,
    known_as,
    last_mails,
    mail_counts,
    mails_about,
    mails_for_members,
    pending_names,
    people_of,
    signed_by_key,
)
from assertions.queries.public import (
    EditionState,
    PageState,
    PublicState,
    award_behind,
    edition_state,
    gone_awards,
    page_state,
    public_state,
)
from assertions.queries.queues import batch_queue, link_queue

__all__ = [
    "MOST_COUNTED",
    "AwardFilter",
    "AwardState",
    "EditionState",
    "Figures",
    "PageState",
    "Progress",
    "PublicState",
    "answers_of_batch",
    "award_behind",
    "awards_for_members",
    "awards_of_round",
    "batch_queue",
    "batches_for_members",
    "edition_state",
    "failed_mails",
    "failed_rows_of",
    "figures_of",
    "gone_awards",
    "known_as",
    "last_mails",
    "link_queue",
    "mail_counts",
    "mails_about",
    "mails_for_members",
    "mails_of_batch",
    "page_state",
    "pending_names",
    "people_of",
    "progress_of",
    "public_state",
    "rows_for_members",
    "rows_of",
    "signed_by_key",
]
