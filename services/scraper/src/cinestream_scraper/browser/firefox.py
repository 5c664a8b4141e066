"""The options of Firefox. Fonts, media and trackers are refused by its request guard (`bidi`)."""

import shlex

from selenium.webdriver.firefox.options import Options

from cinestream_scraper.browser.discovery import InstalledBrowser
from cinestream_scraper.settings import ScraperSettings

_PREFERENCES: dict[str, str | int | bool] = {
    "browser.cache.disk.enable": False,
    "toolkit.cosmeticAnimations.enabled": False,
}
_WITHOUT_MEDIA: dict[str, str | int | bool] = {
    "permissions.default.image": 2,
    "gfx.downloadable_fonts.enabled": False,
    "media.autoplay.default": 5,
}


def firefox_options(settings: ScraperSettings, installed: InstalledBrowser | None) -> Options:
    """Return the options for the browser of this machine, or for a remote one (None)."""
    options = Options()
    options.page_load_strategy = "eager"
    options.web_socket_url = True  # the address of its WebDriver BiDi
    if installed:
        options.binary_location = installed.browser
    width, height = settings.window
    args = ["-headless", f"--width={width}", f"--height={height}", *shlex.split(settings.scraper_browser_args)]
    for arg in args:
        options.add_argument(arg)
    language = settings.scraper_locale
    preferences = {
        **_PREFERENCES,
        "intl.accept_languages": language,
        **(_WITHOUT_MEDIA if settings.scraper_block_resources else {}),
    }
    for name, value in preferences.items():
        options.set_preference(name, value)
    return options
