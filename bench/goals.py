"""Goals of the benchmarks, and the table that compares them with the measured values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
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


def print_goals(goals: list[Goal]) -> None:
    """Print a table of goals and measured values."""
    print("\n| scenario | quantity | goal | measured | |\n|---|---|---|---|---|")
    for goal in goals:
        sign, verdict = "≥" if goal.minimum else "≤", "reached" if goal.reached else "NOT REACHED"
        values = f"{sign} {goal.limit:,.4g} | {goal.measured:,.4g} | {verdict}"
        print(f"| {goal.scenario} | {goal.quantity} | {values} |")
