"""The parts of a compiled network: one file for each group of arrays, each a function of the document.

Every `part` returns the fields of `CompiledNetwork` it fills, by name.
"""
