"""The selection of a tone model by its name in the settings."""

from typing import Literal

from cinestream_etl.tone.model import ToneModel, classify_tone
from cinestream_etl.tone.wordllama import load_wordllama_model


def select_tone_model(name: Literal["lexicon", "wordllama"]) -> ToneModel:
    """Return the tone model with this name, ready to use.

    Raises:
        ImportError: the model is wordllama and the extra `tone` is not installed.
    """
    return load_wordllama_model() if name == "wordllama" else classify_tone
