"""The two roles of a stage: what the office's function may, and what the public one.

Whoever takes over the public function finds no money: its role names one table. And
an entry of the payment log can be written by a transaction alone, and never changed.
"""

from __future__ import annotations

from infra.words import (
    DISPATCH,
    PUBLIC,
    Node,
    Resources,
    allow,
    arn,
    att,
    deny,
    policy,
    resource,
    sub,
    trusted,
)
from jada_flask import tables
from jada_flask.tables import Table

_READ = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"]
_WRITE = [
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:ConditionCheckItem",
]
_CHANGES = [
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:PartiQL*",
    "dynamodb:DeleteTable",
    "dynamodb:UpdateTable",
    "dynamodb:UpdateTimeToLive",
    "dynamodb:UpdateContinuousBackups",
]
_IN_A_TRANSACTION = {
    "ForAnyValue:StringEquals": {"dynamodb:EnclosingOperation": ["TransactWriteItems"]}
}


def roles() -> Resources:
    return {
        "DispatchRole": _role(DISPATCH, "dispatch", *_office()),
        "PublicRole": _role(PUBLIC, "public", *_public()),
    }


def _office() -> list[Node]:
    log = tables.PAYMENTS
    changing = [table for table in tables.ALL if not table.append_only]
    return [
        allow("Tables", _READ + _WRITE, _all_of(*changing)),
        allow("ReadPayments", ["dynamodb:GetItem", "dynamodb:Query"], _all_of(log)),
        allow(
            "AppendPayments",
            ["dynamodb:PutItem", "dynamodb:ConditionCheckItem"],
            [_table(log)],
            when=_IN_A_TRANSACTION,
        ),
        deny("NeverChangePayments", _CHANGES, _all_of(log)),
        allow(
            "Pages",
            ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            sub("${GuestBucket.Arn}/g/*"),
        ),
        # Without it a page that is not there yet looks like one that is forbidden.
        allow("MissingPages", ["s3:ListBucket"], att("GuestBucket", "Arn")),
        allow(
            "ReceivePhotos",
            ["s3:GetObject", "s3:DeleteObject"],
            sub("${PhotoBucket.Arn}/incoming/*"),
        ),
        allow(
            "KeepPhotos",
            ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            sub("${PhotoBucket.Arn}/g/*"),
        ),
        allow("Waivers", ["s3:GetObject", "s3:PutObject"], _waivers()),
        allow(
            "Mails",
            ["ses:SendEmail", "ses:SendRawEmail"],
            [arn("ses", "identity/*"), arn("ses", "configuration-set/*")],
            when={"StringEquals": {"ses:FromAddress": {"Ref": "MailFrom"}}},
        ),
        allow(
            "ForgetAtTheEdge",
            ["cloudfront:CreateInvalidation"],
            sub(
                "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}"
                ":distribution/${Distribution}"
            ),
        ),
        _nudge(),
        allow(
            "Nudged",
            ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
            [att("Nudges", "Arn"), att("MailFeedbackQueue", "Arn")],
        ),
        allow("FailedCalls", ["sqs:SendMessage"], att("FailedCalls", "Arn")),
    ]


def _public() -> list[Node]:
    return [
        allow("Tables", _READ + _WRITE, _all_of(*tables.PUBLIC)),
        # A signature can do what its signer may: these two are for signing.
        allow("SignUploads", ["s3:PutObject"], sub("${PhotoBucket.Arn}/incoming/*")),
        allow("SignPhotos", ["s3:GetObject"], sub("${PhotoBucket.Arn}/g/*")),
        allow("Waivers", ["s3:PutObject"], _waivers()),
        _nudge(),
    ]


def _nudge() -> Node:
    """Whoever promised messages says so, and can have no more than that be done."""
    return allow("Nudge", ["sqs:SendMessage"], att("Nudges", "Arn"))


def _role(function: str, who: str, *statements: Node) -> Node:
    """The role of a function: what is its own, its secrets and its log."""
    group = f"log-group:/aws/lambda/{function}:*"
    through_ssm = {
        "StringEquals": {"kms:ViaService": sub("ssm.${AWS::Region}.amazonaws.com")}
    }
    own = (
        allow(
            "Secrets",
            ["ssm:GetParameters", "ssm:GetParametersByPath"],
            [
                arn("ssm", f"parameter/jada/${{Stage}}/{who}"),
                arn("ssm", f"parameter/jada/${{Stage}}/{who}/*"),
            ],
        ),
        allow("ReadSecrets", ["kms:Decrypt"], arn("kms", "key/*"), when=through_ssm),
        allow("Call", ["lambda:InvokeFunction"], arn("lambda", f"function:{function}")),
        allow("Log", ["logs:CreateLogStream", "logs:PutLogEvents"], arn("logs", group)),
    )
    return resource(
        "IAM::Role",
        {
            "RoleName": sub(f"{function}-${{AWS::Region}}"),
            # Zappa gives the same role to the API and to the schedules, which call the
            # function with it; without their trust the one fails, the other is refused.
            "AssumeRolePolicyDocument": trusted("lambda", "apigateway", "events"),
            "Policies": [
                {"PolicyName": who, "PolicyDocument": policy(*statements, *own)}
            ],
        },
    )


def _all_of(*of: Table) -> list[Node]:
    """Tables, and their indexes where they have any."""
    names = []
    for table in of:
        names.append(_table(table))
        if table.indexes:
            names.append(arn("dynamodb", f"table/jada-${{Stage}}-{table.name}/index/*"))
    return names


def _table(table: Table) -> Node:
    return arn("dynamodb", f"table/jada-${{Stage}}-{table.name}")


def _waivers() -> Node:
    return sub("${RecordBucket.Arn}/waivers/*")
