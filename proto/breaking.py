"""Compare the contract with the released one.

``python proto/breaking.py`` exits 1 and names every field, enum value and method of ``released.txt`` that is gone or
says something else now: number, name, type, label, presence, oneof, streaming. What was added is no matter. After a
release ``python proto/breaking.py --release`` writes the file anew; its diff shows what the release added or broke.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from google.protobuf.descriptor_pb2 import DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorSet

from generate import ROOT, run_protoc, sources

RELEASED = ROOT / "released.txt"


def described() -> FileDescriptorSet:
    """Descriptors of all .proto files as they are now."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "descriptors.bin"
        run_protoc(f"--descriptor_set_out={path}", *sources())
        return FileDescriptorSet.FromString(path.read_bytes())


def field_text(message: DescriptorProto, field: FieldDescriptorProto) -> str:
    """Everything about a field that a reader or writer of the released contract relies on."""
    kind = field.type_name.removeprefix(".") or FieldDescriptorProto.Type.Name(field.type)[5:].lower()
    words = [field.name, kind, FieldDescriptorProto.Label.Name(field.label)[6:].lower()]
    if field.proto3_optional:
        words.append("presence")
    elif field.HasField("oneof_index"):
        words.append(f"oneof={message.oneof_decl[field.oneof_index].name}")
    return " ".join(words)


def enum_facts(scope: str, enum: EnumDescriptorProto) -> Iterator[tuple[str, str]]:
    """(what, text) of the values of an enum."""
    for value in enum.value:
        yield f"{scope}.{enum.name} value {value.number}", value.name


def message_facts(scope: str, message: DescriptorProto) -> Iterator[tuple[str, str]]:
    """(what, text) of the fields of a message and of those inside it."""
    name = f"{scope}.{message.name}"
    yield f"{name} message", "message"
    for field in message.field:
        yield f"{name} field {field.number}", field_text(message, field)
    for inner in message.nested_type:
        yield from message_facts(name, inner)
    for enum in message.enum_type:
        yield from enum_facts(name, enum)


def facts(files: FileDescriptorSet) -> dict[str, str]:
    """What the contract says, by what it says it of."""
    found: dict[str, str] = {}
    for file in files.file:
        for message in file.message_type:
            found.update(message_facts(file.package, message))
        for enum in file.enum_type:
            found.update(enum_facts(file.package, enum))
        for service in file.service:
            for method in service.method:
                streams = "stream " * method.client_streaming, "stream " * method.server_streaming
                found[f"{file.package}.{service.name} method {method.name}"] = (
                    f"{streams[0]}{method.input_type.removeprefix('.')} -> "
                    f"{streams[1]}{method.output_type.removeprefix('.')}"
                )
    return found


def broken(released: dict[str, str], now: dict[str, str]) -> list[str]:
    """One line for everything of `released` that `now` lacks or says otherwise."""
    return [
        f"{what}: was '{text}', is {repr(now[what]) if what in now else 'gone'}"
        for what, text in sorted(released.items())
        if now.get(what) != text
    ]


def read(text: str) -> dict[str, str]:
    """Facts of the lines that `written` made."""
    return dict(line.split(": ", 1) for line in text.splitlines() if line)


def written(found: dict[str, str]) -> str:
    """Facts as lines, sorted."""
    return "".join(f"{what}: {text}\n" for what, text in sorted(found.items()))


def main() -> int:
    """Check, or write ``released.txt``; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--release", action="store_true", help="write released.txt: the contract as it is now")
    now = facts(described())
    if parser.parse_args().release:
        RELEASED.write_text(written(now))
        return 0
    problems = broken(read(RELEASED.read_text()), now)
    print(
        "\n".join(problems) or "nothing of the released contract was broken",
        file=sys.stderr if problems else sys.stdout,
    )
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
