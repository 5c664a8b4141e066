"""The settings of etl."""

from typing import Annotated

from pydantic import Field

from cinestream.runtime.settings import Port, ServiceSettings


class EtlSettings(ServiceSettings):
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
