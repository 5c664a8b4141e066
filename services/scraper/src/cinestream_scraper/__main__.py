"""`cinestream-scraper`: without a subcommand the service; the subcommands are small tools around it."""

from cinestream_scraper.cli.app import app


def main() -> None:
    """Entry point of the command."""
    app()


if __name__ == "__main__":
    main()
