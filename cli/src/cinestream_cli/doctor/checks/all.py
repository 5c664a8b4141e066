"""The list of all checks, in the order in which they are shown."""

from cinestream_cli.doctor.checks.backlog import lag
from cinestream_cli.doctor.checks.browser import browser
from cinestream_cli.doctor.checks.certificates import certificates
from cinestream_cli.doctor.checks.clock import clock
from cinestream_cli.doctor.checks.data_sets import data_sets
from cinestream_cli.doctor.checks.dead_letters import dead_letters
from cinestream_cli.doctor.checks.docker import docker
from cinestream_cli.doctor.checks.machine import disk, locale, python
from cinestream_cli.doctor.checks.nats_server import nats
from cinestream_cli.doctor.checks.permissions import permissions
from cinestream_cli.doctor.checks.ports import ports
from cinestream_cli.doctor.checks.settings import settings
from cinestream_cli.doctor.checks.streams import streams
from cinestream_cli.doctor.runner import Check
from cinestream_flow.message import Message

CHECKS = (
    Check("python", Message("Python"), python),
    Check("browser", Message("browser"), browser),
    Check("ports", Message("ports"), ports),
    Check("disk", Message("disk"), disk),
    Check("clock", Message("clock"), clock),
    Check("locale", Message("locale"), locale),
    Check("settings", Message("settings"), settings),
    Check("certificates", Message("certificates"), certificates),
    Check("docker", Message("Docker"), docker),
    Check("nats", Message("NATS"), nats),
    Check("permissions", Message("permissions"), permissions),
    Check("streams", Message("streams"), streams),
    Check("lag", Message("lag"), lag),
    Check("dead-letters", Message("dead letters"), dead_letters),
    Check("data-sets", Message("data sets"), data_sets),
)
"""The names are stable: other programs read them in the output of `--json`."""
