"""`make promote`: give production exactly what staging runs."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from infra import functions as lambdas
from infra.aws import Aws, DeployError
from infra.deploy import introduce, run
from infra.live import Live
from infra.package import clean_commit
from infra.package_tree import PackageError
from infra.release import History, Packages, Release
from infra.rollout import Rollout
from infra.shared import Shared
from infra.stages import ROOT, Stage, stage_of
from infra.talk import Talk, with_terminal
from infra.zappa_run import Zappa, zappa


def promote(
    talk: Talk, *, root: Path = ROOT, zappa: Zappa = zappa, pause: float = 5.0
) -> Release:
    """Bring the bytes that staging runs to production.

    Raises `DeployError` where staging was never deployed, is not well, runs what no
    deployment has put there, or is of another commit than the one checked out here,
    which says how production is to be set up.
    """
    staging, production = stage_of("staging", root), stage_of("production", root)
    aws = Aws(production.region)
    introduce(aws, production, talk)
    release = _running(aws, staging)
    _same_commit(root, release)
    talk.say(f"Asking staging, which runs {release.short} ...")
    if faults := Live(aws, staging).faults():
        raise DeployError("\n".join(["staging is not well:", *faults]))
    content = Packages(aws, Shared(aws).bucket).get(release.sha256)
    fresh = replace(release, versions={}, at="")
    return Rollout(aws, production, talk, content, fresh, zappa, pause).run()


def _running(aws: Aws, staging: Stage) -> Release:
    release = History(aws, staging).running()
    if release is None:
        raise DeployError("staging was never deployed: `make deploy STAGE=staging`.")
    for function in staging.functions:
        there = lambdas.deployed(aws, function.name)
        if there is None or there.sha256 != release.sha256:
            raise DeployError(
                f"{function.name} does not run what was deployed there last: deploy "
                "staging again."
            )
    return release


def _same_commit(root: Path, release: Release) -> None:
    try:
        commit = clean_commit(root)
    except PackageError as error:
        raise DeployError(str(error)) from None
    if commit != release.commit:
        raise DeployError(
            f"staging runs {release.short} and {commit[:12]} is checked out here: "
            f"`git checkout {release.short}` first."
        )


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["production"]):
        print("make promote: production gets what staging runs.")
        return 2
    return run(lambda: promote(with_terminal()))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
