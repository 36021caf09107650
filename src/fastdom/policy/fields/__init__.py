"""The kinds of field that settings are made of."""

from fastdom.policy.fields.entries import Entries
from fastdom.policy.fields.field import Field, NameOf, Reference, Value, bad_item, nearest
from fastdom.policy.fields.keys import finish
from fastdom.policy.fields.labels import Currency, Description, Identifier
from fastdom.policy.fields.moment import Moment
from fastdom.policy.fields.names import NODE_TYPES, ByName, Name, Names
from fastdom.policy.fields.weight import Weight, steps_of
from fastdom.policy.fields.whole import Money, ServerWhole, Whole
from fastdom.policy.fields.words import Choice, Flag

__all__ = [
    "NODE_TYPES",
    "ByName",
    "Choice",
    "Currency",
    "Description",
    "Entries",
    "Field",
    "Flag",
    "Identifier",
    "Moment",
    "Money",
    "Name",
    "NameOf",
    "Names",
    "Reference",
    "ServerWhole",
    "Value",
    "Weight",
    "Whole",
    "bad_item",
    "finish",
    "nearest",
    "steps_of",
]
