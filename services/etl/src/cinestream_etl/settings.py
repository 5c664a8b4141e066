"""The settings of etl."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from cinestream.runtime.settings import CommonSettings, Port, ServiceSettings
from cinestream_etl.tone.model import Hear, tone
from cinestream_etl.tone.wordllama import installed, wordllama_tone


class ToneSettings(CommonSettings):
    """How the tone of a plot is heard."""

    etl_tone_model: Literal["lexicon", "wordllama"] = Field(
        "lexicon",
        description="How tones are heard (docs/tone.md); wordllama needs the extra `tone`; the same everywhere",
    )

    @field_validator("etl_tone_model")
    @classmethod
    def _is_installed(cls, model: str) -> str:
        if model == "wordllama" and not installed():
            raise ValueError("wordllama is not installed; the extra brings it: cinestream-etl[tone]")
        return model

    def hear(self) -> Hear:
        """The way to hear tones, ready."""
        return wordllama_tone() if self.etl_tone_model == "wordllama" else tone


class EtlSettings(ServiceSettings, ToneSettings):
    """What etl can be told."""

    ops_port: Port = Field(9102, description="Port of the ops endpoints")
    etl_hands: Annotated[int, Field(ge=1, le=500)] = Field(
        16, description="Pages in hand at once; each waits for the bus most of its time"
    )
    etl_max_failures: Annotated[int, Field(ge=1, le=50)] = Field(
        5, description="How often a page that hits a bug is tried before it becomes a dead letter"
    )
    etl_drift_window: Annotated[int, Field(ge=10, le=10_000)] = Field(
        50, description="A field that films always have and that vanishes over this many pages makes /readyz degraded"
    )
    etl_catalogue_films: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        20_000, description="Films known for recommendations where a page has none; about 1.5 KB each"
    )
