"""`make rollback STAGE=dev`: put a stage back on what it ran before."""

from __future__ import annotations

import sys
from pathlib import Path

from infra import functions as lambdas
from infra.aws import Aws, DeployError
from infra.deploy import introduce, run
from infra.live import Live
from infra.release import History, Packages, Release
from infra.shared import Shared
from infra.stages import ROOT, Stage, stage_of
from infra.talk import Talk, with_terminal


def rollback(
    name: str, talk: Talk, *, root: Path = ROOT, pause: float = 5.0
) -> Release:
    """Have a stage run the release before this one; data and infrastructure stay.

    Raises `DeployError` where nothing ran before, or its package was lost.
    """
    stage = stage_of(name, root)
    aws = Aws(stage.region)
    introduce(aws, stage, talk)
    history = History(aws, stage)
    releases = history.all()
    # A deployment that was interrupted has left code that no record knows of.
    finished = bool(releases) and _runs(aws, stage, releases[0])
    if len(releases) < 1 + finished:
        raise DeployError(f"{name} ran nothing before: there is nothing to go back to.")
    before = releases[1 if finished else 0]
    packages = Packages(aws, Shared(aws).bucket)
    packages.get(before.sha256)
    now = releases[0].short if finished else "what no deployment has finished"
    talk.say(f"The plan:\n  {name}: {now} -> {before.short} of {before.at}")
    if not talk.agreed(name):
        raise DeployError("Nothing was changed.")
    Live(aws, stage, pause=pause).put_back(before)
    if finished:
        history.take_back()
    talk.say(f"{name} runs {before.short}.")
    return before


def _runs(aws: Aws, stage: Stage, release: Release) -> bool:
    there = [lambdas.deployed(aws, each.name) for each in stage.functions]
    return all(each is None or each.sha256 == release.sha256 for each in there)


def main(arguments: list[str]) -> int:
    names = [each for each in arguments if not each.startswith("-")]
    if len(names) != 1 or set(arguments) - {*names, "--yes"}:
        print("make rollback STAGE=<stage>: dev, staging or production.")
        return 2
    talk = with_terminal(yes="--yes" in arguments)
    return run(lambda: rollback(names[0], talk))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
