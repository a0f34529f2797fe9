"""What botocore still knows of AWS in a package: all that we ask for, and no more."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import botocore
import pytest
from botocore.loaders import Loader
from botocore.session import Session

from infra.package_models import names_in, prune, pruned
from infra.package_tree import SERVICES

DATA = Path(botocore.__file__).parent / "data"
APPLICATION = Path(__file__).parents[2] / "jada_flask"
CALLS = """
pages = client.get_paginator("get_parameters_by_path")
client().send_email(x=1)
"""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package whose application reads parameters and sends mail."""
    tree = tmp_path_factory.mktemp("tree")
    data = tree / "botocore/data"
    for service in ("ssm", "sesv2"):
        shutil.copytree(DATA / service, data / service)
    shutil.copytree(data / "ssm/2014-11-06", data / "ssm/2010-01-01")
    for path in DATA.glob("*.json"):
        shutil.copy(path, data / path.name)
    (tree / "jada_flask").mkdir()
    (tree / "jada_flask/calls.py").write_text(CALLS, "utf-8")
    prune(tree, ("ssm", "sesv2"))
    return tree


def test_a_client_has_the_operations_that_are_named(tree: Path) -> None:
    session = Session()
    data = str(tree / "botocore/data")
    loader = Loader(extra_search_paths=[data], include_default_search_paths=False)
    session.register_component("data_loader", loader)
    places = {"region_name": "us-west-2"}
    secrets = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}

    ssm = session.create_client("ssm", **places, **secrets)
    ses = session.create_client("sesv2", **places, **secrets)

    assert ssm.meta.service_model.operation_names == ["GetParametersByPath"]
    assert ssm.get_paginator("get_parameters_by_path")
    assert ses.meta.service_model.operation_names == ["SendEmail"]
    assert ses.meta.endpoint_url == "https://email.us-west-2.amazonaws.com"


def test_only_the_newest_version_is_kept_and_no_examples(tree: Path) -> None:
    data = tree / "botocore/data"

    assert [path.name for path in (data / "ssm").iterdir()] == ["2014-11-06"]
    assert not list(data.rglob("examples-1.json"))


def test_words_about_a_shape_go_and_a_member_of_that_name_stays() -> None:
    shape = {
        "type": "structure",
        "members": {"documentation": {"shape": "Text", "documentation": "Words."}},
        "documentation": "More words.",
    }
    model = {
        "operations": {
            "GetThing": {"name": "GetThing", "output": {"shape": "Thing"}},
            "PutThing": {"name": "PutThing", "input": {"shape": "Other"}},
        },
        "shapes": {"Thing": shape, "Text": {"type": "string"}, "Other": {}},
    }

    kept = pruned(model, frozenset({"getthing"}), "things")

    assert kept["operations"].keys() == {"GetThing"}
    assert kept["shapes"] == {
        "Thing": {
            "type": "structure",
            "members": {"documentation": {"shape": "Text"}},
        },
        "Text": {"type": "string"},
    }


def test_the_words_that_botocore_reads_stay() -> None:
    asked = {"ForcePathStyle": {"type": "boolean", "documentation": "Words."}}
    model = {"operations": {}, "shapes": {}, "clientContextParams": asked}

    assert pruned(model, frozenset(), "s3")["clientContextParams"] == asked


@pytest.mark.parametrize("service", SERVICES)
def test_something_is_asked_of_every_service_that_is_packed(service: str) -> None:
    newest = sorted((DATA / service).iterdir())[-1]
    model = json.loads(gzip.decompress((newest / "service-2.json.gz").read_bytes()))

    kept = pruned(model, names_in(APPLICATION), service)

    assert 0 < len(kept["operations"]) < len(model["operations"])
