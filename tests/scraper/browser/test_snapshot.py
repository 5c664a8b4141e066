"""The snapshot of a failed page, from the reading to the files."""

import zipfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import orjson
import pytest

from cinestream.contracts import Invalid
from cinestream.contracts.page import MAX_PAGE_BYTES
from cinestream_scraper.browser.snapshot import pack, unpack, write
from cinestream_scraper.pages.page import Page
from cinestream_scraper.pages.reading import Evidence, Reading

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def reading(evidence: Evidence | None, html: str = "<p>é") -> Reading:
    """Return a reading that failed."""
    return Reading("http://x/title/tt0000001/", "http://x/sorry", 503, Page(html), NOW, "7", evidence)


def test_a_snapshot_holds_all_facts_of_a_failure(tmp_path: Path) -> None:
    """The files are facts, page, screenshot and console."""
    packed = pack(reading(Evidence(b"PNG", ["SEVERE a", "INFO b"], {"responseEnd": 12.5})), "server-error")
    paths = write(unpack(packed), tmp_path / "new" / "folder")
    files = {path.name: path.read_bytes() for path in paths}
    assert files["page.html"] == "<p>é".encode()
    assert files["screenshot.png"] == b"PNG"
    assert files["console.log"] == b"SEVERE a\nINFO b"
    facts = orjson.loads(files["facts.json"])
    assert (facts["status"], facts["final_url"], facts["why"]) == (503, "http://x/sorry", "server-error")
    assert facts["timing"] == {"responseEnd": 12.5}


@pytest.mark.parametrize("evidence", [None, Evidence(b"", [], {}), Evidence(bytes(4_000_001), [], {})])
def test_a_snapshot_needs_no_screenshot(evidence: Evidence | None) -> None:
    """A missing or huge screenshot costs no other part."""
    files = unpack(pack(reading(evidence), "x"))
    assert "screenshot.png" not in files
    assert files["page.html"]


def test_a_snapshot_is_bounded() -> None:
    """A page of any length is cut to the limit."""
    assert len(unpack(pack(reading(None, "x" * (MAX_PAGE_BYTES + 5)), "x"))["page.html"]) == MAX_PAGE_BYTES


def test_only_the_files_of_a_snapshot_are_unpacked() -> None:
    """Files of other names, which might lead out of the folder, are skipped. A ZIP bomb and a text are refused."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../page.html", "x")
        archive.writestr("page.html", "y")
    assert unpack(packed.getvalue()) == {"page.html": b"y"}
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("page.html", bytes(20_000_000))
    for bad in (packed.getvalue(), b"text", b""):
        with pytest.raises(Invalid, match="snapshot"):
            unpack(bad)
