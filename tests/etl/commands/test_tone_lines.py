"""`cinestream-etl tone`: one answer for each line, in order, for any lines."""

import subprocess
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.etl.command import run_command
from tests.paths import SCRIPTS

from cinestream_etl.commands.tone_lines import tone_lines
from cinestream_etl.tone.model import classify_tone
from cinestream_etl.tone.wordllama import is_installed

COMMAND = [str(SCRIPTS / "cinestream-etl"), "tone"]
NEUTRAL = {"plot_tone": "Neutral", "keyword_score": 0.0, "keywords": []}
GRIEF = {"plot": "A grieving widower mourns his wife’s suicide.", "genres": ["Drama"]}


def _answers(lines: bytes) -> list[Any]:
    return [orjson.loads(line.json) for line in tone_lines(lines.splitlines(keepends=True), classify_tone)]


def test_each_line_is_classified() -> None:
    """There is one answer for each line that is not empty, in order, and no plot is Neutral."""
    lines = orjson.dumps(GRIEF).decode() + '\n\n{"plot": null}\n  \r\n{"plot": "A kiss.", "genres": ["Romance"]}'
    done = run_command("tone", input=lines)
    assert (done.returncode, done.stderr) == (0, "")
    first, second, third = map(orjson.loads, done.stdout.splitlines())
    assert list(first) == ["plot_tone", "keyword_score", "keywords"]
    assert first["plot_tone"] == "Tragic"
    assert 0.5 <= first["keyword_score"] <= 1
    assert first["keywords"] == ["grieving", "widower", "mourns", "suicide"]
    assert second == NEUTRAL
    assert third["plot_tone"] == "Romantic"


def test_an_invalid_line_has_its_own_answer() -> None:
    """Answers stay in step with lines, stderr names the invalid ones, and the exit code is 1."""
    good = orjson.dumps(GRIEF).decode()
    done = run_command("tone", input="\n".join([good, "nonsense", '{"plot": 1}', good]))
    assert done.returncode == 1
    answers = [orjson.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == 4
    assert answers[0] == answers[3]
    assert [answer.get("error", "")[:8] for answer in answers] == ["", "line 2: ", "line 3: ", ""]
    assert [line[:17] for line in done.stderr.splitlines()] == ["invalid: line 2: ", "invalid: line 3: "]


@pytest.mark.process
def test_each_answer_comes_before_the_next_line() -> None:
    """A program can send one plot at a time and wait for its tone."""
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        for _ in range(3):
            process.stdin.write(orjson.dumps(GRIEF) + b"\n")
            process.stdin.flush()
            assert orjson.loads(process.stdout.readline())["plot_tone"] == "Tragic"
        process.stdin.close()
        assert process.wait(60) == 0


def test_the_model_is_a_setting() -> None:
    """The model is used if it is installed, or else the command names the missing extra before any answer."""
    done = run_command("tone", input=orjson.dumps(GRIEF).decode(), CINESTREAM_ETL_TONE_MODEL="wordllama")
    if is_installed():
        assert orjson.loads(done.stdout)["plot_tone"] == "Tragic"
    else:
        assert (done.returncode, done.stdout) == (5, "")
        assert "CINESTREAM_ETL_TONE_MODEL" in done.stderr
        assert "cinestream-etl[tone]" in done.stderr


@pytest.mark.parametrize(
    "line",
    [b"{}", b'{"plot": ""}', b'{"genres": ["Horror"]}', b'{"plot": null, "genres": null, "id": 7, "title": []}'],
)
def test_an_absent_field_is_null(line: bytes) -> None:
    """A missing plot is no error, and neither are other fields."""
    assert _answers(line) == [NEUTRAL]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"nonsense", "no JSON"),
        (b'{"plot": "a"', "no JSON"),
        (b'{"plot": "\xff"}', "no JSON"),
        (b"[]", "got []"),
        (b"null", "got null"),
        (b'{"plot": 1}', "got the plot 1"),
        (b'{"plot": ["a"]}', 'got the plot ["a"]'),
        (b'{"plot": "a", "genres": "Drama"}', 'got the genres "Drama"'),
        (b'{"plot": "a", "genres": [null]}', "got the genres [null]"),
        (b'{"plot": [' + b"1," * 1000 + b"1]}", "1,1,1…"),
    ],
)
def test_an_error_names_what_was_expected(line: bytes, why: str) -> None:
    """The message is short and has the number of the line, with empty lines counted."""
    (answer,) = _answers(b"\n" + line)
    assert answer.pop("error").startswith("line 2: ")
    assert answer == NEUTRAL
    assert why in _answers(line)[0]["error"]
    assert len(_answers(line)[0]["error"]) < 250


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.binary().map(lambda line: line.replace(b"\n", b"")) | _json.map(lambda v: orjson.dumps({"plot": v})))
)
def test_every_line_has_an_answer(lines: list[bytes]) -> None:
    """The content of the line does not matter."""
    answers = [*tone_lines(lines, classify_tone)]
    assert len(answers) == sum(bool(line.strip()) for line in lines)
    assert all(line.json.endswith(b"\n") and line.json.count(b"\n") == 1 for line in answers)
    assert all(bool(line.error) is ("error" in orjson.loads(line.json)) for line in answers)
