"""The command `cinestream-scraper`: the service, or with a subcommand a small tool around it."""

from cinestream.commands.frame import Command


def main() -> None:
    """Run the command."""
    Command("cinestream-scraper", "cinestream_scraper.cli.app:app").run()


if __name__ == "__main__":
    main()
