"""The settings of `cinestream watch`."""

import re
from typing import Any

from pydantic import Field, SecretStr, field_validator

from cinestream.runtime.local_run import LocalRun
from cinestream.runtime.settings import CommonSettings
from cinestream_flow.message import Message

_TOKEN = re.compile(r"[!-~]*")


class WatchSettings(CommonSettings):
    """The settings of `cinestream watch`."""

    watch_url: str = Field("http://localhost:3000", description="Address of the stream to follow")
    watch_token: SecretStr = Field(SecretStr(""), description="Token for the stream, if it needs one")

    @field_validator("watch_token")
    @classmethod
    def _fits_into_a_header(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError(Message("expected a token of ASCII letters, digits and signs, without spaces"))
        return token

    @classmethod
    def run_values(cls, run: LocalRun) -> dict[str, Any]:
        """Return the address of a local run."""
        return {"watch_url": run.stream_url}
