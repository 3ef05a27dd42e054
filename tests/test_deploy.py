"""What `deploy/` promises. Nothing is started: there may be no container runtime."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from cli.main import app
from qa.settings import Settings

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
EXACT = re.compile(r"[\w./-]+:[\w.-]*\d+[.-]\d+[\w.-]*")
"""An image with a tag that has a version or a day."""


def options_of(command):
    return {option for parameter in get_command(app).commands[command].params for option in parameter.opts}


@pytest.mark.parametrize("service", SERVICES)
def test_each_service_has_an_exact_image_a_health_check_and_is_started_again(service):
    given = SERVICES[service]
    assert EXACT.fullmatch(given["image"]) and not given["image"].endswith("latest")
    assert given["healthcheck"]["test"][0] == "CMD" and given["healthcheck"]["retries"] >= 3
    assert given["restart"] == "unless-stopped"


def test_only_dateline_is_published_and_only_to_this_machine():
    published = {name: given["ports"] for name, given in SERVICES.items() if "ports" in given}
    assert published == {"dateline": ["127.0.0.1:8800:8800"]}
    assert all("network_mode" not in given for given in SERVICES.values())


def test_every_volume_and_secret_that_is_used_is_declared_and_the_other_way_round():
    used = {volume.partition(":")[0] for given in SERVICES.values() for volume in given.get("volumes", [])}
    assert used == set(COMPOSE["volumes"])
    assert {secret["source"] for given in SERVICES.values() for secret in given.get("secrets", [])} == {"keys"}
    assert set(COMPOSE["secrets"]) == {"keys"}


def test_what_is_waited_for_is_there_and_healthy_first():
    for given in SERVICES.values():
        for name, how in given.get("depends_on", {}).items():
            assert name in SERVICES and how == {"condition": "service_healthy"}


def test_addresses_inside_name_services():
    told = yaml.dump([given.get("environment") for given in SERVICES.values()])
    hosts = set(re.findall(r"(?:http://)?(\w+):\d{4,5}", told))
    assert hosts <= set(SERVICES) and "milvus" in hosts


def test_the_settings_given_are_settings():
    known = {f"DATELINE_{name.upper()}" for name in Settings.model_fields}
    given = set(SERVICES["dateline"]["environment"]) | set(re.findall(r"(DATELINE_\w+)=", DOCKERFILE))
    assert {name for name in given if name.startswith("DATELINE_")} <= known
    engine = SERVICES["dateline"]["environment"]["DATELINE_ENGINE"]
    assert engine == "milvus:http://milvus:19530"


def test_the_image_is_built_of_files_that_are_there_and_of_all_packages():
    copied = [name for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE) for name in line.split()[:-1]]
    assert copied and all((ROOT / name).exists() for name in copied)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = {name.partition(".")[0] for name in project["tool"]["setuptools"]["packages"]}
    assert packages <= set(copied)
    let_in = {line[1:] for line in (DEPLOY / "Dockerfile.dockerignore").read_text().split() if line.startswith("!")}
    assert let_in == set(copied)
    extras = re.search(r'"\.\[(.+)\]"', DOCKERFILE)[1].split(",")
    assert set(extras) <= set(project["project"]["optional-dependencies"])
    assert f"image: dateline:{project['project']['version']}" in (DEPLOY / "compose.yaml").read_text()


def test_the_image_runs_without_rights_on_pinned_packages_and_asks_for_keys():
    assert "--constraint constraints.txt" in DOCKERFILE and EXACT.search(DOCKERFILE.split("\n")[1])
    instructions = [line.split()[0] for line in DOCKERFILE.splitlines() if re.match(r"[A-Z]+ ", line)]
    assert "USER dateline" in DOCKERFILE and instructions.index("USER") < instructions.index("ENTRYPOINT")
    assert instructions.index("RUN") < instructions.index("USER")
    command = re.search(r"^CMD \[(.+)\]$", DOCKERFILE, re.MULTILINE)[1].replace('"', "").split(", ")
    assert command[0] == "serve" and "--keys" in command
    assert {word for word in command if word.startswith("--")} <= options_of("serve")
    (secret,) = SERVICES["dateline"]["secrets"]
    assert f"/run/secrets/{secret['target']}" in command


@pytest.mark.parametrize("text", [DOCKERFILE, *map(str, SERVICES["dateline"]["healthcheck"]["test"][-1:])])
def test_health_is_asked_where_the_server_tells_it(text):
    pytest.importorskip("fastapi", reason="it is not installed: pip install 'dateline[serve]'")
    from serve.health import router

    assert "http://127.0.0.1:8800/health" in text
    assert "/health" in {route.path for route in router.routes}


def test_the_notes_name_commands_and_files_that_are_there():
    for path in DEPLOY.glob("*.md"):
        text = path.read_text()
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
            assert (DEPLOY / link).exists(), link
        for command in re.findall(r"`dateline ([a-z-]+)", text):
            assert command in get_command(app).commands
