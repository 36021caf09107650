"""Reading a policy: a document in, a checked immutable policy out, or every problem at once."""

from pathlib import Path

from fastdom.policy.body import read_body
from fastdom.policy.document import Policy
from fastdom.policy.limits import DOCUMENT_BYTES_MAX
from fastdom.policy.network_check import NetworkNames, note_network
from fastdom.policy.problems import Problems, raise_if_any
from fastdom.policy.report import Report
from fastdom.policy.rules import note_rules
from fastdom.policy.text import read_text


def load_policy(path: str | Path, network: NetworkNames | None = None) -> Policy:
    """Read a policy file; the ending of its name says its form, ``.json`` or TOML.

    Raises
    ------
    PolicyInvalid
        With every problem found, each naming file, line and field.
    OSError
        When the file cannot be read.
    """
    with Path(path).open("rb") as stream:
        return read_policy(stream.read(DOCUMENT_BYTES_MAX + 1), Path(path).name, network)


def read_policy(data: bytes, file: str = "policy.toml", network: NetworkNames | None = None) -> Policy:
    """Read a policy from bytes.

    Parameters
    ----------
    data : bytes
        UTF-8 text, at most `DOCUMENT_BYTES_MAX` bytes.
    file : str
        Name for messages; its ending says the form: ``.json``, anything else is TOML.
    network : NetworkNames, optional
        Also check that every name exists there, and that some node can pass.

    Raises
    ------
    PolicyInvalid
        With every problem found, each naming file, line and field.
    """
    problems = Problems()
    root = read_text(data, file, problems)
    policy = read_body(root) if root else None
    if root and policy:
        report = Report(file, root.lines, problems)
        note_rules(policy, report)
        if network is not None:
            note_network(policy, network, report)
    raise_if_any(problems)
    assert policy is not None, "a document that cannot be read is a problem"
    return policy


def restore_policy(data: bytes) -> Policy:
    """Return the policy of a canonical form that was checked when it was written.

    Only its form is read again, not its rules, so that a stricter rule of a later release leaves history readable.

    Raises
    ------
    PolicyInvalid
        When the bytes are no policy.
    """
    problems = Problems()
    root = read_text(data, "policy.json", problems)
    policy = read_body(root) if root else None
    raise_if_any(problems)
    assert policy is not None, "a document that cannot be read is a problem"
    return policy
