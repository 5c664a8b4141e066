"""What is to be reached, as a table of what was measured beside it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A number, and the most that it may be; with `least` the least that it must be."""

    work: str
    what: str
    measured: float
    limit: float
    least: bool = False

    @property
    def reached(self) -> bool:
        """Whether it is."""
        return self.measured >= self.limit if self.least else self.measured <= self.limit


def show_targets(targets: list[Target]) -> None:
    """Print the table."""
    print("\n| work | what | target | measured | |\n|---|---|---|---|---|")
    for target in targets:
        sign, verdict = "≥" if target.least else "≤", "reached" if target.reached else "NOT REACHED"
        print(f"| {target.work} | {target.what} | {sign} {target.limit:,.4g} | {target.measured:,.4g} | {verdict} |")
