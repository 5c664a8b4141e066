"""The entry point of `cinestream-etl`."""

from cinestream.commands.frame import Command


def main() -> None:
    """Run the command."""
    Command("cinestream-etl", "cinestream_etl.commands.app:app", extras={"wordllama": "tone"}).run()


if __name__ == "__main__":
    main()
