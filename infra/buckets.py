"""The buckets of a stage. Nobody reads them but CloudFront and who has a signature."""

from __future__ import annotations

from typing import Any

from infra.words import Node, Resources, att, if_, kept, policy, ref, resource, sub

# Seven years and a quarter: what has been signed is kept as long as anybody may ask.
_DAYS_OF_RECORDS = 7 * 365 + 2 + 92
_HIDDEN = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}
# An upload that was begun and an old version of a page are nobody's memory.
_TIDY = {
    "Id": "tidy",
    "Status": "Enabled",
    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    "NoncurrentVersionExpiration": {"NoncurrentDays": 30},
}


def buckets() -> Resources:
    return {
        "GuestBucket": _bucket("guest", [_TIDY]),
        "StaticBucket": _bucket("static", [_TIDY]),
        "PhotoBucket": _bucket(
            "photos", [_TIDY, _arriving()], CorsConfiguration=_cors()
        ),
        "RecordBucket": _bucket(
            "records",
            [
                {
                    key: _TIDY[key]
                    for key in _TIDY
                    if key != "NoncurrentVersionExpiration"
                }
            ],
            ObjectLockEnabled=True,
            ObjectLockConfiguration=_lock(),
        ),
        "GuestBucketPolicy": _policy("GuestBucket", *_read_by_the_edge("GuestBucket")),
        "StaticBucketPolicy": _policy(
            "StaticBucket", *_read_by_the_edge("StaticBucket")
        ),
        "PhotoBucketPolicy": _policy("PhotoBucket"),
        "RecordBucketPolicy": _policy("RecordBucket"),
    }


def _bucket(name: str, rules: list[Node], **more: Any) -> Node:
    return kept(
        "S3::Bucket",
        {
            "BucketName": sub(f"jada-${{Stage}}-{name}-${{AWS::AccountId}}"),
            "PublicAccessBlockConfiguration": _HIDDEN,
            "OwnershipControls": {
                "Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]
            },
            "VersioningConfiguration": {"Status": "Enabled"},
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
                ]
            },
            "LifecycleConfiguration": {"Rules": rules},
            **more,
        },
    )


def _arriving() -> Node:
    """What was uploaded and never became a photo goes after a day, all of it."""
    return {
        "Id": "incoming",
        "Status": "Enabled",
        "Prefix": "incoming/",
        "ExpirationInDays": 1,
        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
    }


def _cors() -> Node:
    """A page of ours posts the signed form, and may read how it went."""
    return {
        "CorsRules": [
            {
                "AllowedOrigins": [
                    ref("BaseUrl"),
                    if_("GuestsApart", ref("GuestUrl")),
                ],
                "AllowedMethods": ["POST"],
                "AllowedHeaders": ["content-type"],
                "MaxAge": 600,
            }
        ]
    }


def _lock() -> Node:
    """Only production keeps its records against everybody, the owner included."""
    return {
        "ObjectLockEnabled": "Enabled",
        "Rule": {
            "DefaultRetention": {
                "Mode": if_("Production", "COMPLIANCE", "GOVERNANCE"),
                "Days": if_("Production", _DAYS_OF_RECORDS, 1),
            }
        },
    }


def _policy(bucket: str, *statements: Node) -> Node:
    plain = {
        "Sid": "OnlyOverTls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [att(bucket, "Arn"), sub(f"${{{bucket}.Arn}}/*")],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return resource(
        "S3::BucketPolicy",
        {"Bucket": ref(bucket), "PolicyDocument": policy(plain, *statements)},
    )


def _read_by_the_edge(bucket: str) -> list[Node]:
    """The one distribution reads, and may ask what there is.

    Else what is missing would be 403. No behaviour leads to the root of a bucket.
    """
    distribution = sub(
        "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}"
    )
    common = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Condition": {"StringEquals": {"AWS:SourceArn": distribution}},
    }
    objects = {"Action": "s3:GetObject", "Resource": sub(f"${{{bucket}.Arn}}/*")}
    names = {"Action": "s3:ListBucket", "Resource": att(bucket, "Arn")}
    return [
        {"Sid": "EdgeReads", **common, **objects},
        {"Sid": "EdgeMissesPolitely", **common, **names},
    ]
