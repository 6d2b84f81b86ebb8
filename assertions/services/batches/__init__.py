"""Awarding to a whole list of people: upload, look, mend, confirm, award, take back."""

from assertions.services.batches.acting import (
    HOLD,
    UNDO_REVOKE,
    can_be_restored,
    cancel_rest,
    confirm,
    pause,
    resume,
    revoke_batch,
    start_now,
    undo,
    undo_revoke,
)
from assertions.services.batches.clearing import FILE_KEPT, clear_some, forget_files
from assertions.services.batches.guarding import may
from assertions.services.batches.issuing import begin, cancel_some, finish, issue_chunk
from assertions.services.batches.mending import discard, leave_out, mend_row, put_back, remap
from assertions.services.batches.passing import apart
from assertions.services.batches.reading import nomination_of
from assertions.services.batches.staging import stage_some
from assertions.services.batches.taking_back import restore_some, revoke_some
from assertions.services.batches.uploading import (
    AlreadyUploaded,
    Options,
    change_options,
    forget_file,
    upload,
    upload_rows,
    upload_text,
)
from assertions.services.batches.working import scopes_of, work_on, work_waiting

__all__ = [
    "FILE_KEPT",
    "HOLD",
    "UNDO_REVOKE",
    "AlreadyUploaded",
    "Options",
    "apart",
    "begin",
    "can_be_restored",
    "cancel_rest",
    "cancel_some",
    "change_options",
    "clear_some",
    "confirm",
    "discard",
    "finish",
    "forget_file",
    "forget_files",
    "issue_chunk",
    "leave_out",
    "may",
    "mend_row",
    "nomination_of",
    "pause",
    "put_back",
    "remap",
    "restore_some",
    "resume",
    "revoke_batch",
    "revoke_some",
    "scopes_of",
    "stage_some",
    "start_now",
    "undo",
    "undo_revoke",
    "upload",
    "upload_rows",
    "upload_text",
    "work_on",
    "work_waiting",
]
