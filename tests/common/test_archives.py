"""Many files in one ZIP or in a folder, and what becomes of a work that is broken off."""

import hashlib
import tracemalloc
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from common.archives import Folder, Listed, ZipFolder, checked_path, place_at

AT = datetime(2026, 3, 3, 12, 30, 14)


def test_a_zip_holds_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with place_at(path, at=AT) as place:
        digest = place.add("a/b.txt", b"words " * 1000)
        place.add("c.png", iter([b"one", b"two"]))
        assert (place.files, place.size) == (2, 6006)
    with zipfile.ZipFile(path) as read:
        assert read.testzip() is None
        assert {name: read.read(name) for name in read.namelist()} == {
            "a/b.txt": b"words " * 1000,
            "c.png": b"onetwo",
        }
        assert read.getinfo("c.png").compress_type == zipfile.ZIP_STORED
        assert read.getinfo("a/b.txt").date_time == (2026, 3, 3, 12, 30, 14)
    assert digest == hashlib.sha256(b"words " * 1000).hexdigest()


def test_many_members_take_little_memory(tmp_path: Path) -> None:
    """The directory of the members is packed while it grows: the class itself keeps 400 bytes for each."""
    path, count = tmp_path / "many.zip", 5000
    tracemalloc.start()
    with ZipFolder(path, at=AT) as place:
        for number in range(1000):
            place.add(f"warm/{number:032x}", b"x")
        before = tracemalloc.get_traced_memory()[0]
        for number in range(count):
            place.add(f"assertions/{number:032x}.jws", b"x")
        grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown / count < 100
    with zipfile.ZipFile(path) as read:
        assert len(read.namelist()) == count + 1000
        assert read.read(f"assertions/{count - 1:032x}.jws") == b"x"


def test_a_list_of_hashes_as_sha256sum_reads_it(tmp_path: Path) -> None:
    with place_at(tmp_path / "kit", at=AT) as place, Listed(place) as listed:
        listed.add("b/x", b"1")
        listed.write_list("files.sha256")
    assert (tmp_path / "kit/files.sha256").read_text() == f"{hashlib.sha256(b'1').hexdigest()}  b/x\n"


@pytest.mark.parametrize("path", ["", "/a", "../a", "a/../../b", "a\\b", "a\0", "é"])
def test_no_path_leads_out(path: str) -> None:
    with pytest.raises(ValueError, match="not a path"):
        checked_path(path)


@pytest.mark.parametrize("name", ["a.zip", "folder"])
def test_what_is_broken_off_leaves_nothing(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a path"), place_at(tmp_path / name, at=AT) as place:
        place.add("/a", b"1")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError), place_at(tmp_path, at=AT):
        pass
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_nothing_is_written_twice(tmp_path: Path) -> None:
    place = Folder(tmp_path / "new")
    place.add("a", b"1")
    with pytest.raises(FileExistsError):
        place.add("a", b"2")
