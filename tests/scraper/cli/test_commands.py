"""The command line: settings, verdicts, and mistakes in one sentence."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.main_function import invoke
from tests.ports import free_port
from tests.scraper.page_samples import title_page

from cinestream_scraper.__main__ import main

URL = "https://www.imdb.com/title/tt0111161/"


def run(*arguments: str, **environment: str) -> tuple[int, str]:
    """Run the command. Return its exit code and its output."""
    result = invoke(main, arguments, {f"CINESTREAM_{name}": value for name, value in environment.items()})
    return result.exit_code, result.output


def test_check_prints_the_effective_settings() -> None:
    """Every setting is printed as its variable, and durations in seconds."""
    code, output = run("--check", SCRAPER_FRESHNESS_TTL="30m", IMDB_URL="https://www.imdb.com")
    assert code == 0
    assert "CINESTREAM_SCRAPER_FRESHNESS_TTL=1800.0" in output
    assert "CINESTREAM_IMDB_URL=https://www.imdb.com" in output


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SELENIUM_URL", "http://me:hidden@grid:4444"),
        ("SELENIUM_URL", "http://me:hidden@[grid:4444"),
        ("IMDB_URL", "http://me:hidden@host:port"),
        ("IMDB_URL", "http://me:hidden@"),
        ("SCRAPER_ALLOWED_HOSTS", "https://me:hidden@x.example"),
    ],
)
def test_passwords_in_addresses_are_not_shown(name: str, value: str) -> None:
    """They appear neither among the settings nor in errors about them."""
    _, output = run("--check", **{name: value})
    assert "hidden" not in output
    assert "***@" in output


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IMDB_URL", "www.imdb.com"),
        ("IMDB_URL", "file:///etc"),
        ("SELENIUM_URL", "chrome:4444"),
        ("SELENIUM_URL", "http://[grid:4444"),
        ("SELENIUM_URL", "http://grid:port"),
        ("SELENIUM_URL", "http://me@grid:4444"),
        ("SELENIUM_URL", "http://:word@grid:4444"),
        ("SCRAPER_SESSIONS", "0"),
        ("SCRAPER_BROWSER", "netscape"),
        ("SCRAPER_FRESHNESS_TTL", "soon"),
        ("SCRAPER_SEEDS", "nonsense"),
        ("SCRAPER_WINDOW", "big"),
        ("SCRAPER_RATE", "-1"),
        ("SCRAPER_RATE", "inf"),
        ("SCRAPER_TIMEZONE", "Mars/Base"),
        ("SCRAPER_BROWSER_ARGS", "--name='half"),
        ("SCRAPER_ALLOWED_HOSTS", "m.imdb.com, https://other.example"),
        ("SCRAPER_ALLOWED_HOSTS", "10.0.0.1"),
        ("IMDB_URL", "http://host:port"),
    ],
)
def test_a_bad_setting_is_named(name: str, value: str) -> None:
    """The exit code is 2, and the message names the variable."""
    code, output = run("--check", **{name: value})
    assert code == 2
    assert f"CINESTREAM_{name}:" in output


def test_the_verdict_on_a_saved_page(tmp_path: Path) -> None:
    """The first line is the verdict alone."""
    page = tmp_path / "page.html"
    page.write_text(title_page())
    assert run("verdict", str(page), "--url", URL)[1].splitlines()[0] == "film"
    assert run("verdict", str(page), "--url", URL, "--status", "503")[1].splitlines()[0] == "server-error"
    assert run("verdict", str(page), "--url", URL.replace("161", "162"))[1].splitlines()[0] == "moved"


def test_a_verdict_needs_the_address_of_a_target(tmp_path: Path) -> None:
    """A URL that belongs to no target is refused in one sentence."""
    page = tmp_path / "page.html"
    page.write_text(title_page())
    code, output = run("verdict", str(page), "--url", "https://www.imdb.com/")
    assert code == 2
    assert "neither a title nor a chart" in output


def test_a_wrong_target_is_not_enqueued() -> None:
    """The mistake is reported before NATS is contacted."""
    code, output = run("enqueue", "tt0111161", "matrix")
    assert code == 2
    assert "'matrix' is not a target" in output


def test_a_page_of_another_host_is_not_read_from_this_one() -> None:
    """An address of another host is not read from this site."""
    code, output = run("scrape", "https://films.example/title/tt0111161/", SELENIUM_URL="http://x:1")
    assert code == 2
    assert "not allowed" in output


def test_an_unwritable_state_directory_is_named(tmp_path: Path) -> None:
    """One sentence names the setting to change."""
    (tmp_path / "file").write_text("")
    code, output = run("scrape", "tt0111161", SCRAPER_STATE_DIR=str(tmp_path / "file" / "x"), SELENIUM_URL="http://x:1")
    assert code == 1
    assert "CINESTREAM_SCRAPER_STATE_DIR" in output


@pytest.mark.parametrize("command", [("status",), ("enqueue", "tt0111161"), ("dead-letters", "list")])
def test_without_nats_a_command_states_what_to_do(command: tuple[str, ...], impatient: Callable[[], None]) -> None:
    """The command does not wait forever: nothing runs, or a setting is missing."""
    url = f"nats://127.0.0.1:{free_port()}"
    impatient()
    code, output = run(*command, NATS_URL=url)
    assert code == 1
    assert f"no NATS at {url}: start it" in output
    assert "make run" in output
    assert "CINESTREAM_NATS_URL" in output


def test_a_command_without_settings_refuses_a_misspelt_variable(tmp_path: Path) -> None:
    """The same file of variables is right or wrong for all commands."""
    page = tmp_path / "page.html"
    page.write_text(title_page())
    code, output = run("verdict", str(page), "--url", URL, STREAM_PROT="3000")
    assert code == 2
    assert "Did you mean CINESTREAM_STREAM_PORT?" in output


def test_a_site_that_does_not_run_is_named_with_its_cure() -> None:
    """The usual reason is that the demo site was not started."""
    site = f"http://127.0.0.1:{free_port()}"
    code, output = run("scrape", "tt0111161", IMDB_URL=site, SELENIUM_URL="http://127.0.0.1:1")
    assert code == 1
    assert f"nothing runs at {site}: start `cinestream-demo-site` or set CINESTREAM_IMDB_URL" in output


def test_a_page_that_could_not_be_written_is_not_read(tmp_path: Path) -> None:
    """A missing folder is reported before the page is opened."""
    code, output = run("scrape", "tt0111161", "--out", str(tmp_path / "nothing" / "page.html"))
    assert code == 1
    assert f"{tmp_path / 'nothing'} is not a directory" in output.replace("\n", "")
