"""The targets of `cinestream-run` and of make's variable TARGETS."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.paths import ROOT
from typer.testing import CliRunner

from cinestream.contracts import Invalid
from cinestream_demo.local.app import app
from cinestream_demo.local.targets import seeds_of
from cinestream_scraper.seeds import parse_seeds


def test_targets_become_seeds_that_the_scraper_reads() -> None:
    """Every form of a target becomes the same request in the scraper, whatever characters it has."""
    targets = [
        "tt0111161",
        "chart:top@30m",
        "search:a, b",
        "https://www.imdb.com/title/tt0068646/?ref_=x,y",
        "tt0111161",
    ]
    found = [(seed.request.target, seed.every) for seed in parse_seeds(seeds_of(targets))]
    assert found == [
        ("tt0111161", None),
        ("chart:top", 1800),
        ("search:/find/?q=a%2C+b&s=tt", None),
        ("tt0068646", None),
    ]


@pytest.mark.parametrize("target", ["", "the matrix", "chart:top@soon", "chart:top@0", "tt1", "@5s", "search:"])
def test_a_wrong_target_is_refused_with_an_example(target: str) -> None:
    """The error names the text and an accepted form."""
    with pytest.raises(Invalid, match=r"chart:top|30m"):
        seeds_of([target])


def test_a_wrong_target_is_refused_before_anything_starts(tmp_path: Path) -> None:
    """The command exits with 2, names the accepted forms, and creates no data directory."""
    done = CliRunner().invoke(app, ["tt0111161", "top"], env={"CINESTREAM_DATA_DIR": f"{tmp_path}/data"})
    assert (done.exit_code, list(tmp_path.iterdir())) == (2, [])
    assert "'top' is not a target: expected tt0111161, chart:top" in done.stderr


@pytest.mark.process
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("chart:top tt0111161", ["chart:top", "tt0111161"]),
        ("'search:the matrix' https://x/find/?q=a&s=*", ["search:the matrix", "https://x/find/?q=a&s=*"]),
        ("", []),
    ],
)
def test_make_passes_on_each_word_of_its_variable(text: str, words: list[str]) -> None:
    """Quotes keep words together, and no character is special to the shell."""
    done = subprocess.run(
        [sys.executable, ROOT / "tools/words.py", "TARGETS", sys.executable, "-c", "import sys; print(sys.argv[1:])"],
        env=os.environ | {"TARGETS": text},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{words}\n"


@pytest.mark.process
def test_make_does_not_expand_its_variables(tmp_path: Path) -> None:
    """A dollar is a character like any other: make runs no function, and a film with one in its title can be found."""
    more = tmp_path / "more.mk"
    more.write_text("show:\n\t@printenv TARGETS IDS CINESTREAM_IMDB_URL\n")
    text = f"search:$9.99 $(shell touch {tmp_path}/executed)"
    values = [f"{name}={text}" for name in ("TARGETS", "IDS", "IMDB_URL")]
    command = ["make", "-s", "-f", "Makefile", "-f", str(more), "show", *values]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == f"{text}\n" * 3
    assert not (tmp_path / "executed").exists()
