"""The entry point of `cinestream-stream-api`."""

from cinestream.commands.frame import Command


def main() -> None:
    """Run the command."""
    Command("cinestream-stream-api", "cinestream_stream_api.commands.app:app").run()


if __name__ == "__main__":
    main()
