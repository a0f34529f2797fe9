"""One package on its way to one stage: what would change, then the change."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from infra import functions as lambdas
from infra import template
from infra.aws import Aws, DeployError, Refused
from infra.candidate import Candidate
from infra.live import Live, Values
from infra.release import History, Packages, Release
from infra.settings import Settings, addresses, parameters
from infra.shared import Shared
from infra.stack import Stack
from infra.stage_secrets import MADE_UP, Secrets
from infra.stages import Function, Stage
from infra.static_files import StaticFiles
from infra.talk import Talk
from infra.zappa_run import Zappa, zappa

_NOT_YET = "x" * 32  # for a secret that is not made yet, in a plan


@dataclass
class Rollout:
    """What is brought where, and what is known about it before anything changes."""

    aws: Aws
    stage: Stage
    talk: Talk
    package: bytes
    release: Release
    zappa: Zappa = zappa
    pause: float = 5.0
    operator: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.shared = Shared(self.aws, pause=self.pause)
        self.stack = Stack(self.aws, self.stage.stack, pause=self.pause)
        self.settings = Settings(self.aws, self.stage)
        self.secrets = Secrets(self.aws, self.stage)
        self.history = History(self.aws, self.stage)
        self.live = Live(self.aws, self.stage, self.zappa, self.pause)
        self.static = StaticFiles(self.package)

    def run(self) -> Release:
        """Plan, agree, change; the release that runs then.

        Raises `DeployError` where something is missing or goes wrong; what was live by
        then is put back.
        """
        self.operator = self.settings.wanted(os.environ, self.talk)
        plan = list(self._plan())
        if not plan:
            self.talk.say(
                f"Nothing to do: {self.stage.name} runs {self.release.short}."
            )
            return self.history.running() or self.release
        self.talk.say("\n".join(["", "The plan:", *(f"  {line}" for line in plan), ""]))
        if not self.talk.agreed(self.stage.name):
            raise DeployError("Nothing was changed.")
        self._prepare()
        self._go_live()
        return self._done()

    def _plan(self) -> Iterator[str]:
        for line in self.shared.foresee():
            yield f"shared by all stages: {line}"
        for line in self.settings.changes(self.operator):
            yield f"setting {line}"
        for name in self.secrets.missing():
            how = "made up" if name in MADE_UP else "asked for"
            yield f"secret {name}: {how}"
        for each in self._with_older_secrets():
            yield f"{each.name}: starts anew, its secrets are newer"
        for line in self.stack.foresee(
            template.text(), self._parameters(), self.shared.bucket
        ):
            yield f"stack {self.stack.name}: {line}"
        if missing := self.static.missing(self.aws, self._static_bucket()):
            yield f"static files: {len(missing)} as /static/{self.static.version}/"
        running = self.history.running()
        yield from self.live.foreseen(
            self.release, running, self.operator, self.settings.taken_away(os.environ)
        )

    def _prepare(self) -> None:
        """All that stands beside what is live, and the infrastructure."""
        say = self.talk.say
        say("What all stages share ...")
        self.shared.bring_about(say)
        self.settings.keep(self.operator)
        say("Secrets ...")
        # Before CloudFront sends a new one, both functions have to know it.
        for each in self._with_older_secrets():
            lambdas.start_anew(self.aws, each)
        self.secrets.complete(self.talk)
        self._form_stack()
        say("Package and static files ...")
        self._packages().put(self.package)
        self.static.put(self.aws, self._static_bucket())

    def _go_live(self) -> None:
        say, before = self.talk.say, self.history.running()
        outputs, gone = self.stack.outputs(), self.settings.taken_away(os.environ)
        wanted = {
            each.name: lambdas.wanted_environment(each, self.operator, outputs)
            for each in self.stage.functions
        }
        for each in self.stage.functions:
            say(f"Trying {each.name} before anybody reaches it ...")
            self._try(each, wanted[each.name], outputs)
        try:
            for each in self.stage.functions:
                say(f"{each.name} goes live ...")
                self.live.switch(each, self.release, wanted[each.name], outputs, gone)
            self._form_stack()
            say("Asking the stage itself ...")
            self.live.smoke()
        except (DeployError, *Refused) as error:
            say(str(error))
            if before is None:
                why = "It ran nothing before, so it is left as it is."
                raise DeployError(why) from None
            say(f"Putting {before.short} back ...")
            self.live.put_back(before)
            raise DeployError(f"{self.stage.name} runs {before.short} again.") from None

    def _try(self, function: Function, wanted: Values, outputs: Values) -> None:
        there = lambdas.deployed(self.aws, function.name)
        candidate = Candidate(
            function,
            lambdas.role_of(function, outputs),
            lambdas.with_kept(wanted, there.environment if there else {}),
            (self.shared.bucket, Packages.key(self.release.sha256)),
        )
        candidate.tried(self.aws, self.stage, self.secrets.newest_origin_secret())

    def _done(self) -> Release:
        versions = {
            each.name: lambdas.newest_version(self.aws, each.name)
            for each in self.stage.functions
        }
        at = datetime.now(UTC).isoformat(timespec="seconds")
        release = replace(
            self.release, versions=versions, at=at, static=self.static.version
        )
        self.history.add(release)
        self.live.forget_at_the_edge(self.talk.say)
        self.talk.say(f"{self.stage.name} runs {release.short}.")
        for line in addresses(self.operator, self.stack.outputs()):
            self.talk.say(line)
        return release

    def _with_older_secrets(self) -> list[Function]:
        """Functions that were last changed before a secret of theirs was."""
        found = []
        for each in self.stage.functions:
            there = lambdas.deployed(self.aws, each.name)
            changed = self.secrets.changed(each.who)
            if there and changed and changed > there.modified:
                found.append(each)
        return found

    def _form_stack(self) -> None:
        """Bring the stack to its template and to what is known of the stage by now."""
        self.talk.say(f"Stack {self.stack.name} ...")
        change = self.stack.prepare(
            template.text(), self._parameters(), self.shared.bucket
        )
        if change:
            self.stack.execute(change, self.talk.say)

    def _parameters(self) -> dict[str, str]:
        return {
            "Stage": self.stage.name,
            "OriginSecret": self.secrets.newest_origin_secret() or _NOT_YET,
            **parameters(self.operator, self.stack.outputs()),
            **self.live.api_ids(),
        }

    def _static_bucket(self) -> str:
        return self.stack.outputs().get("StaticBucketName", "")

    def _packages(self) -> Packages:
        return Packages(self.aws, self.shared.bucket)
