"""Nodes, carriers, lanes, calendars and policies: a folder of files, checked, hashed and compiled to arrays.

`load` reads and checks a folder; `compile_network` turns the document into the arrays the engine decides with.
The format is described in docs/network-files.md.
"""

from fastdom.network.compile import compile_network
from fastdom.network.compiled import CompiledNetwork, CompiledPolicy
from fastdom.network.document import CapacityKind, NetworkDocument, NodeType
from fastdom.network.loader import load, load_files
from fastdom.network.problems import NetworkInvalid, Problem
from fastdom.network.source import read_folder
from fastdom.types import ServiceLevel

__all__ = [
    "CapacityKind",
    "CompiledNetwork",
    "CompiledPolicy",
    "NetworkDocument",
    "NetworkInvalid",
    "NodeType",
    "Problem",
    "ServiceLevel",
    "compile_network",
    "load",
    "load_files",
    "read_folder",
]
