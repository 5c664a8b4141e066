"""Operations on texts of others take time that is linear in their length."""

import time
import unicodedata
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from cinestream.contracts.text import MAX_MARKS, normalized, unescaped

ROOT = Path(__file__).parents[3]


@given(st.text(max_size=40), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_a_text_of_people_is_normalized_as_usual(text: str, form: str) -> None:
    """Only rows of more than 30 marks are changed."""
    usual = unicodedata.normalize(form, text)  # type: ignore[arg-type]
    assert normalized(form, text) == usual or len(text) > MAX_MARKS  # type: ignore[arg-type]


def test_marks_beyond_the_limit_are_dropped() -> None:
    """80,000 marks in the worst order cost little, and 30 of them stay."""
    started = time.thread_time()
    found = normalized("NFD", "a" + "\u0345" * 40_000 + "\u0301" * 40_000 + "b")
    assert time.thread_time() - started < 0.5
    assert found == "a" + "\u0345" * MAX_MARKS + "b"


def test_entities_are_replaced_within_the_limit() -> None:
    """A number of a character with thousands of digits is left as it is."""
    assert unescaped("a &amp; b &eacute;c", 100) == "a & b éc"
    assert unescaped("a &amp; b", 3) == "a &"
    assert unescaped("&#" + "9" * 5_000 + ";", 10_000).startswith("&#999")


def test_all_code_normalizes_in_linear_time() -> None:
    """`unicodedata.normalize` is quadratic, so it is called in one place (and for the demo's own films)."""
    callers = {
        path.name
        for folder in ("services", "shared", "demo")
        for path in (ROOT / folder).rglob("*.py")
        if "unicodedata.normalize(" in path.read_text("utf-8")
    }
    assert callers == {"text.py", "catalogue.py"}
