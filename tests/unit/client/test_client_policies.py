"""Calls about policies: a document from a file or as bytes, and its form."""

from pathlib import Path

import pytest

from fastdom_api.v1.policy_pb2 import POLICY_FORMAT_JSON, POLICY_FORMAT_TOML, POLICY_STATE_ACTIVE
from fastdom_client.calls import policies


def test_a_file_says_its_form_by_its_name(tmp_path: Path) -> None:
    """A file is read whole, up to what the server takes; its ending says whether it is JSON."""
    for name, form in (("weekend.json", POLICY_FORMAT_JSON), ("weekend.toml", POLICY_FORMAT_TOML)):
        (tmp_path / name).write_bytes(b"x" * 300_000)
        request = policies.create_policy(tmp_path / name).request
        assert (request.file, request.format, len(request.document)) == (name, form, policies.DOCUMENT_BYTES_MAX + 1)
        assert policies.check_policy(str(tmp_path / name)).request.format == form


def test_bytes_are_the_document_itself() -> None:
    """Bytes are TOML unless the call says otherwise."""
    request = policies.create_policy(b"{}", as_json=True).request
    assert (request.file, request.format, request.document) == ("", POLICY_FORMAT_JSON, b"{}")
    assert policies.update_policy("a", 1, b"x", etag="e").request.format == POLICY_FORMAT_TOML


def test_other_documents_are_refused_by_name(tmp_path: Path) -> None:
    """What is neither file nor bytes is a TypeError; a file that is not there an OSError."""
    with pytest.raises(TypeError, match="document must be a file, or its content as bytes, not int"):
        policies.create_policy(7)  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError):
        policies.create_policy(tmp_path / "none.toml")


def test_changes_carry_a_request_id() -> None:
    """Every change gets an id of its own unless one is given; reads have none."""
    calls = [
        policies.create_policy(b""),
        policies.update_policy("a", 1, b"", etag="e"),
        policies.activate_policy("a", 1, etag="e"),
        policies.archive_policy("a", 1, etag="e"),
        policies.set_default_policy("a"),
    ]
    assert len({call.request_id for call in calls}) == len(calls)
    assert policies.activate_policy("a", 1, etag="e", request_id="mine").request_id == "mine"
    assert not policies.get_policy("a").request_id
    assert policies.list_policies(state="active").first.request.state == POLICY_STATE_ACTIVE
