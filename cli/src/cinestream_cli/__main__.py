"""The entry point of `cinestream`."""

from cinestream.commands.frame import Command


def main() -> None:
    """Run the command."""
    extras = {"wordllama": "tone"}
    Command("cinestream", "cinestream_cli.app:app", distribution="cinestream-cli", extras=extras).run()


if __name__ == "__main__":
    main()
