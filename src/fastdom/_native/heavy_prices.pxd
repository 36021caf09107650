"""Prices of an order heavier than the points of the network's price table."""

from fastdom._native.quote_scratch cimport Place, Quote


cdef void heavy_prices(const Place* p, Quote* q) noexcept nogil
# A price grid of this order alone, after its rows; q.coarse when it is a rough one.
