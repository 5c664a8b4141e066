"""How Firefox is set up: its options. What it does not load besides images is refused by its guard (`bidi`)."""

import shlex

from selenium.webdriver.firefox.options import Options

from cinestream_scraper.browser.discovery import Installed
from cinestream_scraper.settings import ScraperSettings

_QUIET: dict[str, str | int | bool] = {
    "browser.cache.disk.enable": False,
    "toolkit.cosmeticAnimations.enabled": False,
}
_BLOCK: dict[str, str | int | bool] = {
    "permissions.default.image": 2,
    "gfx.downloadable_fonts.enabled": False,
    "media.autoplay.default": 5,
}


def options(settings: ScraperSettings, installed: Installed | None) -> Options:
    """The options for the browser of this machine, or (None) for one elsewhere."""
    chosen = Options()
    chosen.page_load_strategy = "eager"
    chosen.web_socket_url = True  # the address of its WebDriver BiDi
    if installed:
        chosen.binary_location = installed.browser
    width, height = settings.window
    args = ["-headless", f"--width={width}", f"--height={height}", *shlex.split(settings.scraper_browser_args)]
    for arg in args:
        chosen.add_argument(arg)
    language = settings.scraper_locale
    preferences = {**_QUIET, "intl.accept_languages": language, **(_BLOCK if settings.scraper_block else {})}
    for name, value in preferences.items():
        chosen.set_preference(name, value)
    return chosen
