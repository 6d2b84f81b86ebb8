"""Awarding to a whole list of people: upload, look, mend, confirm, award, take back."""

from assertions.services.batches.acting import HOLD, cancel_rest, confirm, pause, resume, revoke_batch, undo
from assertions.services.batches.guarding import may
from assertions.services.batches.issuing import begin, cancel_some, finish, issue_chunk
from assertions.services.batches.mending import discard, leave_out, mend_row, put_back, remap
from assertions.services.batches.reading import nomination_of
from assertions.services.batches.staging import stage_some
from assertions.services.batches.taking_back import revoke_some
from assertions.services.batches.uploading import (
    AlreadyUploaded,
    Options,
    change_options,
    forget_file,
    upload,
    upload_rows,
    upload_text,
)
from assertions.services.batches.working import work_on, work_waiting

__all__ = [
    "HOLD",
    "AlreadyUploaded",
    "Options",
    "begin",
    "cancel_rest",
    "cancel_some",
    "change_options",
    "confirm",
    "discard",
    "finish",
    "forget_file",
    "issue_chunk",
    "leave_out",
    "may",
    "mend_row",
    "nomination_of",
    "pause",
    "put_back",
    "remap",
    "resume",
    "revoke_batch",
    "revoke_some",
    "stage_some",
    "undo",
    "upload",
    "upload_rows",
    "upload_text",
    "work_on",
    "work_waiting",
]
