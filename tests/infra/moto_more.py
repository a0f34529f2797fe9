"""What moto's CloudFormation lacks of our template: it is kept as it was asked for.

So the whole template can be deployed, and a test sees what each of these would have
been made from: every reference resolved, every condition decided. Nothing of it works;
for that there is node, ministack and, in the end, AWS.
"""

from __future__ import annotations

import json
from typing import Any, Self

import yaml  # type: ignore[import-untyped]
from moto.cloudformation import models, parsing, responses
from moto.core.common_models import CloudFormationModel

LACKING = (
    "CloudFront::CachePolicy",
    "CloudFront::Distribution",
    "CloudFront::Function",
    "CloudFront::OriginAccessControl",
    "CloudFront::OriginRequestPolicy",
    "CloudFront::ResponseHeadersPolicy",
    "CloudWatch::Alarm",
    "Lambda::EventInvokeConfig",
    "Logs::MetricFilter",
    "Pipes::Pipe",
    "S3::BucketPolicy",
    "SES::ConfigurationSet",
    "SES::ConfigurationSetEventDestination",
    "SNS::Subscription",
    "SNS::TopicPolicy",
    "SQS::QueuePolicy",
)
# What each was last made from, by account, and the stack's name and the template's.
asked: dict[tuple[str, str], dict[str, Any]] = {}
_models: list[type[CloudFormationModel]] = []  # else Python would let go of them


def teach() -> None:
    """Let moto take the kinds of resources that it has no model of."""
    if _models:
        return
    _models.extend(_model(f"AWS::{kind}") for kind in LACKING)
    for known in (
        parsing.get_model_list,
        parsing.get_model_map,
        parsing.get_name_type_map,
    ):
        known.cache_clear()
    _finish_change_sets()
    for module in (models, responses):
        module.yaml = _Quick  # type: ignore[attr-defined]


class _Quick:
    """What moto reads templates with; ours is JSON, read two hundred times as fast."""

    Loader = yaml.Loader
    add_multi_constructor = staticmethod(yaml.add_multi_constructor)

    @staticmethod
    def load(text: str, Loader: Any) -> Any:
        try:
            return json.loads(text)
        except ValueError:
            return yaml.load(text, Loader=Loader)


def _finish_change_sets() -> None:
    """Have an executed change set leave what an update would leave.

    moto forgets the outputs, and that the parameters are other ones now.
    """
    apply = models.ChangeSet.apply

    def whole(change: models.ChangeSet) -> None:
        apply(change)
        stack = change.stack
        stack.template = change.template
        stack._parse_template()
        stack.parameters = change.parameters
        stack.output_map = stack._create_output_map()

    models.ChangeSet.apply = whole  # type: ignore[method-assign,assignment]


def _model(kind: str) -> Any:
    """A class of its own: by its class moto finds the model of a kind."""
    own = {"cloudformation_type": staticmethod(lambda: kind)}
    return type(kind.replace("::", ""), (_Asked, CloudFormationModel), own)


class _Asked:
    """A resource that is nothing but what it was made from."""

    def __init__(self, name: str) -> None:
        self.physical_resource_id = name

    @staticmethod
    def cloudformation_name_type() -> str:
        return ""

    @classmethod
    def has_cfn_attr(cls, attr: str) -> bool:
        return True

    def get_cfn_attribute(self, attribute: str) -> str:
        return f"{attribute} of {self.physical_resource_id}"

    @classmethod
    def create_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
        **kwargs: Any,
    ) -> Self:
        name = f"{kwargs['StackId'].split('/')[1]}-{kwargs['LogicalId']}"
        asked[account_id, name] = cloudformation_json["Properties"]
        return cls(name)

    @classmethod
    def update_from_cloudformation_json(
        cls,
        original_resource: Any,
        new_resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
    ) -> Self:
        name = original_resource.physical_resource_id
        asked[account_id, name] = cloudformation_json["Properties"]
        return cls(name)

    @classmethod
    def delete_from_cloudformation_json(
        cls,
        resource_name: str,
        cloudformation_json: dict[str, Any],
        account_id: str,
        region_name: str,
    ) -> None:
        asked.pop((account_id, resource_name), None)

    def is_created(self) -> bool:
        return True
