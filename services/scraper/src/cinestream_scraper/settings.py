"""The settings of the scraper."""

import os
import shlex
import tempfile
import zoneinfo
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from cinestream.runtime.durations import Duration
from cinestream.runtime.settings import Port, ServiceSettings
from cinestream_scraper.seeds import Seed, parse_seeds
from cinestream_scraper.site import Server, Site

Seconds = Annotated[Duration, Field(gt=0)]


def _read_by(reads: Callable[[str], object]) -> AfterValidator:
    """Text that is kept as it is written, unless what reads it refuses it by a ValueError."""

    def kept(value: str) -> str:
        reads(value)
        return value

    return AfterValidator(kept)


class ScraperSettings(ServiceSettings):
    """What the scraper can be told. Durations are seconds, or written as `30m`, `24h`."""

    ops_port: Port = Field(9101, description="Port of the ops endpoints")
    imdb_url: Annotated[str, Field(pattern=r"^https?://[^/?#\s]+[^?#\s]*$"), _read_by(Site.of)] = Field(
        "http://127.0.0.1:8080", description="Site to read: IMDb or the demo site"
    )
    selenium_url: Annotated[str, _read_by(Server.of)] = Field(
        "", pattern=r"^(https?://.+)?$", description="Selenium Grid or remote driver; empty: a browser on this machine"
    )
    scraper_sessions: int = Field(
        default_factory=lambda: max(1, min(4, os.cpu_count() or 1)),
        ge=1,
        le=64,
        description="Browser sessions, each reads one page at a time; by default one per core, at most 4",
    )
    scraper_session_pages: int = Field(500, ge=1, description="Pages after which a browser is replaced by a new one")
    scraper_session_memory: int = Field(
        1024,
        ge=0,
        description="MiB of memory of its own above which a browser of this machine is replaced; 0: no limit",
    )
    scraper_browser: Literal["chrome", "firefox"] = Field("chrome", description="Which browser reads the pages")
    scraper_browser_args: Annotated[str, _read_by(shlex.split)] = Field(
        "", description="More arguments for the browser, quoted as for a shell"
    )
    scraper_window: str = Field("1920x1080", pattern=r"^\d{3,4}x\d{3,4}$", description="Size of the browser's window")
    scraper_locale: str = Field(
        "en-US", pattern=r"^[a-z]{2}(-[A-Z]{2})?$", description="Language that pages are asked for in"
    )
    scraper_timezone: str = Field("UTC", description="Time zone that the browser says it is in")
    scraper_fresh_for: Annotated[Duration, Field(ge=0)] = Field(
        86_400, description="A page that is younger is not read again, unless forced"
    )
    scraper_rate: float = Field(
        1.0,
        ge=0,
        allow_inf_nan=False,
        description="Pages per second that this process asks a host for; 0: as fast as the browser",
    )
    scraper_rate_recovery: Seconds = Field(
        600, description="How long a rate that was halved by a refusal stays so, before it is doubled again"
    )
    scraper_allowed_hosts: str = Field(
        "", description="Hosts besides the site's own that a page may come from, separated by commas"
    )
    scraper_page_deadline: Seconds = Field(60, description="A page that takes longer costs the browser its session")
    scraper_obey_robots: bool = Field(True, description="Whether robots.txt is obeyed")
    scraper_block: bool = Field(True, description="Whether images, fonts, media and trackers are left out")
    scraper_seeds: Annotated[str, _read_by(parse_seeds)] = Field(
        "chart:top@25h",  # its titles would still be fresh after 24 h, and wait for the next time
        description="What is scraped at start, and again every so often: `chart:top@25h,tt0111161`; `none`: nothing",
    )
    scraper_challenge_wait: Seconds = Field(10, description="How long a bot challenge may take in the browser")
    scraper_challenge_pause: Seconds = Field(600, description="How long a host is left alone after a bot challenge")
    scraper_tries: int = Field(
        5,
        ge=1,
        le=40,
        description="Readings of a page that fails before it is a dead letter; six times as many while the site fails",
    )
    scraper_state_dir: Path = Field(
        default_factory=lambda: Path(tempfile.gettempdir()) / "cinestream",
        description="Where browsers keep their files while they run; by default in the system's temporary directory",
    )

    @field_validator("scraper_timezone")
    @classmethod
    def _timezone_is_one(cls, value: str) -> str:
        if (zones := zoneinfo.available_timezones()) and value not in zones:  # a small system may know none
            raise ValueError("no time zone: write it as in Europe/Paris")
        return value

    @field_validator("scraper_allowed_hosts")
    @classmethod
    def _hosts_may_be_allowed(cls, value: str, info: ValidationInfo) -> str:
        hosts = value.split(",")
        if addresses := [host.strip() for host in hosts if "/" in host]:
            raise ValueError(f"{addresses[0]} is no host: write it as in m.imdb.com")
        if "imdb_url" in info.data:
            Site.of(info.data["imdb_url"], hosts)
        return value

    @property
    def seeds(self) -> tuple[Seed, ...]:
        """What is scraped at start."""
        return parse_seeds(self.scraper_seeds)

    @property
    def site(self) -> Site:
        """Where targets are, and which other hosts may answer."""
        return Site.of(self.imdb_url, self.scraper_allowed_hosts.split(","))

    @property
    def window(self) -> tuple[int, int]:
        """Width and height of the browser's window."""
        width, _, height = self.scraper_window.partition("x")
        return int(width), int(height)
