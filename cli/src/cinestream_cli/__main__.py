"""The entry point of `cinestream`."""

from cinestream.commands.frame import Command


def main() -> None:
    """Run the command."""
    Command("cinestream", "cinestream_cli.app:app", distribution="cinestream-cli").run()


if __name__ == "__main__":
    main()
