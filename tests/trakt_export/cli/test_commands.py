"""The commands beside the export."""

import json
from pathlib import Path

import pytest
from tests.trakt_export.conftest import command
from tests.trakt_export.export.test_archive import zipped
from tests.trakt_export.server import FakeTrakt, movie

from cinestream_trakt_export.settings import TraktSettings


@pytest.fixture
def films(trakt: FakeTrakt) -> FakeTrakt:
    """Add details of three films."""
    for number, genre in ((1, "crime"), (2, "drama"), (3, "crime")):
        facts = {"genres": [genre, "thriller"], "status": "released" if number < 3 else "rumored"}
        trakt.details[str(number)] = movie(number) | facts
    return trakt


def test_details_prints_a_record_for_each_film(films: FakeTrakt, settings: TraktSettings) -> None:
    """An error is a record too, and sets the exit code. A second run reads the cache."""
    result = command(settings, "details", input="1\n2\n9\n")
    records = {record["id"]: record for record in map(json.loads, result.stdout.splitlines())}
    assert (result.returncode, result.stderr) == (1, "1 of 3 could not be read\n")
    assert records["1"]["movie"]["title"] == "Film 1"
    assert (records["9"]["error"], records["9"]["attempts"]) == (
        "there is nothing at Trakt under this address (status 404)",
        1,
    )
    requests = len(films.log)
    assert command(settings, "details", "1", "2").returncode == 0
    assert len(films.log) == requests


def test_details_are_filtered(films: FakeTrakt, settings: TraktSettings) -> None:
    """Genres and statuses are compared without case, at the level of detail that has them."""
    result = command(settings, "details", "1", "2", "3", "--genre", "Crime", "--status", "released")
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["1"]
    assert "/movies/1?extended=full" in films.log


def test_fail_fast_ends_at_the_first_error(films: FakeTrakt, settings: TraktSettings) -> None:
    """One sentence names the film and the reason."""
    result = command(settings, "details", "9", "--fail-fast")
    assert (result.returncode, "9 failed: there is nothing" in result.stderr) == (1, True)


def test_the_cache_can_be_shown_and_cleared(films: FakeTrakt, settings: TraktSettings) -> None:
    """`cache stats` counts the responses and the hits of the last run. `cache clear` deletes all."""
    command(settings, "details", "1", "2")
    command(settings, "details", "1", "2", "3")
    stats = json.loads(command(settings, "cache", "stats").stdout)
    assert (stats["answers"], stats["last_run"]["hits"], stats["last_run"]["misses"]) == (3, 2, 1)
    assert stats["last_run"]["ratio"] == pytest.approx(2 / 3, abs=0.001)
    assert command(settings, "cache", "clear").stdout == "3 responses deleted.\n"
    assert json.loads(command(settings, "cache", "stats").stdout)["answers"] == 0


def test_cached_responses_can_be_encrypted(films: FakeTrakt, settings: TraktSettings) -> None:
    """`cache key` prints a key. Without a key the setting is refused."""
    on = {"CINESTREAM_TRAKT_CACHE__ENCRYPTION": "true"}
    refused = command(settings, "details", "1", variables=on)
    assert (refused.returncode, "cinestream-trakt cache key" in refused.stderr) == (2, True)
    key = command(settings, "cache", "key").stdout.strip()
    on["CINESTREAM_TRAKT_CACHE__ENCRYPTION_KEY"] = key
    assert command(settings, "details", "1", variables=on).returncode == 0
    assert command(settings, "details", "1", variables=on).returncode == 0
    assert films.log == ["/movies/1"]
    assert b"Film 1" not in b"".join(path.read_bytes() for path in settings.cache.dir.iterdir())
    assert key not in command(settings, "settings", variables=on).stdout


def test_health_shows_the_last_run(films: FakeTrakt, settings: TraktSettings) -> None:
    """Counts, times and the last error are shown. Before any run the exit code is 1."""
    assert command(settings, "health").returncode == 1
    command(settings, "details", "1", "9")
    facts = json.loads(command(settings, "health", "--json").stdout)
    assert (facts["source"], facts["requests"], facts["errors"], facts["breaker"]) == ("last run", 2, 1, "closed")
    times = facts["endpoints"]["/movies/{id}"]
    assert 0 < times["p50_ms"] <= times["p95_ms"] <= times["p99_ms"]
    assert "nothing at Trakt" in facts["last_error"]["reason"]
    assert facts["memory_bytes"] > 1_000_000
    assert "/movies/{id}: requests 2, errors 1" in command(settings, "health").stdout


def test_an_error_of_the_disk_is_one_sentence(trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path) -> None:
    """A folder that cannot be created gives exit code 1 without a traceback. A folder of the settings names its own."""
    (tmp_path / "file").write_text("not a folder")
    inside = str(tmp_path / "file" / "inside")
    export = "export", "ratings", "--out"
    checkpoints, cache = "CINESTREAM_TRAKT_CHECKPOINTS__DIR", "CINESTREAM_TRAKT_CACHE__DIR"
    for arguments, variables, text in (
        ((*export, inside), {}, "error of the operating system"),
        (
            (*export, str(tmp_path / "out")),
            {checkpoints: inside},
            f"cannot be used (Not a directory): set {checkpoints}",
        ),
        (("details", "1"), {cache: inside}, f"cannot be used (Not a directory): set {cache}"),
    ):
        result = command(settings, *arguments, variables=variables)
        assert result.returncode == 1
        assert text in result.stderr
        assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ("--since 2026-02-01 --until 2026-01-01", "no day is both after --since and before --until\n"),
        (
            "--time-zone Europe/Paris",
            "--time-zone needs --from-archive: Trakt's API gives the time zone of your account\n",
        ),
    ],
)
def test_useless_options_are_refused(
    trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path, options: str, says: str
) -> None:
    """Otherwise an empty file, or dates of another time zone, would look like a success."""
    result = command(settings, "export", "history", "--out", str(tmp_path / "out"), *options.split())
    assert (result.returncode, result.stderr) == (2, says)
    assert not trakt.requested


@pytest.mark.parametrize("kind", ["ratings", "archive"])
def test_a_profile_is_written_for_each_source(
    trakt: FakeTrakt, settings: TraktSettings, tmp_path: Path, kind: str
) -> None:
    """An export from an archive has a profile too."""
    archive = zipped(tmp_path / "a.zip", {"ratings-movies.json": []})
    way = ("--from-archive", str(archive), "--time-zone", "UTC") if kind == "archive" else ()
    arguments = "export", "ratings", "--out", str(tmp_path / "out"), "--profile", str(tmp_path / "profile"), *way
    result = command(settings, *arguments)
    assert result.returncode == 0, result.stderr
    assert {path.name for path in (tmp_path / "profile").iterdir()} == {"heap.txt", "profile.txt", "profile.html"}
