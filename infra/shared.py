"""What all stages of an account share: where releases lie, and API Gateway's log."""

from __future__ import annotations

import json
import time

from botocore.exceptions import ClientError

from infra.aws import Aws, code_of
from infra.stack import Stack
from infra.talk import Say
from infra.words import Node, kept, policy, resource, sub, trusted

NAME = "jada-releases"
_TRIES = 6  # until API Gateway knows of a role that was just made
# AWS's own policy for its log.
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
        self._pause = pause

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
        if not self._aws("apigateway").get_account().get("cloudwatchRoleArn"):
            self._let_log(self._stack.outputs()["ApiLogRoleArn"])

    def _let_log(self, role: str) -> None:
        change = {"op": "replace", "path": "/cloudwatchRoleArn", "value": role}
        for attempt in range(_TRIES):
            try:
                self._aws("apigateway").update_account(patchOperations=[change])
            except ClientError as error:
                # What a role may is known everywhere only after some seconds.
                if code_of(error) != "BadRequestException" or attempt == _TRIES - 1:
                    raise
                time.sleep(self._pause)
            else:
                return


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
