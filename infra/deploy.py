"""`make deploy STAGE=dev`: bring a stage up to what is committed, even from nothing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from infra.aws import Aws, DeployError, Refused
from infra.package import Package, build, clean_commit
from infra.package_tree import PackageError
from infra.release import Release
from infra.rollout import Rollout
from infra.stages import ROOT, Stage, stage_of
from infra.talk import Talk, with_terminal
from infra.zappa_run import Zappa, zappa

Build = Callable[[Path, Callable[[str], None]], Package]


def deploy(
    name: str,
    talk: Talk,
    *,
    root: Path = ROOT,
    make: Build = build,
    zappa: Zappa = zappa,
    pause: float = 5.0,
) -> Release:
    """Deploy what is checked out to a stage; raises `DeployError` where it may not be.

    Nothing is changed before the plan was shown and agreed to.
    """
    stage = stage_of(name, root)
    commit = _checked(root)
    aws = Aws(stage.region)
    introduce(aws, stage, talk)
    try:
        made = make(root, talk.say)
    except PackageError as error:
        raise DeployError(str(error)) from None
    talk.say(f"package   {made.sha256[:12]}, {made.zipped / 1e6:.1f} MB")
    release = Release(made.sha256, commit)
    content = made.path.read_bytes()
    return Rollout(aws, stage, talk, content, release, zappa, pause).run()


def introduce(aws: Aws, stage: Stage, talk: Talk) -> None:
    """Say where this goes, and as whom."""
    talk.say(f"stage     {stage.name}")
    talk.say(f"account   {aws.account}, {stage.region}")
    talk.say(f"as        {aws.caller}")


def _checked(root: Path) -> str:
    try:
        return clean_commit(root)
    except PackageError as error:
        raise DeployError(str(error)) from None


def run(what: Callable[[], object]) -> int:
    """Do it, or say in a sentence why not."""
    try:
        what()
    except (DeployError, *Refused) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on from here.", file=sys.stderr)
        return 1
    return 0


def main(arguments: list[str]) -> int:
    names = [each for each in arguments if not each.startswith("-")]
    if len(names) != 1 or set(arguments) - {*names, "--yes"}:
        print("make deploy STAGE=<stage>: dev, staging or production.")
        return 2
    talk = with_terminal(yes="--yes" in arguments)
    return run(lambda: deploy(names[0], talk))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
