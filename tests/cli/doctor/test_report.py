"""The bundle of `cinestream doctor --report`, and the secrets that it must not have."""

import json
import os
import re
import tarfile
from pathlib import Path

import pytest
from tests.cli.doctor.cures import surroundings
from tests.main_function import run_main

from cinestream.runtime.local_run import LocalRun
from cinestream.runtime.setting_names import RENAMED, SECTIONS, SETTINGS
from cinestream_cli.__main__ import main
from cinestream_cli.doctor.masking import Mask, shown
from cinestream_cli.doctor.report import write_report
from cinestream_cli.doctor.surroundings import Surroundings

SECRET = "pl4nted-S3cret"
LOG = f"""
2026-12-01 12:00:00 [info] page.read url=https://user:{SECRET}@example.org/x
connecting to nats://etl:{SECRET}/{SECRET}@nats:4222
GET /api/movies/stream?access_token={SECRET}&replay=5 200
Authorization: Bearer {SECRET}
Authorization: Basic {SECRET}
{{"password": "{SECRET}", "client_secret":"{SECRET}", "event": "service.ready"}}
CINESTREAM_NATS_PASSWORD={SECRET}
Cookie: session={SECRET}
a login of yesterday used p0123456789abcdef0123456789abcdef
"""


def contents(bundle: Path) -> dict[str, str]:
    """Return the files of a bundle."""
    with tarfile.open(bundle) as archive:
        files = {member.name: archive.extractfile(member) for member in archive.getmembers()}
        return {name.partition("/")[2]: file.read().decode() for name, file in files.items() if file}


def planted(tmp_path: Path, secret: str) -> Surroundings:
    """Return surroundings with a secret in every setting, in a file of settings, in every log and in the run."""
    names = (*SETTINGS, *RENAMED, *(f"{section}__key" for section in SECTIONS), "nats_password_etl", "misspelt")
    environment = {
        f"CINESTREAM_{name}".upper(): f"https://me:{secret}@example.org/{secret}?q={secret}#{secret}"
        if name.endswith("url")
        else f"{number}-{secret}"
        for number, name in enumerate(names)
    }
    config = tmp_path / "settings.toml"
    texts = [json.dumps(f"{place}-{secret}") for place in ("file", "section")]
    config.write_text(f"nats_password = {texts[0]}\n[trakt]\nclient_id = {texts[1]}\n", "utf-8")
    (tmp_path / "logs").mkdir()
    for log in ("scraper", "etl"):
        (tmp_path / "logs" / f"{log}.log").write_text(
            LOG.replace(SECRET, secret) + f"unmarked run-{secret} {secret}\n", "utf-8"
        )
    url = f"nats://etl:{secret}@127.0.0.1:9"
    run = LocalRun(1, "today", url, {"etl": f"run-{secret}", "scraper": secret}, {"etl": url}, url, url)
    files = {"CINESTREAM_CONFIG": str(config), "CINESTREAM_TRAKT_CONFIG": str(config)}
    return Surroundings(environment | files, run, tmp_path)


@pytest.mark.parametrize("secret", [SECRET, 's3cret with spaces; "quotes" & é'], ids=["plain", "odd"])
def test_no_planted_secret_is_in_the_bundle(tmp_path: Path, secret: str) -> None:
    """A secret in every setting, address, log, result and in the run is in no file of the bundle."""
    place = planted(tmp_path, secret)
    results = {"checks": [{"name": "nats", "found": f"nats://etl:{secret}@127.0.0.1 run-{secret} 3-{secret}"}]}
    bundle = tmp_path / "doctor.tar.gz"
    write_report(bundle, results, place)
    files = contents(bundle)
    assert set(files) == {"doctor.json", "versions.txt", "settings.txt", "logs/etl.log", "logs/scraper.log"}
    found = {name: line for name, text in files.items() for line in text.splitlines() if secret in line}
    assert found == {}
    escaped = json.dumps(secret)[1:-1]
    assert not any(escaped in text for text in files.values())
    assert oct(os.stat(bundle).st_mode & 0o777) == "0o600"


def test_the_bundle_still_says_what_a_reader_needs(tmp_path: Path) -> None:
    """Numbers, known words, addresses of this machine, versions and events of the logs stay readable."""
    settings = {"STREAM_PORT": "3001", "LOG_LEVEL": "debug", "SELENIUM_URL": "http://me:pw@127.0.0.1:4444/x"}
    place = surroundings(tmp_path, **settings)
    (tmp_path / "logs").mkdir()
    lines = [f"line {number} of service.ready at http://127.0.0.1:9101/readyz" for number in range(1000)]
    (tmp_path / "logs/etl.log").write_text("\n".join(lines))
    write_report(tmp_path / "x.tar.gz", {"ok": True}, place)
    files = contents(tmp_path / "x.tar.gz")
    assert {"stream_port=3001", "log_level=debug", "selenium_url=http://127.0.0.1:4444"} <= set(
        files["settings.txt"].splitlines()
    )
    assert files["logs/etl.log"].splitlines() == lines[-200:]
    assert "cinestream-cli 0.1.0" in files["versions.txt"]
    assert json.loads(files["doctor.json"]) == {"ok": True}


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("stream_port", "3000", "3000"),
        ("scraper_freshness_ttl", "24h", "24h"),
        ("nats_user", "etl", "etl"),
        ("nats_password", "12345", "***"),
        ("trakt_api__client_id", "12345", "***"),
        ("imdb_url", "https://www.imdb.com/x?y", "https://www.imdb.com"),
        ("imdb_url", "https://example.org:444/x", "https://***:444"),
        ("imdb_url", "https://example.org:port/x", "***"),
        ("data_dir", "/home/ada/films", "***"),
        ("data_dir", "", ""),
    ],
)
def test_only_values_that_are_known_to_be_harmless_are_shown(name: str, value: str, expected: str) -> None:
    """A value is shown if it is a number, a known word or a known host, and its name is not that of a secret."""
    assert shown(name, value) == expected


@pytest.mark.parametrize(
    "text",
    ["http://x/p%C3%A4%20ss%221", '{"x": "p\\u00e4 ss\\"1"}', "password='pä ss\"1'", "aGVsbG8 cMOkIHNzIjE="],
    ids=["address", "json", "shell", "base64"],
)
def test_a_known_secret_is_found_in_other_notations(text: str) -> None:
    """A known secret is removed in an address, in JSON, in a shell and in base64, too."""
    masked = Mask(['pä ss"1'])(text)
    assert "***" in masked
    assert not {"ss", "cMOkIHNzIjE="} & set(re.findall(r"[\w=]+", masked))


@pytest.mark.process
def test_the_command_writes_the_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--report` writes the file beside the normal output, and names a file that cannot be written."""
    monkeypatch.chdir(tmp_path)
    environment = {**surroundings(tmp_path).environment, "PATH": str(tmp_path), "HOME": str(tmp_path)}
    done = run_main(main, ["cinestream", "doctor", "--json", "--report", "bundle.tar.gz"], environment)
    assert json.loads(contents(tmp_path / "bundle.tar.gz")["doctor.json"]) == json.loads(done.stdout)
    assert "wrote bundle.tar.gz" in done.stderr
    refused = run_main(main, ["cinestream", "doctor", "--report", "absent/bundle.tar.gz"], environment)
    assert refused.returncode == 1
    assert "absent" in refused.stderr
    assert "Traceback" not in refused.stderr
