"""The entry point of `cinestream-etl`."""

from cinestream_etl.commands.app import app


def main() -> None:
    """Run the command."""
    app()


if __name__ == "__main__":
    main()
