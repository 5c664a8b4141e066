"""Targets of the benchmarks, and the table that compares them with the measured values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """A measured value and its limit, which is a maximum, or a minimum with `minimum`."""

    scenario: str
    quantity: str
    measured: float
    limit: float
    minimum: bool = False

    @property
    def reached(self) -> bool:
        """True if the measured value keeps the limit."""
        return self.measured >= self.limit if self.minimum else self.measured <= self.limit


def print_targets(targets: list[Target]) -> None:
    """Print a table of targets and measured values."""
    print("\n| scenario | quantity | target | measured | |\n|---|---|---|---|---|")
    for target in targets:
        sign, verdict = "≥" if target.minimum else "≤", "reached" if target.reached else "NOT REACHED"
        values = f"{sign} {target.limit:,.4g} | {target.measured:,.4g} | {verdict}"
        print(f"| {target.scenario} | {target.quantity} | {values} |")
