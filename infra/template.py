"""The template of a stage: `python -m infra.template` prints it.

One template for all stages. It is applied twice: once before the functions are there,
since they need the tables, the roles and the distribution's name, and once with the
names of their APIs.
"""

from __future__ import annotations

import json
import sys

from infra.buckets import buckets
from infra.edge import edge
from infra.mail import mail
from infra.nudges import nudges
from infra.roles import roles
from infra.stored import tables
from infra.watch import watch
from infra.words import SERVED, Node, att, ref, sub

STAGES = ("dev", "staging", "production")
_ORIGIN = "^https://[a-z0-9.-]+$"


def template() -> Node:
    """Everything that a stage consists of at AWS, but for its two functions."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "A stage of JADA, but for its two functions",
        "Parameters": _parameters(),
        "Conditions": {
            "Production": {"Fn::Equals": [ref("Stage"), "production"]},
            "OwnName": _given("CertificateArn"),
            "GuestsApart": _given("GuestUrl"),
            "Alerted": _given("AlertEmail"),
            SERVED: {"Fn::And": [_given("DispatchApi"), _given("PublicApi")]},
        },
        "Resources": {
            **tables(),
            **buckets(),
            **edge(),
            **roles(),
            **nudges(),
            **mail(),
            **watch(),
        },
        "Outputs": _outputs(),
    }


def text() -> str:
    """The template as CloudFormation takes it: 51,200 bytes fit into a call."""
    return json.dumps(template(), separators=(",", ":"))


def _parameters() -> Node:
    def given(says: str, **more: object) -> Node:
        return {"Type": "String", "Description": says, **more}

    api = {"Default": "", "AllowedPattern": "^[a-z0-9]*$"}
    return {
        "Stage": given("Which installation this is", AllowedValues=list(STAGES)),
        "BaseUrl": given("JADA_BASE_URL, the office's origin", AllowedPattern=_ORIGIN),
        "GuestUrl": given(
            "JADA_GUEST_URL; empty where guests come to the office's origin",
            Default="",
            AllowedPattern=f"^$|{_ORIGIN}",
        ),
        "CertificateArn": given(
            "The certificate for both names, in us-east-1; without it CloudFront's own",
            Default="",
            AllowedPattern="^$|^arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/.+$",
        ),
        "OriginSecret": given(
            "The newest value of JADA_ORIGIN_SECRET",
            NoEcho=True,
            AllowedPattern="^[!-+.-~-]{32,}$",
            ConstraintDescription="one value of 32 printable characters or more",
        ),
        "MailFrom": given("JADA_MAIL_FROM, the only sender", AllowedPattern="^.+@.+$"),
        "AlertEmail": given("Who is told when something is wrong", Default=""),
        "DispatchApi": given(
            "The id of the office's REST API, once it is there", **api
        ),
        "PublicApi": given("The id of the public REST API, once it is there", **api),
    }


def _given(parameter: str) -> Node:
    return {"Fn::Not": [{"Fn::Equals": [ref(parameter), ""]}]}


def _outputs() -> Node:
    values = {
        "TablePrefix": sub("jada-${Stage}"),
        "GuestBucketName": ref("GuestBucket"),
        "StaticBucketName": ref("StaticBucket"),
        "PhotoBucketName": ref("PhotoBucket"),
        "RecordBucketName": ref("RecordBucket"),
        "DistributionId": ref("Distribution"),
        "DistributionDomain": att("Distribution", "DomainName"),
        "DispatchRoleArn": att("DispatchRole", "Arn"),
        "PublicRoleArn": att("PublicRole", "Arn"),
        "NudgeQueueArn": att("Nudges", "Arn"),
        "FailedCallsArn": att("FailedCalls", "Arn"),
        "AlertsArn": ref("Alerts"),
    }
    return {name: {"Value": value} for name, value in values.items()}


if __name__ == "__main__":
    sys.stdout.write(text())
