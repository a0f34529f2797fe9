"""Putting a package live, asking whether all is well, and putting an older one back."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from infra import functions as lambdas
from infra import smoke as checks
from infra.asking import over_https
from infra.aws import Aws, DeployError, Refused
from infra.release import Packages, Release
from infra.shared import Shared
from infra.stack import Stack
from infra.stages import Function, Stage
from infra.talk import Say
from infra.zappa_run import Zappa, zappa

_TRIES = 12  # with a pause between: CloudFront learns slowly
_APIS = {"dispatch": "DispatchApi", "public": "PublicApi"}
Values = Mapping[str, str]


@dataclass(frozen=True)
class Live:
    """A stage as it serves."""

    aws: Aws
    stage: Stage
    zappa: Zappa = zappa
    pause: float = 5.0

    def api_ids(self) -> dict[str, str]:
        """The ids of the REST APIs that Zappa made, by the template's parameters."""
        return {_APIS[each.who]: self._api(each) for each in self.stage.functions}

    def outputs(self) -> dict[str, str]:
        return Stack(self.aws, self.stage.stack).outputs()

    def foreseen(
        self,
        release: Release,
        running: Release | None,
        operator: Values,
        taken_away: list[str],
    ) -> Iterator[str]:
        """What would change about the two functions, a line for each change."""
        outputs = self.outputs()
        for function in self.stage.functions:
            there = lambdas.deployed(self.aws, function.name)
            if there is None or not self._api(function):
                yield f"{function.name}: made, with its API"
                continue
            if there.sha256 != release.sha256:
                old, new = there.sha256[:12], release.sha256[:12]
                yield f"{function.name}: {old} -> {new}"
            elif running is None or running.commit != release.commit:
                yield f"{function.name}: settings of {release.short}"
            wanted = lambdas.wanted_environment(function, operator, outputs)
            for name, value in wanted.items():
                if there.environment.get(name) != value:
                    yield f"{function.name}: {name} is {value}"
            for name in lambdas.superfluous(there.environment, wanted, taken_away):
                yield f"{function.name}: {name} goes"

    def switch(
        self,
        function: Function,
        release: Release,
        wanted: Values,
        outputs: Values,
        taken_away: list[str],
    ) -> None:
        """Have Zappa put a package live.

        The new environment comes first and takes nothing away, since old and new code
        both start with it; what goes goes last.
        """
        there = lambdas.deployed(self.aws, function.name)
        if there is not None and not self._api(function):
            # Half made: Zappa would neither deploy nor update it.
            self.aws("lambda").delete_function(FunctionName=function.name)
            there = None
        environment = lambdas.with_kept(wanted, there.environment if there else {})
        if there:
            lambdas.set_environment(self.aws, function.name, environment)
        bucket = Shared(self.aws).bucket
        settings = lambdas.for_zappa(
            function, environment, outputs, bucket, there.concurrency if there else None
        )
        package = f"s3://{bucket}/{Packages.key(release.sha256)}"
        self.zappa("update" if there else "deploy", function.zappa, settings, package)
        lambdas.settled(self.aws, function.name)
        now = lambdas.deployed(self.aws, function.name)
        if now is None or now.sha256 != release.sha256:
            raise DeployError(f"{function.name} does not run what it was given.")
        for name in lambdas.superfluous(environment, wanted, taken_away):
            del environment[name]
        lambdas.set_environment(self.aws, function.name, environment)

    def put_back(self, before: Release) -> None:
        """Have both functions run an earlier release, with what it needs to know.

        Raises `DeployError` if the stage does not serve with that either.
        """
        bucket = Shared(self.aws).bucket
        for function in self.stage.functions:
            there = lambdas.deployed(self.aws, function.name)
            if there is None:
                continue
            version = before.versions.get(function.name, "$LATEST")
            then = lambdas.deployed(self.aws, function.name, version)
            known = then.environment if then else {}
            lambdas.set_environment(
                self.aws,
                function.name,
                lambdas.with_kept(there.environment, known),
            )
            if there.sha256 != before.sha256:
                key = Packages.key(before.sha256)
                lambdas.set_code(self.aws, function.name, bucket, key)
        self.smoke()

    def smoke(self) -> None:
        """Ask the stage until all is well; raises `DeployError` if it never is."""
        for attempt in range(_TRIES):
            faults = self.faults()
            if not faults:
                return
            if attempt == _TRIES - 1:
                said = [f"{self.stage.name} does not serve:", *faults]
                raise DeployError("\n".join(said))
            time.sleep(self.pause)

    def faults(self) -> list[str]:
        """What is wrong with the stage, as its users would meet it."""
        domain = self.outputs().get("DistributionDomain", "")
        apis = {each.zappa: self._api(each) for each in self.stage.functions}
        if not domain or not all(apis.values()):
            return [f"{self.stage.name} was never deployed."]
        faults = list(checks.of_stage(over_https(domain), self.stage.name))
        for stage, api in apis.items():
            host = f"{api}.execute-api.{self.aws.region}.amazonaws.com"
            faults += checks.past_the_edge(over_https(host, f"/{stage}"))
        return faults

    def forget_at_the_edge(self, say: Say) -> None:
        """Have CloudFront ask again for guest pages; static files never change."""
        batch = {
            "Paths": {"Quantity": 1, "Items": ["/g/*"]},
            "CallerReference": f"release-{time.time_ns()}",
        }
        distribution = self.outputs()["DistributionId"]
        try:
            self.aws("cloudfront").create_invalidation(
                DistributionId=distribution, InvalidationBatch=batch
            )
        except Refused as error:
            say(f"CloudFront keeps guest pages for five minutes more ({error}).")

    def _api(self, function: Function) -> str:
        return Stack(self.aws, function.name).resource("Api")
