"""Builders of calls, one file per service: arguments in, a `Call` ready to send out. Nothing here talks to a network.

`calls.routing.route(cart, mode="HOLD").request` is the message by itself, to put into a batch.
"""
