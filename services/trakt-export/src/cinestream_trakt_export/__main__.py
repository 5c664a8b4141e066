"""The entry point of `cinestream-trakt`."""

import os

from cinestream.commands.frame import Command

EXTRAS = {"cryptography": "encryption", "keyring": "keyring", "pyinstrument": "profiling"}


def main() -> None:
    """Run the command. Its help is shown before the settings are read, so its language is that of the environment."""
    command = Command("cinestream-trakt", "cinestream_trakt_export.cli.app:app", "cinestream-trakt-export", EXTRAS)
    command.run(language=os.environ.get("CINESTREAM_TRAKT_EXPORT__LANGUAGE", "auto"))


if __name__ == "__main__":
    main()
