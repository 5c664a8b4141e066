"""The alert rules and the dashboard of the stream: valid, and about metrics that are really exported."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from tests.conftest import ROOT

from cinestream_stream_api.metrics import StreamMetrics

RULES = ROOT / "deploy/prometheus/cinestream-stream.rules.yml"
DASHBOARD = ROOT / "deploy/grafana/cinestream-stream.json"
_NAME = re.compile(r"\bcinestream_[a-z_]+")


def exported() -> set[str]:
    """The names of all samples that the service can export."""
    registry = CollectorRegistry()
    StreamMetrics(registry)
    names: set[str] = set()
    for metric in registry.collect():
        suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}.get(metric.type, [""])
        names |= {metric.name + suffix for suffix in suffixes}
    return names


def expressions(path: Path) -> list[str]:
    """The queries in the rules, or in the dashboard."""
    if path.suffix == ".json":
        dashboard = json.loads(path.read_text())
        return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    return re.findall(r"^ +expr: (.+)$", path.read_text(), re.MULTILINE)


@pytest.mark.parametrize("path", [RULES, DASHBOARD], ids=["rules", "dashboard"])
def test_every_metric_that_is_asked_for_is_exported(path: Path) -> None:
    """A renamed metric must not leave an alert behind that can never fire."""
    asked = {name for expression in expressions(path) for name in _NAME.findall(expression)}
    assert asked
    assert asked <= exported()


def test_the_dashboard_shows_every_metric() -> None:
    """Nothing is exported that nobody looks at."""
    shown = " ".join(expressions(DASHBOARD) + expressions(RULES))
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in exported()}
    assert [name for name in families if name not in shown] == []


def test_the_rules_are_valid() -> None:
    """Prometheus's own tool reads them without a complaint."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("no promtool (Debian: prometheus)")
    checked = subprocess.run([promtool, "check", "rules", str(RULES)], capture_output=True, text=True, timeout=30)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "SUCCESS" in checked.stdout
