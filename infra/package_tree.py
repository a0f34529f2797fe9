"""What a package is made of: trimmed libraries, the application, bytecode.

Lambda's Python is another than the one that runs here, and nothing of it can be written
once it is there. So wheels are chosen for it, and compiled by a Python of its kind into
bytecode that it takes without looking at the sources.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

APPLICATION = ("blueprints", "jada_flask", "templates")
# Of AWS's services, those that the application calls; credentials may need `sts`.
SERVICES = ("cloudfront", "dynamodb", "s3", "sesv2", "sqs", "ssm", "sts")
DISCOVERY = "googleapiclient/discovery_cache/documents"
DOCUMENT = "gmail.v1.json"
_PLATFORMS = ("manylinux_2_28_x86_64", "manylinux2014_x86_64", "manylinux_2_17_x86_64")
# Pillow comes with fpdf2, whose receipts have no pictures: a quarter of the whole.
LEFT_OUT = ("PIL",)
_NEVER_IMPORTED = (
    *LEFT_OUT, "pillow.libs", "bin", "share", "boto3/data", "boto3/examples",
    "certifi/tests", "icalendar/tests",
)  # fmt: skip
_FOR_COMPILERS = (".c", ".h", ".proto", ".pxd", ".pyi", ".pyx")
_INSTALLERS = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")
_EPOCH = "315532800"  # 1980, as every date in the zip


class PackageError(Exception):
    """Why there is no package, in a sentence."""


def python_of_lambda() -> str:
    """A Python 3.13 of this machine; raises `PackageError` if there is none."""
    for name in _candidates():
        if _is_313(name):
            return name
    raise PackageError(
        "Packaging needs a Python 3.13, which Lambda runs; none was found on PATH nor "
        "in pyenv. Install one, or say in PYTHON313 where it is."
    )


def install(requirements: Path, tree: Path, python: str) -> None:
    """Put what Lambda needs into a folder: pinned, with the hashes that we know."""
    platforms = [word for name in _PLATFORMS for word in ("--platform", name)]
    pip = [sys.executable, "-m", "pip", "--python", python, "install"]
    quiet = ["--quiet", "--disable-pip-version-check", "--no-compile"]
    wheels = [*platforms, "--python-version=3.13", "--implementation=cp"]
    exact = ["--only-binary=:all:", "--require-hashes", "-r", str(requirements)]
    _run([*pip, *quiet, "--target", str(tree), *wheels, *exact])


def trim(tree: Path) -> None:
    """Take out what no request ever needs, which is two thirds of all."""
    for name in _NEVER_IMPORTED:
        shutil.rmtree(tree / name, ignore_errors=True)
    _keep_only(tree / DISCOVERY, {DOCUMENT})
    services = tree / "botocore/data"
    common = {path.name for path in services.glob("*.json")}
    _keep_only(services, common | set(SERVICES))
    for fast in (tree / "fontTools").rglob("*.cpython-*.so"):
        # The same module in Python lies beside it; receipts need it for no outline.
        if fast.with_name(fast.name.partition(".")[0] + ".py").exists():
            fast.unlink()
    for path in [path for path in tree.rglob("*") if path.suffix in _FOR_COMPILERS]:
        path.unlink()
    for notes in tree.glob("*.dist-info"):
        for name in _INSTALLERS:
            (notes / name).unlink(missing_ok=True)


def export(root: Path, tree: Path) -> None:
    """Add the application as it is committed, and nothing that merely lies there."""
    archive = _run(["git", "archive", "HEAD", *APPLICATION], cwd=root)
    tree.mkdir(parents=True, exist_ok=True)
    _run(["tar", "-x"], cwd=tree, given=archive)


def compile_all(tree: Path, python: str) -> None:
    """Write bytecode that stays valid whatever date its source gets in the zip.

    The application keeps its sources beside it, for what a traceback shows; of the
    libraries there is the bytecode alone. One process each and one seed: the same
    bytes every time.
    """
    sources = {path.relative_to(tree) for path in tree.rglob("*.py")}
    theirs = {path for path in sources if path.parts[0] not in APPLICATION}
    places = ["-s", str(tree), "-p", "/var/task"]
    mode = ["--invalidation-mode", "unchecked-hash"]
    command = [python, "-m", "compileall", "-q", *places, *mode]
    _run([*command, *(str(tree / name) for name in APPLICATION)])
    tops = sorted({path.parts[0] for path in theirs})
    _run([*command, "-b", *(str(tree / name) for name in tops)])
    for path in theirs:
        (tree / path).unlink()


def work_ahead(tree: Path, python: str) -> None:
    """Do what Python would do at each start, and keep it: see `jada_flask.ahead`."""
    program = Path(__file__).with_name("package_ahead.py")
    _run([python, "-B", "-P", str(program)], cwd=tree, PYTHONPATH=str(tree))


def _keep_only(folder: Path, names: set[str]) -> None:
    for path in list(folder.iterdir()):
        if path.name in names:
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _candidates() -> Iterator[str]:
    yield os.environ.get("PYTHON313", "")
    yield sys.executable
    yield "python3.13"
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from map(str, sorted(pyenv.glob("versions/3.13.*/bin/python3.13")))


def _is_313(name: str) -> bool:
    """Asked, not believed: a shim of pyenv can be found and still not run."""
    ask = "import sys; sys.exit(sys.version_info[:2] != (3, 13))"
    try:
        return subprocess.run([name, "-c", ask], capture_output=True).returncode == 0
    except OSError:
        return False


def _run(
    command: list[str], cwd: Path | None = None, given: bytes = b"", **more: str
) -> bytes:
    fixed = {"SOURCE_DATE_EPOCH": _EPOCH, "PYTHONHASHSEED": "0"}
    env = {**os.environ, **fixed, **more}
    done = subprocess.run(
        command, cwd=cwd, env=env, input=given, capture_output=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise PackageError(f"{Path(command[0]).name} failed:\n{said}")
    return done.stdout
