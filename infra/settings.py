"""The operator's own values, kept in SSM under the stage: given once, never dropped.

A value in the environment of the deployment is newer than the kept one; an empty one
takes the setting away. What is missing is asked for, once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from infra.aws import Aws, DeployError
from infra.stages import Stage
from infra.talk import Talk
from jada_flask import setting_values as values
from jada_flask.domain.errors import ConfigError

MEANING = {
    "JADA_MAIL_FROM": "whom mails come from, an address that SES may send for",
    "JADA_ALERT_EMAIL": "who is told when something is wrong",
    "GMAIL_SERVICE_ACCOUNT_EMAIL": "the service account that writes the audit mails",
    "GMAIL_AUDIT_RECIPIENT": "the mailbox that audit mails go to",
    "JADA_BASE_URL": (
        "the office's origin, like https://jada.example.com; empty for the name that "
        "CloudFront gives"
    ),
    "JADA_CERTIFICATE_ARN": "the certificate for that name, in us-east-1",
    "JADA_GUEST_URL": "the guests' origin, if it is another",
    "GMAIL_SENDER": "the mailbox that audit mails come from, if it is another",
    "GAS_ENDPOINT_URL": "the address of the operator's Apps Script",
    "JADA_INTAKE_LABEL": "the Gmail label of booking mails; empty: off",
    "JADA_INTAKE_MAILBOX": "whose mailbox has that label",
}
REQUIRED = tuple(MEANING)[:4]
# What CloudFormation alone needs to know.
_NOT_FOR_FUNCTIONS = ("JADA_ALERT_EMAIL", "JADA_CERTIFICATE_ARN")
_PARAMETERS = {
    "JADA_BASE_URL": "BaseUrl",
    "JADA_GUEST_URL": "GuestUrl",
    "JADA_CERTIFICATE_ARN": "CertificateArn",
    "JADA_MAIL_FROM": "MailFrom",
    "JADA_ALERT_EMAIL": "AlertEmail",
}
_NOT_YET = "https://not-yet.invalid"


class Settings:
    """What an operator has said about a stage."""

    def __init__(self, aws: Aws, stage: Stage) -> None:
        self._ssm = aws("ssm")
        self._path = f"{stage.path}/settings"

    def kept(self) -> dict[str, str]:
        pages = self._ssm.get_paginator("get_parameters_by_path")
        return {
            found["Name"].rpartition("/")[2]: found["Value"]
            for page in pages.paginate(Path=self._path)
            for found in page["Parameters"]
        }

    def wanted(self, env: Mapping[str, str], talk: Talk) -> dict[str, str]:
        """Kept ones under those of the environment; what is missing is asked for.

        Raises `DeployError` with one sentence for each that is missing or wrong.
        """
        kept = self.kept()
        said = kept | {name: env[name].strip() for name in MEANING if name in env}
        for name in MEANING if not kept else REQUIRED:
            if name not in said:
                said[name] = talk.ask(f"{name}: {MEANING[name]}")
        said = {name: value for name, value in said.items() if value}
        if faults := list(_faults(said)):
            raise DeployError("\n".join(faults))
        return said

    @staticmethod
    def taken_away(env: Mapping[str, str]) -> list[str]:
        """What the environment of the deployment names and leaves empty."""
        return [name for name in MEANING if name in env and not env[name].strip()]

    def changes(self, wanted: Mapping[str, str]) -> list[str]:
        kept = self.kept()
        return [
            f"{name}: {kept.get(name, 'nothing')} -> {wanted.get(name, 'nothing')}"
            for name in sorted(kept.keys() | wanted.keys())
            if kept.get(name) != wanted.get(name)
        ]

    def keep(self, wanted: Mapping[str, str]) -> None:
        kept = self.kept()
        for name in kept.keys() - wanted.keys():
            self._ssm.delete_parameter(Name=f"{self._path}/{name}")
        for name, value in wanted.items():
            if kept.get(name) != value:
                self._ssm.put_parameter(
                    Name=f"{self._path}/{name}",
                    Value=value,
                    Type="String",
                    Overwrite=True,
                )


def parameters(said: Mapping[str, str], outputs: Mapping[str, str]) -> dict[str, str]:
    """What the template wants to know of them.

    Without a name of its own a stage has CloudFront's, once the distribution is there.
    """
    given = {name: said.get(ours, "") for ours, name in _PARAMETERS.items()}
    given["BaseUrl"] = base_url(said, outputs) or _NOT_YET
    return given


def environment(
    said: Mapping[str, str], outputs: Mapping[str, str], names: Callable[[str], bool]
) -> dict[str, str]:
    """What of them a function gets, of the names that it is to know."""
    given = {**said, "JADA_BASE_URL": base_url(said, outputs)}
    given.setdefault("JADA_GUEST_URL", given["JADA_BASE_URL"])
    return {
        name: value
        for name, value in given.items()
        if name not in _NOT_FOR_FUNCTIONS and names(name)
    }


def base_url(said: Mapping[str, str], outputs: Mapping[str, str]) -> str:
    domain = outputs.get("DistributionDomain", "")
    return said.get("JADA_BASE_URL", "") or (f"https://{domain}" if domain else "")


def addresses(said: Mapping[str, str], outputs: Mapping[str, str]) -> list[str]:
    """Where the stage is, and what is left for whoever owns its name."""
    office = base_url(said, outputs)
    lines = [
        f"  dispatch  {office}/dispatch",
        f"  guests    {said.get('JADA_GUEST_URL', office)}/g/",
    ]
    if "JADA_BASE_URL" in said:
        lines.append(f"  DNS       names lead to {outputs['DistributionDomain']}")
    return lines


def _faults(said: Mapping[str, str]) -> list[str]:
    faults = [
        f"{name}: missing; {MEANING[name]}." for name in REQUIRED if name not in said
    ]
    for name, value in said.items():
        try:
            _check(name, value)
        except ConfigError as error:
            faults.append(str(error))
    if ("JADA_BASE_URL" in said) != ("JADA_CERTIFICATE_ARN" in said):
        faults.append(
            "JADA_BASE_URL and JADA_CERTIFICATE_ARN: a name of one's own needs both."
        )
    if "JADA_GUEST_URL" in said and "JADA_BASE_URL" not in said:
        faults.append("JADA_GUEST_URL: needs JADA_BASE_URL.")
    return faults


def _check(name: str, value: str) -> None:
    if name.endswith(("_EMAIL", "_FROM", "_RECIPIENT", "_SENDER", "_MAILBOX")):
        values.email(name, value)
    elif name in ("JADA_BASE_URL", "JADA_GUEST_URL"):
        if values.origin(name, value, local=False) != value:
            raise ConfigError(f"{name}: nothing behind the host, no capitals.")
    elif name == "GAS_ENDPOINT_URL":
        values.url(name, value, local=False)
    elif name == "JADA_CERTIFICATE_ARN" and ":acm:us-east-1:" not in value:
        raise ConfigError(f"{name}: CloudFront takes certificates of us-east-1 alone.")
