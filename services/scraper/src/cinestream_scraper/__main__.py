"""The command `cinestream-scraper`: the service, or with a subcommand a small tool around it."""

from cinestream_scraper.cli.app import app


def main() -> None:
    """Run the command."""
    app()


if __name__ == "__main__":
    main()
