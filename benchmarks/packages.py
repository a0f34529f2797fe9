"""Unpacked packages to compare: ours, and what Zappa makes when left to itself.

They are made once per commit, below ``build/``; that needs a package index.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

from infra import package
from infra.package_tree import APPLICATION, PackageError, python_of_lambda

_ROOT = Path(__file__).resolve().parent.parent
BUILD = _ROOT / "build" / "cold-start"
_ZAPPA = "zappa==0.63.0"
_HELLO = """from flask import Flask, jsonify

app = Flask(__name__)


@app.get("/healthz")
def healthz():
    return jsonify(ok=True)
"""


def ours() -> Path:
    """What `make package` makes of the last commit."""

    def fill(folder: Path) -> None:
        source = folder.with_name("source")
        shutil.rmtree(source, ignore_errors=True)
        _run("git", "clone", "--quiet", str(_ROOT), str(source))
        with ZipFile(package.build(source, lambda _: None).path) as made:
            made.extractall(folder)

    return _once(f"ours-{_commit()}", fill)


def hello() -> Path:
    """A bare Flask application by stock Zappa, with bytecode that is valid."""

    def fill(folder: Path) -> None:
        project = folder.with_name("hello-project")
        _write(project, "app.app")
        (project / "app.py").write_text(_HELLO, "utf-8")
        _zappa(project, folder, "hello", ["flask==3.1.3"])
        checked = ["--invalidation-mode", "checked-hash", str(folder)]
        # A template of a library is no Python, which is no reason to stop.
        subprocess.run(
            [python_of_lambda(), "-m", "compileall", "-q", "-f", *checked],
            stdout=subprocess.DEVNULL,
        )

    return _once("hello", fill)


def stock() -> Path:
    """This application as Zappa packs it: whatever is installed, stale bytecode."""

    def fill(folder: Path) -> None:
        project = folder.with_name("stock-project")
        _write(project, "jada_flask.wsgi.app")
        archive = project / "source.tar"
        _run("git", "archive", "-o", str(archive), "HEAD", *APPLICATION, cwd=_ROOT)
        _run("tar", "-xf", "source.tar", cwd=project)
        archive.unlink()
        _zappa(project, folder, "stock", ["-r", str(_ROOT / "requirements.txt")])

    return _once(f"stock-{_commit()}", fill)


def size_of(folder: Path) -> int:
    """How many bytes the files of a folder have."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _once(name: str, fill: Callable[[Path], None]) -> Path:
    """A folder that is either whole or not there."""
    folder, half = BUILD / name, BUILD / f"{name}.half"
    if not folder.exists():
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(parents=True)
        fill(half)
        for older in BUILD.glob(f"{name.partition('-')[0]}-{'[0-9a-f]' * 12}"):
            shutil.rmtree(older)
        half.rename(folder)
    return folder


def _write(project: Path, function: str) -> None:
    shutil.rmtree(project, ignore_errors=True)
    project.mkdir(parents=True)
    stage = {
        "app_function": function,
        "project_name": "measured",
        "runtime": "python3.13",
        "aws_region": "us-west-2",
        "s3_bucket": "none",
        "use_precompiled_packages": False,  # else it asks PyPI for what is there
    }
    settings = json.dumps({"dev": stage})
    (project / "zappa_settings.json").write_text(settings, "utf-8")


def _zappa(project: Path, folder: Path, name: str, wanted: list[str]) -> None:
    """A virtualenv with Zappa and what the application needs, all of it packed."""
    venv = BUILD / f"{name}-venv"
    if not (venv / "done").exists():
        _run(python_of_lambda(), "-m", "venv", "--clear", str(venv))
        pip = [str(venv / "bin/pip"), "install", "--quiet"]
        _run(*pip, *wanted)
        _run(*pip, _ZAPPA)
        (venv / "done").touch()
    path = f"{venv / 'bin'}:{os.environ['PATH']}"
    env = {**os.environ, "VIRTUAL_ENV": str(venv), "PATH": path}
    # Its settings of AWS, if there are any, are nobody's business here.
    env.pop("AWS_PROFILE", None)
    _run(str(venv / "bin/zappa"), "package", "dev", "-o", "a.zip", cwd=project, env=env)
    with ZipFile(project / "a.zip") as made:
        made.extractall(folder)


def _commit() -> str:
    return _run("git", "rev-parse", "--short=12", "HEAD", cwd=_ROOT)


def _run(
    *command: str, cwd: Path | None = None, env: dict[str, str] | None = None
) -> str:
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True)
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-2000:]
        raise PackageError(f"{Path(command[0]).name} failed:\n{said}")
    return done.stdout.strip()
