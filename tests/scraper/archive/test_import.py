"""The commands `import` and `export`, on a real nats-server."""

import gzip
import os
import secrets
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import anyio
import anyio.to_thread
import brotli  # type: ignore[import-untyped]
import pytest
from tests.main_function import invoke
from tests.nats_server import NatsServer
from tests.scraper.page_samples import chart_page, title_page
from warcio.archiveiterator import ArchiveIterator  # type: ignore[import-untyped]
from warcio.statusandheaders import StatusAndHeaders  # type: ignore[import-untyped]
from warcio.warcwriter import WARCWriter  # type: ignore[import-untyped]

from cinestream.bus.jetstream import Bus
from cinestream.contracts import Envelope, RawPage
from cinestream_scraper.__main__ import main
from cinestream_scraper.archive.importer import ImportOutcome, import_pages, judge_saved, size_of
from cinestream_scraper.archive.warc import UnreadableFile, files_in, pages_in
from cinestream_scraper.pages.verdict import Action
from cinestream_scraper.site import Site

pytestmark = pytest.mark.anyio
MODERN = "https://www.imdb.com/title/tt0000001/"


async def run_command(nats: NatsServer, *arguments: str | Path) -> str:
    """Run the command and return its output. It must succeed, unless a file is unreadable."""
    words = [str(argument) for argument in arguments]
    environment = nats.environment("scraper")
    result = await anyio.to_thread.run_sync(lambda: invoke(main, words, environment))
    assert result.exit_code == ("unreadable" in result.stdout), result.output
    return result.stdout


PACKED: dict[str, Callable[[bytes], bytes]] = {"identity": bytes, "gzip": gzip.compress, "br": brotli.compress}


def warc(
    *pages: tuple[str, str, str],
    status: str = "200 OK",
    encoding: str = "identity",
    pack: Callable[[bytes], bytes] = bytes,
) -> bytes:
    """Return an archive of these pages, each with address, content type and body."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True)
    for url, kind, body in pages:
        fields = [("Content-Type", kind), ("Content-Encoding", encoding)]
        headers = StatusAndHeaders(status, fields, protocol="HTTP/1.1")
        date = {"WARC-Date": "2026-01-02T03:04:05Z"}
        payload = BytesIO(pack(body.encode()))
        record = writer.create_warc_record(
            url, "response", payload=payload, http_headers=headers, warc_headers_dict=date
        )
        writer.write_record(record)
    return out.getvalue()


async def last_page(bus: Bus, target: str) -> RawPage:
    """Return the newest stored page of a title."""
    stored = await bus.last_message("PAGES", f"cinestream.pages.imdb.title.{target}")
    assert stored
    return RawPage.decode(stored.envelope)


async def test_saved_pages_are_published_once_and_others_are_counted(
    topology: NatsServer, scraper_bus: Bus, tmp_path: Path
) -> None:
    """Films and charts are published, and the rest is counted by its verdict. The second time nothing is published."""
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "film.html").write_text(title_page("tt0000001"))
    (tmp_path / "chart.htm").write_text(chart_page(["tt0000001"]))
    (tmp_path / "series.html").write_text(title_page("tt0000002", kind="tvSeries"))
    (tmp_path / "other.html").write_text("<p>nothing</p>")
    (tmp_path / "cut.html").write_text(title_page("tt0000003").replace("</html>", ""))
    (tmp_path / "notes.txt").write_text(title_page("tt0000004"))
    output = await run_command(topology, "import", tmp_path)
    assert output.splitlines() == ["incomplete: 1", "no page of a target: 1", "other-kind: 1", "published: 2"]
    assert "stored already: 2" in await run_command(topology, "import", tmp_path)
    assert (await scraper_bus.stream_state("PAGES")).messages == 2
    assert (await last_page(scraper_bus, "tt0000001")).html == title_page("tt0000001")


async def test_a_page_of_the_future_counts_as_one_of_now(
    topology: NatsServer, scraper_bus: Bus, tmp_path: Path
) -> None:
    """Else it would stay fresh until then, and no newer page would replace it."""
    (file := tmp_path / "film.html").write_text(title_page("tt0000001"))
    os.utime(file, (4_000_000_000, 4_000_000_000))
    assert await run_command(topology, "import", file) == "published: 1\n"
    assert (await last_page(scraper_bus, "tt0000001")).fetched_at <= datetime.now(UTC)


@pytest.mark.parametrize("packed", [False, True])
async def test_archives_state_address_time_and_status(
    topology: NatsServer, scraper_bus: Bus, tmp_path: Path, packed: bool
) -> None:
    """They are read from a WARC, by itself or in a WACZ. Records that are not HTML are skipped."""
    html = "text/html; charset=utf-8"
    archive = warc(
        (MODERN, html, title_page("tt0000001")),
        ("https://www.imdb.com/title/tt0000002/", html, title_page("tt0000009")),
        ("https://www.imdb.com/robots.txt", "text/plain", "User-agent: *"),
        ("https://www.imdb.com/", html, "<p>home</p>"),
    )
    file = tmp_path / ("pages.wacz" if packed else "pages.warc.gz")
    if packed:
        with zipfile.ZipFile(file, "w") as package:
            package.writestr("archive/pages.warc.gz", archive)
    else:
        file.write_bytes(archive)
    output = await run_command(topology, "import", file)
    assert output.splitlines() == ["moved: 1", "no page of a target: 1", "published: 1"]
    page = await last_page(scraper_bus, "tt0000001")
    assert (page.url, page.status, page.fetched_at) == (MODERN, 200, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))


@pytest.mark.parametrize("encoding", ["gzip", "br"])
@pytest.mark.parametrize("packed", [True, False])
async def test_an_archive_may_hold_compressed_pages(
    topology: NatsServer, scraper_bus: Bus, tmp_path: Path, encoding: str, packed: bool
) -> None:
    """Pages may be compressed as for browsers. Some crawlers decompress them and keep the header."""
    pack = PACKED[encoding if packed else "identity"]
    archive = warc((MODERN, "text/html", title_page("tt0000001")), encoding=encoding, pack=pack)
    (tmp_path / "x.warc.gz").write_bytes(archive)
    assert await run_command(topology, "import", tmp_path) == "published: 1\n"
    assert (await last_page(scraper_bus, "tt0000001")).html == title_page("tt0000001")


async def test_an_error_page_in_an_archive_is_never_a_film(
    topology: NatsServer, scraper_bus: Bus, tmp_path: Path
) -> None:
    """The recorded status decides, whatever the body looks like."""
    (tmp_path / "x.warc.gz").write_bytes(warc((MODERN, "text/html", title_page("tt0000001")), status="503 Busy"))
    assert await run_command(topology, "import", tmp_path) == "server-error: 1\n"
    assert (await scraper_bus.stream_state("PAGES")).messages == 0


async def test_damaged_files_do_not_stop_the_others(topology: NatsServer, scraper_bus: Bus, tmp_path: Path) -> None:
    """Damaged files are counted."""
    (tmp_path / "1.warc.gz").write_bytes(b"no archive")
    (tmp_path / "2.wacz").write_bytes(b"no package")
    (tmp_path / "3.html").write_text(title_page("tt0000001"))
    assert await run_command(topology, "import", tmp_path) == "published: 1\nunreadable: 2\n"


HTML = "text/html; charset=utf-8"


def pages(count: int) -> list[tuple[str, str, str]]:
    """Return so many films whose pages compress badly."""
    ids = [f"tt{number:07}" for number in range(1, count + 1)]
    noise = {id: f"<body><!--{secrets.token_hex(5000)}-->" for id in ids}
    return [(f"https://www.imdb.com/title/{id}/", HTML, title_page(id).replace("<body>", noise[id])) for id in ids]


@pytest.mark.parametrize("damage", ["cut", "cut in its headers", "cut between", "hit", "followed", "cut unpacked"])
@pytest.mark.parametrize("packed", [False, True])
async def test_a_damaged_archive_is_imported_up_to_its_damage(
    topology: NatsServer, scraper_bus: Bus, tmp_path: Path, damage: str, packed: bool
) -> None:
    """It is not taken for a complete one. Importing the whole archive continues from there."""
    parts = [warc(page) for page in pages(4)]
    good, whole, at = b"".join(parts[:2]), b"".join(parts), len(b"".join(parts[:2]))
    damaged = {
        "cut": whole[: at + len(parts[2]) // 2],
        "cut in its headers": whole[: at + 20],
        "cut between": good + parts[2][:1],
        "hit": whole[: at + 500] + b"\0" * 100 + whole[at + 600 :],
        "followed": good + b"what is this",
        "cut unpacked": gzip.decompress(whole)[: at + 15_000],
    }[damage]
    file = tmp_path / ("pages.wacz" if packed else "pages.warc.gz")

    def write(body: bytes) -> None:
        if not packed:
            file.write_bytes(body)
            return
        with zipfile.ZipFile(file, "w") as package:
            package.writestr("archive/pages.warc.gz", body)

    write(damaged)
    said_now = (await run_command(topology, "import", file)).splitlines()
    count = (await scraper_bus.stream_state("PAGES")).messages
    assert said_now == [f"published: {count}", "unreadable: 1"]
    assert count == 2 if damage != "cut unpacked" else 0 < count < 4
    write(whole)
    assert await run_command(topology, "import", file) == f"published: {4 - count}\nstored already: {count}\n"


@pytest.mark.parametrize("hit", range(20))
def test_a_page_in_a_damaged_part_is_not_imported(tmp_path: Path, hit: int) -> None:
    """Each page is compressed by itself, and its checksum is verified before it is judged."""
    parts = [warc(page) for page in pages(3)]
    good, at = len(parts[0]), 500 + hit * len(parts[1]) // 40
    archive = bytearray(b"".join(parts))
    archive[good + at : good + at + 100] = bytes(100)
    file = tmp_path / "pages.warc.gz"
    file.write_bytes(archive)
    found: list[str] = []
    with pytest.raises(UnreadableFile):
        found.extend(saved.url for saved in pages_in(file))
    assert found == ["https://www.imdb.com/title/tt0000001/"]


def commented(member: bytes, size: int) -> bytes:
    """Return the same gzip member, enlarged by a comment in its header (RFC 1952)."""
    comment = b"x" * (size - len(member) - 1) + b"\0"
    return member[:3] + b"\x10" + member[4:10] + comment + member[10:]


def sized(page: tuple[str, str, str], size: int) -> bytes:
    """Return the archive of one page with this decompressed size, without the four bytes after its record."""
    url, kind, html = page
    more = size + 4 - len(gzip.decompress(warc(page)))
    return warc((url, kind, html.replace("<!--", "<!--" + "x" * more)))


@pytest.mark.parametrize("filled", ["first page", "second page", "between", "after"])
@pytest.mark.parametrize("size", [16_384, 16_000], ids=["as warcio reads", "less"])
def test_the_checksum_of_a_page_counts_wherever_it_ends(tmp_path: Path, filled: str, size: int) -> None:
    """Around the end of a block of the file, a whole page is imported and a damaged one is not."""
    first, second = (sized(page, size) for page in pages(2))
    file = tmp_path / "pages.warc.gz"
    for at in range((1 << 16) - 20, (1 << 16) + 21):
        before, after = {
            "first page": (commented(first, at), second),
            "second page": (first, commented(second, at - len(first))),
            "between": (first.ljust(at, b"\0"), second),
            "after": (first, second),
        }[filled]
        archive = bytearray(before + after)
        file.write_bytes(archive.ljust(at, b"\0") if filled == "after" else archive)
        assert [saved.url[-3:-1] for saved in pages_in(file)] == ["01", "02"], at
        archive[-1 - at % 8] ^= 1
        file.write_bytes(archive)
        found: list[str] = []
        with pytest.raises(UnreadableFile):
            found.extend(saved.url[-3:-1] for saved in pages_in(file))
        assert found == ["01"], at


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_a_truncated_body_is_no_whole_page(tmp_path: Path, encoding: str) -> None:
    """It may be cut anywhere: the decompressed part is judged, and an incomplete page is not published."""
    ((url, kind, html),) = pages(1)
    sent = PACKED[encoding](html.encode())

    def cut(size: int) -> bytes:
        return warc((url, kind, html), encoding=encoding, pack=lambda _: sent[:size])

    sizes = [*range(0, len(sent), 50), *range(len(sent) - 30, len(sent) + 1)]
    file = tmp_path / "pages.warc.gz"
    file.write_bytes(b"".join(map(cut, sizes)))
    judged = [(saved.html, judge_saved(saved, Site.of("https://www.imdb.com"))) for saved in pages_in(file)]
    published = [text for text, verdict in judged if verdict and verdict[2].action is Action.PUBLISH]
    assert len(judged) == len(sizes)
    assert any(html.startswith(text) and 0 < len(text) < len(html) // 2 for text, _ in judged)
    assert html in published
    assert {html.removeprefix(text) for text in published} <= {"", ">"}


@pytest.mark.parametrize("name", ["WARC-Date", "WARC-Target-URI", "Content-Length"])
async def test_an_archive_of_incomplete_records_is_damaged(
    topology: NatsServer, scraper_bus: Bus, tmp_path: Path, name: str
) -> None:
    """The pages before it are imported, and so are the files after it."""
    first, second = (gzip.decompress(warc(page)) for page in pages(2))
    lines = second.split(b"\r\n")
    lines.remove(next(line for line in lines if line.startswith(name.encode())))
    (tmp_path / "1.warc").write_bytes(first + b"\r\n".join(lines))
    (tmp_path / "2.html").write_text(title_page("tt0000009"))
    assert await run_command(topology, "import", tmp_path) == "published: 2\nunreadable: 1\n"


@pytest.mark.parametrize("fault", ["damaged", "damaged LZMA", "encrypted", "packed in another way"])
async def test_an_unreadable_package_does_not_stop_the_others(
    topology: NatsServer, scraper_bus: Bus, tmp_path: Path, fault: str
) -> None:
    """It counts as damaged."""
    file = tmp_path / "1.wacz"
    name = "archive/pages.warc"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_LZMA if "LZMA" in fault else zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, gzip.decompress(warc(*pages(1))))
    packed = bytearray(file.read_bytes())
    begins, listed = 30 + len(name), packed.index(b"PK\x01\x02")
    if "damaged" in fault:
        begins += 9  # the header of LZMA
        packed[begins : begins + 100] = b"\xff" * 100
    else:
        at, value = (6, 1) if fault == "encrypted" else (8, 99)
        packed[at] = packed[listed + at + 2] = value
    file.write_bytes(packed)
    (tmp_path / "2.html").write_text(title_page("tt0000009"))
    assert await run_command(topology, "import", tmp_path) == "published: 1\nunreadable: 1\n"


@pytest.mark.parametrize(
    "command", [("status",), ("import", "film.html"), ("export", "pages.warc.gz"), ("dead-letters", "list")]
)
async def test_without_streams_a_command_states_what_to_do(
    nats: NatsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """NATS runs, and nobody has declared the topology."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "film.html").write_text(title_page("tt0000001"))
    environment = nats.environment("scraper")
    result = await anyio.to_thread.run_sync(lambda: invoke(main, command, environment))
    assert (result.exit_code, "cinestream-topology does it" in result.output) == (1, True)


async def test_two_imports_at_once_store_each_page_once(topology: NatsServer, scraper_bus: Bus, tmp_path: Path) -> None:
    """The second import finds the page of the first."""
    file = tmp_path / "pages.warc.gz"
    file.write_bytes(warc(*pages(20)))
    outcomes: Counter[str] = Counter()

    async def imported() -> None:
        async for progress in import_pages(scraper_bus, Site.of("https://www.imdb.com"), [file]):
            last = progress.outcomes
        outcomes.update(last)

    async with anyio.create_task_group() as group:
        group.start_soon(imported)
        group.start_soon(imported)
    assert outcomes == {ImportOutcome.PUBLISHED: 20, ImportOutcome.STORED_ALREADY: 20}
    assert (await scraper_bus.stream_state("PAGES")).messages == 20


async def test_progress_is_known_within_a_large_archive(topology: NatsServer, scraper_bus: Bus, tmp_path: Path) -> None:
    """The progress is in bytes of the files, and reaches their sum."""
    (tmp_path / "1.html").write_text(title_page("tt0000099"))
    (tmp_path / "2.warc.gz").write_bytes(warc(*pages(40)))
    files = files_in([tmp_path])
    read = [progress.read_bytes async for progress in import_pages(scraper_bus, Site.of("https://www.imdb.com"), files)]
    assert len(read) > len(files)
    assert read == sorted(read)
    assert (read[0], read[-1]) == (size_of(files[0]), size_of(*files))


async def test_a_named_file_is_read_or_reported(topology: NatsServer, scraper_bus: Bus, tmp_path: Path) -> None:
    """A named file is read whatever its name. A folder without any known file is a mistake."""
    archive = tmp_path / "crawl.part"
    archive.write_bytes(warc(*pages(1)))
    assert await run_command(topology, "import", archive) == "published: 1\n"
    environment = topology.environment("scraper")
    result = await anyio.to_thread.run_sync(lambda: invoke(main, ["import", str(tmp_path)], environment))
    assert (result.exit_code, ".warc.gz" in result.output) == (1, True)


async def test_an_older_page_does_not_replace_a_newer_one(
    topology: NatsServer, scraper_bus: Bus, tmp_path: Path
) -> None:
    """The time of the file decides."""
    file = tmp_path / "film.html"
    file.write_text(title_page("tt0000001"))
    await run_command(topology, "import", file)
    os.utime(file, (1, 1))
    assert await run_command(topology, "import", file) == "stored already: 1\n"


async def test_an_export_can_be_imported(topology: NatsServer, scraper_bus: Bus, tmp_path: Path) -> None:
    """Each stored page becomes a response record with its address, time and body, and the same page again."""
    (tmp_path / "film.html").write_text(title_page("tt0000001", canonical="/title/tt0000001/") + "<!-- é -->")
    await run_command(topology, "import", tmp_path / "film.html")
    before = await last_page(scraper_bus, "tt0000001")
    out = tmp_path / "pages.warc.gz"
    assert (await run_command(topology, "export", out)).endswith("1 page\n")
    with out.open("rb") as archive:
        (record,) = list(ArchiveIterator(archive))
        assert record.rec_headers.get_header("WARC-Target-URI") == before.final_url
    assert await run_command(topology, "import", out) == "stored already: 1\n"
    assert [file for file in os.listdir(tmp_path) if file.startswith(out.name)] == [out.name]


async def test_a_page_that_cannot_be_exported_is_left_out(
    topology: NatsServer, scraper_bus: Bus, tmp_path: Path
) -> None:
    """A page of a newer version does not end the export."""
    envelope = Envelope({"Cinestream-Schema": "raw-page/9"}, b"what is this")
    await scraper_bus.publish("cinestream.pages.imdb.title.tt0000009", envelope)
    (tmp_path / "film.html").write_text(title_page("tt0000001"))
    await run_command(topology, "import", tmp_path / "film.html")
    assert (await run_command(topology, "export", tmp_path / "pages.warc.gz")).endswith("1 page\n")


async def test_an_export_that_cannot_be_written_is_reported(topology: NatsServer, tmp_path: Path) -> None:
    """One sentence names the file."""
    out = tmp_path / "nothing" / "pages.warc.gz"
    environment = topology.environment("scraper")
    result = await anyio.to_thread.run_sync(lambda: invoke(main, ["export", str(out)], environment))
    assert result.exit_code == 1
    assert result.output.splitlines()[-1] == f"{out} cannot be written (No such file or directory)"
