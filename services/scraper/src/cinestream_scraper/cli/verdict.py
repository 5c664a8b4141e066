"""The command `verdict`: how the scraper classifies a saved page."""

from datetime import UTC, datetime
from pathlib import Path

import typer

from cinestream.commands.exit_codes import ExitCode
from cinestream.commands.frame import fail
from cinestream.commands.language import translate
from cinestream.contracts.saved import saved_text
from cinestream.runtime.settings import CommonSettings, load_settings
from cinestream_flow.message import Message
from cinestream_scraper.pages.page import Page
from cinestream_scraper.pages.reading import Reading
from cinestream_scraper.pages.targets import target_of
from cinestream_scraper.pages.verdict import judge


def print_verdict(page: Path, url: str, status: int, final_url: str) -> None:
    """Print the verdict on a saved page to stdout, and the reason to stderr."""
    # It has no setting of its own, but refuses a misspelt variable as all commands do.
    load_settings(CommonSettings, translate=translate)
    target = target_of(url)
    if target is None:
        fail(Message("{url} is the address of neither a title nor a chart, list or search", url=url), ExitCode.USAGE)
    text = saved_text(page.read_bytes())
    judgement = judge(Reading(url, final_url or url, status, Page(text), datetime.now(UTC)), target)
    typer.echo(judgement.verdict.value)
    typer.echo(translate(judgement.why), err=True)
