"""The compared form of names."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinestream_stream_api.events.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Jean-Pierre \t JEUNET ", "jean pierre jeunet"),
        ("Chloé Zhao", "chloe zhao"),
        ("Søren Kragh-Jacobsen", "soren kragh jacobsen"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("黒澤 明", "黒澤 明"),
        ("सत्यजित राय", "सतयजित राय"),
        ("??? ❤\ufe0f", ""),
    ],
)
def test_case_accents_spaces_and_punctuation_are_ignored(text: str, folded: str) -> None:
    """Letters and digits remain, in the order in which they stand."""
    assert fold(text) == folded


@given(text=st.text(max_size=40))
def test_composed_and_decomposed_characters_are_equal(text: str) -> None:
    """NFC and NFD give the same result, and a folded text stays as it is."""
    forms = {fold(unicodedata.normalize(form, text)) for form in ("NFC", "NFD")}
    assert forms == {fold(text)}
    assert fold(fold(text)) == fold(text)


@given(text=st.text(alphabet=st.characters(max_codepoint=127), max_size=40))
def test_ascii_is_folded_like_other_text(text: str) -> None:
    """The short way for ASCII gives the same result."""
    assert fold(text) == fold(f"{text} é").removesuffix("e").rstrip()
