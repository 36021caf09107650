"""Reservations. They live in native code: `_native/reservations.pyx` (the table), `_native/verbs.pyx` (the verbs).

Listing them is `engine/reads.pyx`; this package is for Python that works on reservations as a whole.
"""
