"""Dates an operation can meet: until when to order, when it ships, in which window it arrives.

The calendars behind the dates belong to the network (`fastdom.network.calendars` and its neighbours), which compiles
them to tables; this package reads the tables. The kernel that quotes is `fastdom._native.quote`.
"""
