"""What a stage runs and what it ran before; the packages themselves by their hash."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from infra.aws import Aws, DeployError, or_none
from infra.stages import Stage

_REMEMBERED = 10  # within the 4 kB of a parameter


@dataclass(frozen=True, slots=True)
class Release:
    """One package on one stage: which commit, which bytes, which versions at Lambda."""

    sha256: str
    commit: str
    static: str = ""
    at: str = ""
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def short(self) -> str:
        return self.commit[:12]


class History:
    """The releases of a stage, the one that runs first."""

    def __init__(self, aws: Aws, stage: Stage) -> None:
        self._ssm = aws("ssm")
        self._name = f"{stage.path}/release"

    def all(self) -> list[Release]:
        said = or_none(
            lambda: self._ssm.get_parameter(Name=self._name), "ParameterNotFound"
        )
        kept: list[dict[str, Any]] = (
            json.loads(said["Parameter"]["Value"]) if said else []
        )
        return [Release(**each) for each in kept]

    def running(self) -> Release | None:
        return next(iter(self.all()), None)

    def add(self, release: Release) -> None:
        """Note what runs from now on; the same bytes are not remembered twice."""
        before = [each for each in self.all() if each.sha256 != release.sha256]
        self._keep([release, *before])

    def take_back(self) -> None:
        """Forget the newest: what ran before it runs again."""
        self._keep(self.all()[1:])

    def _keep(self, releases: list[Release]) -> None:
        kept = [asdict(each) for each in releases[:_REMEMBERED]]
        while len(text := json.dumps(kept, separators=(",", ":"))) > 4096:
            kept.pop()
        self._ssm.put_parameter(
            Name=self._name, Value=text, Type="String", Overwrite=True
        )


class Packages:
    """The bucket that keeps each package by its hash."""

    def __init__(self, aws: Aws, bucket: str) -> None:
        self._s3 = aws("s3")
        self.bucket = bucket

    @staticmethod
    def key(sha256: str) -> str:
        return f"packages/{sha256}.zip"

    def has(self, sha256: str) -> bool:
        found = or_none(
            lambda: self._s3.head_object(Bucket=self.bucket, Key=self.key(sha256)),
            "404",
            "NoSuchBucket",
            "NoSuchKey",
        )
        return found is not None

    def put(self, content: bytes) -> None:
        sha256 = hashlib.sha256(content).hexdigest()
        if not self.has(sha256):
            self._s3.put_object(Bucket=self.bucket, Key=self.key(sha256), Body=content)

    def get(self, sha256: str) -> bytes:
        """The bytes of a package; raises `DeployError` if they were changed."""
        if not self.has(sha256):
            raise DeployError(f"The package {sha256[:12]} is no longer kept.")
        said = self._s3.get_object(Bucket=self.bucket, Key=self.key(sha256))
        content: bytes = said["Body"].read()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise DeployError(f"The package {sha256[:12]} was changed: it is not used.")
        return content
