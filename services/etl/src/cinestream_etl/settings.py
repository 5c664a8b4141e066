"""The settings of etl."""

from importlib.util import find_spec
from typing import Annotated, Literal

from pydantic import Field, field_validator

from cinestream.runtime.settings import CommonSettings, Port, ServiceSettings, renamed
from cinestream_flow.errors import MissingDependency
from cinestream_flow.message import Message


class ToneSettings(CommonSettings):
    """The choice of the tone model."""

    etl_tone_model: Literal["lexicon", "wordllama"] = Field(
        "lexicon",
        description="Tone model (docs/tone.md). wordllama needs the extra `tone`. Use the same model in all workers",
    )

    @field_validator("etl_tone_model")
    @classmethod
    def _is_installed(cls, model: str) -> str:
        if model == "wordllama" and not find_spec("wordllama"):
            raise MissingDependency(
                Message("CINESTREAM_ETL_TONE_MODEL: wordllama is not installed: install cinestream-etl[tone]")
            )
        return model


class EtlSettings(ServiceSettings, ToneSettings):
    """The settings of the service."""

    nats_role = "etl"

    ops_port: Port = Field(9102, description="Port of the ops endpoints")
    etl_concurrency: Annotated[int, Field(ge=1, le=500)] = renamed(
        16,
        old="etl_hands",
        description="Pages processed concurrently. A page spends most of its time waiting for the bus",
    )
    etl_max_failures: Annotated[int, Field(ge=1, le=50)] = Field(
        5, description="Attempts at a page that hits a bug before it becomes a dead letter"
    )
    etl_drift_window: Annotated[int, Field(ge=10, le=10_000)] = Field(
        50, description="Films to look back on: /readyz is degraded if a field that films always have vanishes in them"
    )
    etl_catalogue_films: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        20_000, description="Films kept for recommendations where a page has none; about 1.5 KB each"
    )
