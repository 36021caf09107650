"""Messages made of arguments: a value of the wrong type is told by its field's name, before anything is sent.

protobuf refuses most of them too, but says "bad argument type for built-in operation" and not where; and it takes a str
for a list of its letters.
"""

import functools
from collections.abc import Callable, Iterable, Mapping
from operator import index
from typing import Any, ParamSpec, SupportsIndex, TypeVar

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass

P = ParamSpec("P")
M = TypeVar("M", bound=Message)

Read = Callable[[str, Any], Any]
"""Name and value of a field -> the value as the message takes it; raises TypeError or ValueError with the name."""

INT64 = (-(2**63), 2**63 - 1)
RANGES = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_ENUM: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: INT64,
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
}
SCALARS: dict[int, type] = {
    FieldDescriptor.TYPE_STRING: str,
    FieldDescriptor.TYPE_BYTES: bytes,
    FieldDescriptor.TYPE_BOOL: bool,
}


def message(kind: Callable[P, M], *nothing: P.args, **fields: P.kwargs) -> M:
    """Return a message of these fields.

    Parameters
    ----------
    kind : type of Message
        Its class.
    fields
        As its constructor takes them; None leaves out a field that may be absent.

    Raises
    ------
    TypeError, ValueError
        With the field's name: its value is not of its type, or not one its type can hold.
    """
    readers = _readers(kind)
    given: dict[str, Any] = {}
    for name, value in fields.items():
        exact, read = readers[name]
        given[name] = value if type(value) is exact else read(name, value)
    try:
        return kind(*nothing, **given)
    except ValueError:
        # The right type but not a value it can hold; only now is it worth looking at each.
        for name, value in given.items():
            readers[name][1](name, value)
        raise


def each(name: str, values: Any) -> Iterable[Any]:
    """Return the values of a list, which a str, bytes or mapping is not."""
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        raise TypeError(f"{name} must be a list or another iterable, not {kind_of(values)}")
    return values


def text(name: str, value: Any) -> str:
    """Return a str that can be sent."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {kind_of(value)}")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError(f"{name} is not text: {value!a} has half a surrogate pair") from None
    return value


def address(server: Any) -> str:
    """Return the address of a server; gRPC would write lines of its own about an empty one."""
    if not text("server", server).strip():
        raise ValueError("server must be an address such as 127.0.0.1:7443, not empty")
    return str(server)


def whole(name: str, value: Any, low: int, high: int) -> int:
    """Return a whole number within bounds; numpy's are taken, True and False are not."""
    if type(value) is not int and (isinstance(value, bool) or not isinstance(value, SupportsIndex)):
        raise TypeError(f"{name} must be a whole number, not {kind_of(value)}")
    number = index(value)
    if not low <= number <= high:
        raise ValueError(f"{name} must be {low} .. {high}, got {number}")
    return number


def seconds(name: str, value: Any) -> float | None:
    """Return a time limit in seconds, None for none."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise TypeError(f"{name} must be a number of seconds, not {kind_of(value)}")
    return value


def parts(item: Any, wanted: str, fewest: int = 2, most: int = 3) -> tuple[Any, ...] | list[Any]:
    """Return an item of a list that is given as a tuple of its fields."""
    if not isinstance(item, tuple | list):
        raise TypeError(f" must be {wanted}, not {kind_of(item)}")
    if not fewest <= len(item) <= most:
        raise TypeError(f" must be {wanted}, not a {kind_of(item)} of {len(item)}")
    return item


def inside(name: str, error: Exception) -> Exception:
    """Return an error of these functions with the name of the item its field is in."""
    told = str(error)
    return type(error)(f"{name}{told}" if told.startswith(" ") else f"{name}.{told}")


def instance(name: str, value: Any, kind: type) -> Any:
    """Return a value of a class."""
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {kind.__name__}, not {kind_of(value)}")
    return value


def kind_of(value: object) -> str:
    """Return how an error names what it got."""
    return "None" if value is None else type(value).__name__


@functools.cache
def _readers(kind: Any) -> dict[str, tuple[type | None, Read]]:
    """Return per field the type that needs no reading, and what reads every other."""
    return {field.name: (_exact(field), _reader(field)) for field in kind.DESCRIPTOR.fields}


def _exact(field: FieldDescriptor) -> type | None:
    if field.is_repeated:
        return None
    if field.cpp_type in RANGES:
        return int
    if field.message_type is not None:
        return GetMessageClass(field.message_type)
    return SCALARS[field.type]


def _reader(field: FieldDescriptor) -> Read:
    one = _single(field)
    if field.message_type is not None and field.message_type.GetOptions().map_entry:
        return _mapping(_single(field.message_type.fields_by_name["value"]))
    if field.is_repeated:
        return lambda name, values: [one(f"{name}[{i}]", value) for i, value in enumerate(each(name, values))]
    if field.has_presence:
        return lambda name, value: None if value is None else one(name, value)
    return one


def _mapping(one: Read) -> Read:
    """Return the reader of a map with text keys."""

    def read(name: str, values: Any) -> dict[str, Any]:
        if not isinstance(values, Mapping):
            raise TypeError(f"{name} must be a mapping, not {kind_of(values)}")
        return {text(f"key of {name}", key): one(f"{name}[{key!r}]", value) for key, value in values.items()}

    return read


def _single(field: FieldDescriptor) -> Read:
    """Return the reader of one value of a field."""
    if field.cpp_type in RANGES:
        low, high = RANGES[field.cpp_type]
        return lambda name, value: whole(name, value, low, high)
    if field.type == FieldDescriptor.TYPE_STRING:
        return text
    kind = SCALARS[field.type] if field.message_type is None else GetMessageClass(field.message_type)
    return lambda name, value: instance(name, value, kind)
