"""Stock positions. They live in native code: `_native/positions.pyx` (the table), `_native/stock.pyx` (corrections).

Reading many at once is `engine/reads.pyx`; this package is for Python that works on stock as a whole.
"""
