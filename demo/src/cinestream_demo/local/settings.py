"""Settings of the local run. Settings of the services are passed on to them through the environment."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field

from cinestream.runtime.settings import PORT, CommonSettings, Port


class LocalSettings(CommonSettings):
    """Settings of `cinestream-run`."""

    imdb_url: str = Field(
        "",
        pattern=r"^(https?://.+)?$",
        examples=["https://www.imdb.com"],
        description="Site to read; empty for the bundled demo site",
    )
    data_dir: Path = Field(Path(".cinestream"), description="Directory of streams and logs")
    nats_url: str = Field(
        "nats://127.0.0.1:4222",
        pattern=r"^nats://(127\.0\.0\.1|localhost):" + PORT + "$",
        examples=["nats://127.0.0.1:4222"],
        description="Loopback address that the local NATS server listens on",
    )
    demo_port: Port = Field(8080, description="Port of the demo site")
    ops_port: int = Field(9101, ge=1, le=65_533, description="First of the three ops ports: scraper, etl, stream-api")
    stream_host: str = Field("127.0.0.1", description="Address that the stream is served on")
    stream_port: Port = Field(3000, description="Port that the stream is served on")

    @property
    def nats_port(self) -> int:
        """The port of the local NATS server."""
        return urlsplit(self.nats_url).port or 4222

    @property
    def demo(self) -> bool:
        """True when the scraper reads the bundled demo site."""
        return not self.imdb_url

    @property
    def site(self) -> str:
        """Base URL of the site to read."""
        return self.imdb_url or f"http://127.0.0.1:{self.demo_port}"

    @property
    def stream_url(self) -> str:
        """URL of the page that shows the films."""
        if self.stream_host in ("127.0.0.1", "localhost", "0.0.0.0", "::"):  # noqa: S104
            return f"http://localhost:{self.stream_port}"
        host = f"[{self.stream_host}]" if ":" in self.stream_host else self.stream_host  # RFC 3986, section 3.2.2
        return f"http://{host}:{self.stream_port}"
