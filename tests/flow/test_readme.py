"""The examples in the README of cinestream-flow."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

README = Path(__file__).parents[2] / "shared" / "flow" / "README.md"


def _examples() -> Iterator[tuple[str, str, str]]:
    for section in README.read_text("utf-8").split("\n## ")[1:]:
        title, _, text = section.partition("\n")
        program, output = (text.partition(f"```{kind}\n")[2].partition("```")[0] for kind in ("python", "text"))
        if program and output:
            yield title, program, output


EXAMPLES = [*_examples()]


@pytest.fixture(autouse=True)
def _reset_logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_readme_has_three_examples() -> None:
    """Each of the three worked examples has a program and its output."""
    assert [title for title, _, _ in EXAMPLES] == [
        "A pipeline that is fed item by item",
        "A checkpointed loop that resumes",
        "A batch that fails fast",
    ]


@pytest.mark.parametrize(("program", "output"), [pytest.param(*rest, id=title) for title, *rest in EXAMPLES])
def test_example_prints_what_the_readme_says(program: str, output: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The program runs from the README's text and prints exactly the output below it."""
    exec(compile(program, str(README), "exec"), {"__name__": "__main__"})
    assert capsys.readouterr().out == output
