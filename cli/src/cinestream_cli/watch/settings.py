"""The settings of `cinestream watch`."""

from typing import Any

from pydantic import Field, SecretStr

from cinestream.runtime.local_run import LocalRun
from cinestream.runtime.settings import CommonSettings


class WatchSettings(CommonSettings):
    """The settings of `cinestream watch`."""

    watch_url: str = Field("http://localhost:3000", description="Address of the stream to follow")
    watch_token: SecretStr = Field(SecretStr(""), description="Token for the stream, if it needs one")

    @classmethod
    def run_values(cls, run: LocalRun) -> dict[str, Any]:
        """Return the address of a local run."""
        return {"watch_url": run.stream_url}
