"""Files that are looked at and forgotten: held in memory, never on disk, and no more of them than is needed."""

import io
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

MOST_BYTES = 10_000_000
MOST_BYTES_TOGETHER = 25_000_000


class Glance(FileUploadHandler):
    """Keeps up to 10 MB of each file, 25 MB of all; of what is larger it keeps nothing but the size."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._room = MOST_BYTES_TOGETHER
        self._kept = bytearray()
        self._is_too_large = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._kept = bytearray()
        self._is_too_large = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        size = len(self._kept) + len(raw_data)
        if self._is_too_large or size > min(MOST_BYTES, self._room):
            self._is_too_large = True
            self._kept = bytearray()
        else:
            self._kept += raw_data

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        """`too_large` where it was not kept."""
        self._room -= len(self._kept)
        file = InMemoryUploadedFile(
            io.BytesIO(bytes(self._kept)), self.field_name, self.file_name or "", self.content_type or "",
            file_size, self.charset,
        )  # fmt: skip
        file.too_large = self._is_too_large  # type: ignore[attr-defined]
        return file
