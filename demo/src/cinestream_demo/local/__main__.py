"""The command `cinestream-run`."""

import sys


def main() -> None:
    """Run the command."""
    try:
        from cinestream.commands.frame import Command
    except ModuleNotFoundError as error:
        sys.stderr.write(f"{error.name} is missing: pip install 'cinestream-demo[local]'\n")
        sys.exit(5)
    except KeyboardInterrupt:
        sys.exit(130)
    extras = dict.fromkeys(("anyio", "pydantic", "rich"), "local")
    Command("cinestream-run", "cinestream_demo.local.app:app", distribution="cinestream-demo", extras=extras).run()


if __name__ == "__main__":
    main()
