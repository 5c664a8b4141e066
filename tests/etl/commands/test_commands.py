"""The command `cinestream-etl`: parse, settings and help."""

import os
import re
import subprocess
from pathlib import Path

import orjson
import pytest
from tests.etl.command import run_command
from tests.etl.conftest import FIXTURES, case
from tests.paths import SCRIPTS


@pytest.mark.process
def test_parse_prints_the_movie() -> None:
    """The installed command `parse` needs no bus, and prints the movie alone on stdout."""
    command = [str(SCRIPTS / "cinestream-etl"), "parse", str(FIXTURES / "next_data/localised_film/page.html")]
    environment = os.environ | {"CINESTREAM_NATS_URL": "nats://127.0.0.1:1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    assert orjson.loads(done.stdout) == case("next_data/localised_film").expected["movie"]
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["next_data/series/page.html"], "filtered: tt9000020 is of kind tvMiniSeries, not a film"),
        (["../conftest.py"], "invalid: page: no layout of a title page found"),
        (["next_data/unreleased/page.html", "--url", "https://www.imdb.com/title/tt0111161/"], "page of tt0111161"),
        (["next_data/unreleased/page.html", "--url", "nonsense"], "invalid: 'nonsense' is not a target"),
    ],
)
def test_parse_prints_the_reason_without_a_movie(arguments: list[str], message: str) -> None:
    """The reason is on stderr, the exit code is 1, and stdout stays empty."""
    done = run_command("parse", str(FIXTURES / arguments[0]), *arguments[1:])
    assert done.returncode == 1
    assert message in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_explain_names_the_layout_of_each_field() -> None:
    """`--explain` prints the layouts on stderr, and stdout stays the same."""
    page = FIXTURES / "title_2015/localised_film/page.html"
    done = run_command("parse", str(page), "--explain")
    assert orjson.loads(done.stdout) == case("title_2015/localised_film").expected["movie"]
    assert "title: title_2015\n" in done.stderr
    assert "locale" not in done.stderr


def test_a_saved_page_is_read_in_its_encoding(tmp_path: Path) -> None:
    """Browsers save a page in its own encoding, which was ISO 8859-1 in 2010."""
    html = case("title_2010/film").html.decode().replace("<head>", '<head><meta charset="iso-8859-1">', 1)
    page = tmp_path / "page.html"
    page.write_bytes(re.sub(r"(<h1>)[^<]*", r"\1Fée ", html).encode("iso-8859-1"))
    assert orjson.loads(run_command("parse", str(page)).stdout)["title"] == "Fée"


def test_check_prints_the_settings_without_secrets() -> None:
    """`--check` prints the effective settings."""
    done = run_command("--check", CINESTREAM_ETL_CONCURRENCY="7", CINESTREAM_NATS_PASSWORD="hidden")
    assert done.returncode == 0
    assert "CINESTREAM_ETL_CONCURRENCY=7" in done.stdout
    assert "CINESTREAM_OPS_PORT=9102" in done.stdout
    assert "hidden" not in done.stdout


def test_check_names_a_bad_setting() -> None:
    """A wrong value ends the command, and the message names the setting."""
    done = run_command("--check", CINESTREAM_ETL_CONCURRENCY="0")
    assert done.returncode == 2
    assert "CINESTREAM_ETL_CONCURRENCY" in done.stderr


def test_the_old_name_of_a_setting_works() -> None:
    """The setting is read by its old name, and a warning names the new one."""
    done = run_command("--check", CINESTREAM_ETL_HANDS="7")
    assert done.returncode == 0
    assert "CINESTREAM_ETL_CONCURRENCY=7" in done.stdout
    assert "CINESTREAM_ETL_HANDS" in done.stderr


def test_two_names_with_different_values_are_refused() -> None:
    """The command does not guess which of the two names counts."""
    done = run_command("--check", CINESTREAM_ETL_HANDS="7", CINESTREAM_ETL_CONCURRENCY="8")
    assert done.returncode == 2
    assert "CINESTREAM_ETL_HANDS: differs from CINESTREAM_ETL_CONCURRENCY" in done.stderr


def test_help_explains_the_command() -> None:
    """`--help` lists the commands and options."""
    done = run_command("--help")
    assert done.returncode == 0
    assert "parse" in done.stdout
    assert "--check" in done.stdout
