"""Wrong usage in one line of our own words, whatever the library that reads the command line calls it."""

import inspect
import re
from collections.abc import Sequence
from enum import Enum
from typing import Annotated, Any, get_args, get_origin

NEGATIVE = re.compile(r"-\d+")
OPTION = re.compile(r"-[^\d]")

# What the library says where there is no parameter to ask, and how we put it.
SENTENCES = (
    (re.compile(r"No such command '(.*?)'"), r"there is no command \1"),
    (re.compile(r"\. Did you mean (.*)\?$"), r"; did you mean \1"),
    (re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)"), r"too many arguments: \1"),
)


def is_usage(error: Exception) -> bool:
    """Return whether an exception of the library stands for wrong usage."""
    return hasattr(error, "format_message")


def explain(error: Any) -> str:
    """Return what is wrong with the command line, and where to read on; empty when the help has been shown."""
    text = _sentence(error)
    return f"{text} (see {_help_of(error)})" if text else ""


def negative_last(arguments: Sequence[str]) -> list[str]:
    """Put "--" and a negative number at the end, where it is read as a number and not as an option.

    One that follows an option is its value and stays; so does everything when there is a "--" already.
    """
    if "--" in arguments:
        return list(arguments)
    before = ["", *arguments]
    numbers = [
        place for place, text in enumerate(arguments) if NEGATIVE.fullmatch(text) and not OPTION.match(before[place])
    ]
    if not numbers:
        return list(arguments)
    kept = [text for place, text in enumerate(arguments) if place not in numbers]
    return [*kept, "--", *(arguments[place] for place in numbers)]


def _sentence(error: Any) -> str:
    kind, parameter = type(error).__name__, getattr(error, "param", None)
    if kind == "MissingParameter" and parameter is not None:
        wanted = _wanted(error)
        source = f" (or set {parameter.envvar})" if parameter.envvar else ""
        return f"{_shown(parameter)} is missing{source}" + (f"; give {wanted}" if wanted else "")
    if kind == "BadParameter" and parameter is not None and (wanted := _wanted(error)):
        return f"{_shown(parameter)} must be {wanted}"
    if kind == "NoSuchOption":
        return f"there is no option {error.option_name}{_instead(error)}"
    if kind == "BadOptionUsage":
        return f"{error.option_name} {'needs a value' if 'requires' in error.message else 'takes no value'}"
    text = str(error.format_message()).strip().rstrip(".")
    for pattern, ours in SENTENCES:
        text = pattern.sub(ours, text)
    return text


def _shown(parameter: Any) -> str:
    """Return a parameter as it is typed."""
    if parameter.param_type_name == "option":
        return str(max(parameter.opts, key=len))
    return str(parameter.metavar or parameter.name.upper())


def _instead(error: Any) -> str:
    if NEGATIVE.fullmatch(error.option_name):
        return "; put -- before a negative number"
    near = error.possibilities
    return f"; did you mean {' or '.join(sorted(near))}" if near else ""


def _wanted(error: Any) -> str:
    """Return which values the parameter of an error takes, by the annotation of its command; empty = any text."""
    parameters = inspect.signature(error.ctx.command.callback).parameters
    own = parameters.get(error.param.name)
    if own is None or get_origin(own.annotation) is not Annotated:
        return ""
    hint, info = get_args(own.annotation)[:2]
    kinds = [hint, *get_args(hint), *(inner for outer in get_args(hint) for inner in get_args(outer))]
    bounds = f" of at least {info.min:g}" if info.min is not None else ""
    if info.max is not None:
        bounds = f", {info.min} .. {info.max}"
    for kind in kinds:
        if isinstance(kind, type) and issubclass(kind, Enum):
            return f"one of {', '.join(str(member.value) for member in kind)}"
        if kind is int or kind is float:
            return f"a {'whole ' if kind is int else ''}number{bounds}"
    return ""


def _help_of(error: Any) -> str:
    context = getattr(error, "ctx", None)
    return f"{context.command_path if context is not None else 'fastdom'} --help"
