"""Files that are whole or not there."""

import stat
from pathlib import Path

import pytest

from cinestream_flow import atomic


def test_a_file_is_replaced_with_the_mode_asked_for(tmp_path: Path) -> None:
    """The mode holds even when the old file was readable by all, and nothing else is left."""
    path = tmp_path / "secret"
    path.write_bytes(b"old")
    atomic.write(path, b"new", mode=0o600)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_leaves_the_old_file(tmp_path: Path) -> None:
    """Half of a new file is worth less than the old one."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(TypeError), atomic.replacing(path) as file:
        file.write(b"half" + None)  # type: ignore[operator]
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_writer_left_is_no_hindrance(tmp_path: Path) -> None:
    """The unfinished file is replaced."""
    (tmp_path / "file.new").write_bytes(b"half")
    atomic.write(tmp_path / "file", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
