"""CloudFormation's words, and the names that a stage's parts have."""

from __future__ import annotations

from typing import Any

Node = dict[str, Any]
Resources = dict[str, Node]

# What a function of Zappa is called: the project and the stage of Zappa.
DISPATCH, PUBLIC = "jada-${Stage}", "jada-${Stage}-public"
FUNCTIONS = {"Dispatch": DISPATCH, "Public": PUBLIC}
SERVED = "Served"  # the condition: the functions and their APIs are there


def ref(name: str) -> Node:
    return {"Ref": name}


def att(name: str, attribute: str) -> Node:
    return {"Fn::GetAtt": [name, attribute]}


def sub(text: str) -> Node:
    return {"Fn::Sub": text}


def if_(condition: str, then: Any, otherwise: Any = None) -> Node:
    """One or the other; without another, nothing."""
    other = {"Ref": "AWS::NoValue"} if otherwise is None else otherwise
    return {"Fn::If": [condition, then, other]}


def arn(service: str, rest: str) -> Node:
    """The name of something in this region and account."""
    return sub(
        f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{rest}"
    )


def host_of(parameter: str) -> Node:
    """The host of an origin such as ``https://jada.example.com``."""
    return {"Fn::Select": [2, {"Fn::Split": ["/", ref(parameter)]}]}


def resource(kind: str, properties: Node, **around: Any) -> Node:
    """A resource; `around` is what stands beside its properties."""
    return {"Type": f"AWS::{kind}", "Properties": properties, **around}


def kept(kind: str, properties: Node) -> Node:
    """A resource that outlives its stack: what is in it cannot be made again."""
    keep = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
    return resource(kind, properties, **keep)


def allow(
    sid: str, actions: list[str], resources: Any, *, when: Node | None = None
) -> Node:
    """A statement of a role's policy."""
    return _statement("Allow", sid, actions, resources, when)


def deny(
    sid: str, actions: list[str], resources: Any, *, when: Node | None = None
) -> Node:
    """A statement that no other can overrule."""
    return _statement("Deny", sid, actions, resources, when)


def policy(*statements: Node) -> Node:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def trusted(*services: str) -> Node:
    """Who may take a role: services of AWS, for this account."""
    names = [f"{service}.amazonaws.com" for service in services]
    return policy(
        {
            "Effect": "Allow",
            "Principal": {"Service": names if len(names) > 1 else names[0]},
            "Action": "sts:AssumeRole",
        }
    )


def _statement(
    effect: str, sid: str, actions: list[str], resources: Any, when: Node | None
) -> Node:
    said = {"Sid": sid, "Effect": effect, "Action": actions, "Resource": resources}
    return said | ({"Condition": when} if when else {})
