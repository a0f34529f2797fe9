"""A stack of CloudFormation, brought to what its template says through a change set."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from infra.aws import Aws, DeployError, or_none
from infra.talk import Say

LONGEST_INLINE = 51_200  # bytes of a template within a call
_NOTHING = ("didn't contain changes", "No updates are to be performed")
_FAILED = ("FAILED", "ROLLBACK")
_HOURS = 2 * 3600  # a distribution alone can take a quarter of one


@dataclass(frozen=True, slots=True)
class Change:
    """A change set that waits to be executed, in words."""

    id: str
    lines: tuple[str, ...]


class Stack:
    """One stack, there or not yet there."""

    def __init__(self, aws: Aws, name: str, *, pause: float = 5.0) -> None:
        self.name = name
        self._aws = aws
        self._cloud = aws("cloudformation")
        self._pause = pause

    def outputs(self) -> dict[str, str]:
        said = self._said() or {}
        return {
            each["OutputKey"]: each["OutputValue"] for each in said.get("Outputs", [])
        }

    def exists(self) -> bool:
        """Whether anything of it was ever made."""
        said = self._said()
        return said is not None and said["StackStatus"] != "REVIEW_IN_PROGRESS"

    def resource(self, name: str) -> str:
        """What a resource is called at AWS; empty where there is none."""
        said = or_none(
            lambda: self._cloud.describe_stack_resource(
                StackName=self.name, LogicalResourceId=name
            ),
            "ValidationError",
        )
        return said["StackResourceDetail"]["PhysicalResourceId"] if said else ""

    def prepare(
        self, template: str, parameters: Mapping[str, str], bucket: str = ""
    ) -> Change | None:
        """A change set for this template; nothing where all is as it says.

        A longer template than fits into a call goes through the bucket.
        """
        self._clear_away_a_failure()
        kind = "UPDATE" if self.exists() else "CREATE"
        try:
            made = self._cloud.create_change_set(
                StackName=self.name,
                ChangeSetName=f"jada-{time.time_ns()}",
                ChangeSetType=kind,
                Capabilities=["CAPABILITY_NAMED_IAM"],
                # Tables and buckets outlive their stack, and come back into a new one.
                ImportExistingResources=True,
                Parameters=[
                    {"ParameterKey": key, "ParameterValue": value}
                    for key, value in parameters.items()
                ],
                **self._body(template, bucket),
            )
        except ClientError as error:
            if any(words in str(error) for words in _NOTHING):
                return None
            raise
        return self._described(made["Id"])

    def foresee(
        self, template: str, parameters: Mapping[str, str], bucket: str = ""
    ) -> tuple[str, ...]:
        """What `prepare` and `execute` would change, in words; leaves nothing."""
        if not self.exists():
            made = json.loads(template)["Resources"]
            return (f"{len(made)} resources are made",)
        change = self.prepare(template, parameters, bucket)
        if change is None:
            return ()
        self._cloud.delete_change_set(ChangeSetName=change.id, StackName=self.name)
        return change.lines or ("only what it says of itself",)

    def execute(self, change: Change, say: Say) -> None:
        """Do what the change set says; raises `DeployError` with AWS's own reason."""
        begun = time.time()
        self._cloud.execute_change_set(ChangeSetName=change.id, StackName=self.name)
        shown: set[str] = set()
        while time.time() < begun + _HOURS:
            status = (self._said() or {"StackStatus": "GONE"})["StackStatus"]
            failed = any(word in status for word in _FAILED)
            if status.endswith("_COMPLETE") and not failed:
                return
            self._tell(shown, begun, say)
            if failed and not status.endswith("IN_PROGRESS"):
                why = first_failure(self._events(begun))
                raise DeployError(f"{self.name}: {status}. {why}")
            time.sleep(self._pause)
        raise DeployError(f"{self.name}: not done after two hours.")

    def _said(self) -> Any:
        said = or_none(
            lambda: self._cloud.describe_stacks(StackName=self.name), "ValidationError"
        )
        return said["Stacks"][0] if said else None

    def _clear_away_a_failure(self) -> None:
        """A stack that was never made cannot be mended, only removed; data stays."""
        said = self._said()
        if said and said["StackStatus"] in ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED"):
            self._cloud.delete_stack(StackName=self.name)
            self._cloud.get_waiter("stack_delete_complete").wait(StackName=self.name)

    def _body(self, template: str, bucket: str) -> dict[str, str]:
        if len(template.encode()) <= LONGEST_INLINE:
            return {"TemplateBody": template}
        if not bucket:
            raise DeployError(f"{self.name}: the template is too long for a call.")
        key = f"templates/{self.name}.json"
        self._aws("s3").put_object(Bucket=bucket, Key=key, Body=template.encode())
        host = f"{bucket}.s3.{self._aws.region}.amazonaws.com"
        return {"TemplateURL": f"https://{host}/{key}"}

    def _described(self, id_: str) -> Change | None:
        while True:
            said = self._cloud.describe_change_set(
                ChangeSetName=id_, StackName=self.name
            )
            if said["Status"] in ("CREATE_COMPLETE", "FAILED"):
                break
            time.sleep(self._pause / 5)
        if said["Status"] == "FAILED":
            reason = said.get("StatusReason", "")
            self._cloud.delete_change_set(ChangeSetName=id_, StackName=self.name)
            if any(words in reason for words in _NOTHING):
                return None
            raise DeployError(f"{self.name}: {reason}")
        return Change(id_, tuple(_words(each) for each in said.get("Changes", [])))

    def _tell(self, shown: set[str], begun: float, say: Say) -> None:
        for event in reversed(self._events(begun)):
            ready = event["ResourceStatus"].endswith("_COMPLETE")
            if ready and event["EventId"] not in shown:
                shown.add(event["EventId"])
                say(f"  {event['LogicalResourceId']}")

    def _events(self, begun: float) -> list[dict[str, Any]]:
        said = self._cloud.describe_stack_events(StackName=self.name)
        # A minute for clocks that do not agree.
        return [
            each
            for each in said["StackEvents"]
            if each["Timestamp"].timestamp() > begun - 60
        ]


def first_failure(newest_first: Iterable[Mapping[str, Any]]) -> str:
    """Why a stack was not made: what failed later failed because of the first."""
    for event in reversed(list(newest_first)):
        if event["ResourceStatus"].endswith("_FAILED"):
            why = event.get("ResourceStatusReason", "AWS gives no reason.")
            return f"{event['LogicalResourceId']}: {why}"
    return "AWS gives no reason."


def _words(change: dict[str, Any]) -> str:
    told = change["ResourceChange"]
    kind = told["ResourceType"].removeprefix("AWS::")
    replaced = " (made anew)" if told.get("Replacement") == "True" else ""
    verb = {"Add": "+", "Modify": "~", "Remove": "-", "Import": "="}
    sign = verb.get(told["Action"], told["Action"])
    return f"{sign} {told['LogicalResourceId']} ({kind}){replaced}"
