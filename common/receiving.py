"""Files on their way in: what was cut off on the way is refused, and a full disk is said instead of failing."""

import errno
from contextlib import suppress
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import (
    FileUploadHandler,
    MemoryFileUploadHandler,
    SkipFile,
    TemporaryFileUploadHandler,
)
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

from common.errors import Refused

# No space left, over a quota, over a limit for files.
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class NoRoom(Refused):
    """The server has no room for a file: RFC 4918, 11.5 (507 Insufficient Storage)."""

    code = "no_room"
    status = 507

    def __init__(self, field: str = "file") -> None:
        words = _("The file could not be kept: the server has no room at the moment. Please try again later.")
        super().__init__(words, fields={field: words})


def is_full(error: OSError) -> bool:
    return error.errno in FULL


def lacked_room(request: HttpRequest) -> bool:
    """Whether a file of this request was left out because there was no room for it."""
    return getattr(request, "lacked_room", False)


# Where the whole request is small (FILE_UPLOAD_MAX_MEMORY_SIZE).
SmallUpload = MemoryFileUploadHandler


class WholeUpload(FileUploadHandler):
    """Refuses a request of which only the beginning came: half a list must not be taken for the list."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None

    def upload_complete(self) -> None:
        # Django's own: it hands on what came, and knows how much was to come.
        stream = getattr(self.request, "_stream", None)
        came, promised = getattr(stream, "_pos", 0), getattr(stream, "limit", 0)
        if came < promised:
            raise MultiPartParserError("The request ended before all of it had come.")


class SpooledUpload(TemporaryFileUploadHandler):
    """A large file in the folder for temporary files. Where that is full, it is left out and the request says so."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().new_file(*args, **kwargs)
        except OSError as error:
            self._give_up(error)
            raise SkipFile from error

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        try:
            super().receive_data_chunk(raw_data, start)
        except OSError as error:
            self._give_up(error)
            raise SkipFile from error

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        if not hasattr(self, "file"):
            return None
        try:
            return super().file_complete(file_size)
        except OSError as error:
            self._give_up(error)
            return None

    def _give_up(self, error: OSError) -> None:
        """Nothing of it stays: closing deletes it, even where its last bytes cannot be written."""
        if not is_full(error):
            raise error
        self.request.lacked_room = True  # type: ignore[union-attr]
        if hasattr(self, "file"):
            with suppress(OSError):
                self.file.close()
            del self.file
