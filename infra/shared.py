"""What all stages of an account share: where releases lie, and API Gateway's log."""

from __future__ import annotations

import json

from infra.aws import Aws
from infra.stack import Stack
from infra.talk import Say
from infra.words import Node, kept, policy, resource, sub, trusted

NAME = "jada-releases"
# AWS's own policy for this; its name has kept an old spelling.
_LOGGING = "service-role/AmazonAPIGatewayPushToCloudWatchLogs"


def template() -> str:
    """The bucket that keeps each package by its hash, and the role of the log."""
    body = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "What all stages of JADA share",
        "Resources": {
            "Bucket": _bucket(),
            "BucketPolicy": _only_over_tls(),
            "ApiLogRole": _log_role(),
        },
        "Outputs": {
            "BucketName": {"Value": {"Ref": "Bucket"}},
            "ApiLogRoleArn": {"Value": {"Fn::GetAtt": ["ApiLogRole", "Arn"]}},
        },
    }
    return json.dumps(body, separators=(",", ":"))


class Shared:
    """That stack, and the one setting of the account that stands outside of it."""

    def __init__(self, aws: Aws, *, pause: float = 5.0) -> None:
        self._aws = aws
        self._stack = Stack(aws, NAME, pause=pause)
        self._bucket = ""

    @property
    def bucket(self) -> str:
        """Where releases lie; empty before it is there."""
        if not self._bucket:
            self._bucket = self._stack.outputs().get("BucketName", "")
        return self._bucket

    def foresee(self) -> tuple[str, ...]:
        return self._stack.foresee(template(), {})

    def bring_about(self, say: Say) -> None:
        """Make it; then let API Gateway write its log, unless somebody has said where.

        In a fresh account it may not, and would refuse the level of log that we ask.
        """
        if change := self._stack.prepare(template(), {}):
            self._stack.execute(change, say)
        gateway = self._aws("apigateway")
        if not gateway.get_account().get("cloudwatchRoleArn"):
            role = self._stack.outputs()["ApiLogRoleArn"]
            gateway.update_account(
                patchOperations=[
                    {"op": "replace", "path": "/cloudwatchRoleArn", "value": role}
                ]
            )


def _bucket() -> Node:
    return kept(
        "S3::Bucket",
        {
            "BucketName": sub("jada-releases-${AWS::AccountId}-${AWS::Region}"),
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
            "OwnershipControls": {
                "Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]
            },
            "VersioningConfiguration": {"Status": "Enabled"},
            "LifecycleConfiguration": {
                "Rules": [
                    {
                        "Id": "tidy",
                        "Status": "Enabled",
                        "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
                        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                    }
                ]
            },
        },
    )


def _only_over_tls() -> Node:
    plain = {
        "Sid": "OnlyOverTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [sub("${Bucket.Arn}"), sub("${Bucket.Arn}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return resource(
        "S3::BucketPolicy",
        {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": policy(plain)},
    )


def _log_role() -> Node:
    return resource(
        "IAM::Role",
        {
            "AssumeRolePolicyDocument": trusted("apigateway"),
            "ManagedPolicyArns": [
                sub(f"arn:${{AWS::Partition}}:iam::aws:policy/{_LOGGING}")
            ],
        },
    )
