"""A connection beside which a person waits and may lose patience."""

from typing import Any, TypeVar

from google.protobuf.message import Message

from fastdom_client.call import Call, StreamCall
from fastdom_client.transport import Transport

ResponseT = TypeVar("ResponseT", bound=Message)


class AttendedTransport(Transport):
    """A transport that knows what has no answer yet, so that who stops it can be told how to repeat it.

    Attributes
    ----------
    unanswered : str
        The request_id of the call under way; empty between calls, and for reads.
    """

    unanswered = ""

    def send(self, call: Call[Any, ResponseT] | StreamCall[Any, ResponseT]) -> ResponseT:
        """Send a call and return its answer; see `Transport.send`."""
        self.unanswered = call.request_id
        reply = super().send(call)
        self.unanswered = ""
        return reply
