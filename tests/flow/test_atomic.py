"""Atomic replacement of files."""

import stat
from pathlib import Path

import pytest

from cinestream_flow import atomic


def test_file_is_replaced_with_the_requested_mode(tmp_path: Path) -> None:
    """The new file has the requested mode although the old one had another, and no other file is left."""
    path = tmp_path / "secret"
    path.write_bytes(b"old")
    atomic.write(path, b"new", mode=0o600)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_error_keeps_the_old_file(tmp_path: Path) -> None:
    """An error while the new file is written leaves the old file unchanged."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(TypeError), atomic.replacing(path) as file:
        file.write(b"half" + None)  # type: ignore[operator]
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_unfinished_file_of_a_killed_writer_is_replaced(tmp_path: Path) -> None:
    """The next writer replaces the unfinished file."""
    (tmp_path / "file.new").write_bytes(b"half")
    atomic.write(tmp_path / "file", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
