"""The settings of the scraper."""

import os
import shlex
import tempfile
import zoneinfo
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from cinestream.runtime.durations import Duration
from cinestream.runtime.local_run import LocalRun
from cinestream.runtime.settings import Port, ServiceSettings, renamed
from cinestream_flow.message import Message
from cinestream_scraper.seeds import Seed, parse_seeds
from cinestream_scraper.site import SeleniumServer, Site

Seconds = Annotated[Duration, Field(gt=0)]


def _parsed_by(parse: Callable[[str], object]) -> AfterValidator:
    """Return a validator that keeps a text as it is written, and refuses it where `parse` raises a ValueError."""

    def check(value: str) -> str:
        parse(value)
        return value

    return AfterValidator(check)


class ScraperSettings(ServiceSettings):
    """The settings of the scraper. Durations are seconds, or texts as `30m` and `24h`."""

    nats_role = "scraper"

    ops_port: Port = Field(9101, description="Port of the ops endpoints")
    imdb_url: Annotated[str, Field(pattern=r"^https?://[^/?#\s][^?#\s]*$"), _parsed_by(Site.of)] = Field(
        "http://127.0.0.1:8080",
        examples=["https://www.imdb.com"],
        description="Address of the site: IMDb or the demo site",
    )
    selenium_url: Annotated[str, _parsed_by(SeleniumServer.of)] = Field(
        "",
        pattern=r"^(https?://.+)?$",
        examples=["http://127.0.0.1:4444/wd/hub"],
        description="Selenium Grid or remote driver. Empty: a browser on this machine",
    )
    scraper_sessions: int = Field(
        default_factory=lambda: max(1, min(4, os.cpu_count() or 1)),
        ge=1,
        le=64,
        description="Browser sessions. Each reads one page at a time. Default: one per core, at most 4",
    )
    scraper_session_pages: int = Field(500, ge=1, description="Pages after which a browser is replaced")
    scraper_session_memory: int = Field(
        1024,
        ge=0,
        description="MiB of its own memory above which a local browser is replaced. 0: no limit",
    )
    scraper_browser: Literal["chrome", "firefox"] = Field("chrome", description="Kind of browser that reads the pages")
    scraper_browser_args: Annotated[str, _parsed_by(shlex.split)] = Field(
        "", description="Further arguments of the browser, quoted as for a shell"
    )
    scraper_window: str = Field(
        "1920x1080",
        pattern=r"^\d{3,4}x\d{3,4}$",
        examples=["1920x1080"],
        description="Size of the browser's window in pixels",
    )
    scraper_locale: str = Field(
        "en-US",
        pattern=r"^[a-z]{2}(-[A-Z]{2})?$",
        examples=["en-US"],
        description="Preferred language of the pages",
    )
    scraper_timezone: str = Field("UTC", description="Time zone that pages see")
    scraper_freshness_ttl: Annotated[Duration, Field(ge=0)] = renamed(
        86_400,
        old="scraper_fresh_for",
        description="Seconds for which a stored page is fresh. A fresh page is not read again, unless forced",
    )
    scraper_rate: float = Field(
        1.0,
        ge=0,
        allow_inf_nan=False,
        description="Pages per second that this process reads from a host. 0: as fast as the browser",
    )
    scraper_rate_recovery: Seconds = Field(
        600, description="Seconds without a refusal after which a halved rate is doubled again"
    )
    scraper_allowed_hosts: str = Field("", description="Further hosts that a page may come from, separated by commas")
    scraper_page_deadline: Seconds = Field(
        60, description="Seconds a page may take before its browser session is discarded"
    )
    scraper_obey_robots: bool = Field(True, description="Obey robots.txt")
    scraper_block_resources: bool = renamed(
        True, old="scraper_block", description="Do not load images, fonts, media and trackers"
    )
    scraper_seeds: Annotated[str, _parsed_by(parse_seeds)] = Field(
        "chart:top@25h",  # after 24 h its titles would just be fresh still, and be skipped until the next day
        description="Targets to read at the start and then periodically, as `chart:top@25h,tt0111161`, or `none`",
    )
    scraper_challenge_wait: Seconds = Field(10, description="Seconds that the browser gets to solve a bot challenge")
    scraper_challenge_pause: Seconds = Field(600, description="Seconds that a host is paused after a bot challenge")
    scraper_max_attempts: int = renamed(
        5,
        old="scraper_tries",
        ge=1,
        le=40,
        description="Failed readings after which a page becomes a dead letter. Six times as many while the site fails",
    )
    scraper_state_dir: Path = Field(
        default_factory=lambda: Path(tempfile.gettempdir()) / "cinestream",
        description="Directory for the files of running browsers. Default: in the system's temporary directory",
    )

    @field_validator("scraper_timezone")
    @classmethod
    def _require_timezone(cls, value: str) -> str:
        if (zones := zoneinfo.available_timezones()) and value not in zones:  # a small system may have no list of them
            raise ValueError(Message("not a time zone: write one like Europe/Paris"))
        return value

    @field_validator("scraper_allowed_hosts")
    @classmethod
    def _require_hosts(cls, value: str, info: ValidationInfo) -> str:
        hosts = value.split(",")
        if addresses := [host.strip() for host in hosts if "/" in host]:
            raise ValueError(Message("{host} is not a host: write one like m.imdb.com", host=addresses[0]))
        if "imdb_url" in info.data:
            Site.of(info.data["imdb_url"], hosts)
        return value

    @classmethod
    def run_values(cls, run: LocalRun) -> dict[str, Any]:
        """Return the login of a command to a local run, and the site that it reads."""
        return {**super().run_values(run), "imdb_url": run.site}

    @property
    def seeds(self) -> tuple[Seed, ...]:
        """The targets to read at the start and periodically."""
        return parse_seeds(self.scraper_seeds)

    @property
    def site(self) -> Site:
        """The site, with the other hosts that may answer for it."""
        return Site.of(self.imdb_url, self.scraper_allowed_hosts.split(","))

    @property
    def window(self) -> tuple[int, int]:
        """Width and height of the browser's window in pixels."""
        width, _, height = self.scraper_window.partition("x")
        return int(width), int(height)


class StatusSettings(ScraperSettings):
    """The settings of `status`, which asks a running scraper at its ops port."""

    @classmethod
    def run_values(cls, run: LocalRun) -> dict[str, Any]:
        """Return those of the scraper, and the address of its ops port."""
        ops = urlsplit(run.ops["scraper"])
        return {**super().run_values(run), "ops_host": ops.hostname, "ops_port": ops.port}
