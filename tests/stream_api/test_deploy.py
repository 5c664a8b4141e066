"""The configuration of Prometheus, the alert rules and the dashboard: valid, with metrics that exist."""

import importlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from prometheus_client import REGISTRY, CollectorRegistry
from tests.paths import ROOT

from cinestream_stream_api.metrics import StreamMetrics

CONFIG = ROOT / "deploy/prometheus/prometheus.yml"
RULES = sorted((ROOT / "deploy/prometheus").glob("*.rules.yml"))
DASHBOARD = ROOT / "deploy/grafana/dashboards/cinestream-stream.json"
ALERTS = ROOT / "tests/stream_api/alerts.yml"
SERVICES = ("scraper", "etl", "stream_api", "trakt_export")
_NAME = re.compile(r"\bcinestream_[a-z_]+")


def of_the_stream() -> CollectorRegistry:
    """Return a registry with the metrics of stream-api alone."""
    registry = CollectorRegistry()
    StreamMetrics(registry)
    return registry


def of_all() -> CollectorRegistry:
    """Return a registry with the metrics of all services."""
    for service in SERVICES:
        importlib.import_module(f"cinestream_{service}.metrics")
    return REGISTRY


def exported(registry: CollectorRegistry) -> set[str]:
    """Return the names of all samples that can be exported."""
    names: set[str] = set()
    for metric in registry.collect():
        suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_sum", "_count"]}.get(metric.type, [""])
        names |= {metric.name + suffix for suffix in suffixes}
    return names


def expressions(path: Path) -> list[str]:
    """Return the queries of the rules or of the dashboard."""
    if path.suffix == ".json":
        dashboard = json.loads(path.read_text())
        return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    return re.findall(r"^ +expr: (.+)$", path.read_text(), re.MULTILINE)


@pytest.mark.parametrize("path", [*RULES, DASHBOARD], ids=lambda path: path.name)
def test_every_queried_metric_is_exported(path: Path) -> None:
    """An alert on a metric that was renamed could never fire."""
    queried = {name for expression in expressions(path) for name in _NAME.findall(expression)}
    assert queried
    assert queried <= exported(of_all())


def test_the_dashboard_shows_every_metric() -> None:
    """Each metric of the stream is in a panel or an alert."""
    shown = " ".join(query for path in (DASHBOARD, *RULES) for query in expressions(path))
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in exported(of_the_stream())}
    assert [name for name in families if name not in shown] == []


@pytest.mark.parametrize("path", [CONFIG, *RULES], ids=lambda path: path.name)
def test_prometheus_accepts_the_configuration(path: Path) -> None:
    """promtool, Prometheus's own tool, accepts each file."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("no promtool (Debian: prometheus)")
    check = ["config", "--syntax-only"] if path == CONFIG else ["rules"]
    checked = subprocess.run([promtool, "check", *check, str(path)], capture_output=True, text=True, timeout=60)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "SUCCESS" in checked.stdout


def test_alerts_fire_when_they_should(tmp_path: Path) -> None:
    """On made-up series promtool sees each alert fire, and none when all is well."""
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("no promtool (Debian: prometheus)")
    for path in (*RULES, ALERTS):
        shutil.copy(path, tmp_path)
    command = [promtool, "test", "rules", str(tmp_path / ALERTS.name)]
    tested = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_every_service_is_scraped_where_it_answers() -> None:
    """The ports are the defaults of the services and those of compose."""
    scraped = dict(re.findall(r"names: \[([a-z-]+)\], type: A, port: (\d+)", CONFIG.read_text()))
    compose = (ROOT / "docker-compose.yml").read_text()
    assert scraped == {"scraper": "9101", "etl": "9102", "stream-api": "9103", "trakt-export": "9104"}
    for service, port in scraped.items():
        part = re.search(rf"^  {re.escape(service)}:\n(?:(?:    .*)?\n)+", compose, re.MULTILINE)
        assert part
        assert f"CINESTREAM_OPS_PORT: {port}\n" in part[0]


@pytest.mark.process
@pytest.mark.parametrize(("setting", "address"), [({}, "127.0.0.1"), ({"CINESTREAM_STREAM_HOST": "::"}, "::")])
def test_compose_serves_this_machine_only_unless_a_setting_says_otherwise(
    setting: dict[str, str], address: str
) -> None:
    """Every published port is bound to loopback, and that of the stream to the address of its setting."""
    if not (docker := shutil.which("docker")):
        pytest.skip("no docker")
    command = [docker, "compose", "--env-file", os.devnull, "--profile", "*", "config", "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | setting, capture_output=True, timeout=60, check=False)
    if done.returncode:
        pytest.skip(f"no docker compose: {done.stderr.decode()}")
    services = json.loads(done.stdout)["services"]
    ports = {port["target"]: port["host_ip"] for service in services.values() for port in service.get("ports", ())}
    assert ports.pop(3000) == address
    assert set(ports) == {9101, 9102, 9103, 9104}
    assert set(ports.values()) == {"127.0.0.1"}
