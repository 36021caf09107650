"""ExceptionService: what the operation must look at."""

from collections.abc import Mapping
from typing import ClassVar

from fastdom_api.v1 import exception_service_pb2 as pb2
from fastdom_server.codec import exceptions as codec
from fastdom_server.interceptors import Answer, Call, Handler
from fastdom_server.services.service import Served, in_thread


class ExceptionService:
    """The exceptions of the network."""

    NAME: ClassVar[str] = "fastdom.v1.ExceptionService"

    def __init__(self, served: Served) -> None:
        self._face = served.engine.face
        self._executor = served.executor
        self._door = served.door

    def methods(self) -> Mapping[str, Handler]:
        """Return the handler of every method by its name."""
        return {
            "ListExceptions": self._door.unary(pb2.ListExceptionsRequest, self.list_exceptions),
            "ResolveException": self._door.unary(pb2.ResolveExceptionRequest, self.resolve_exception),
        }

    async def list_exceptions(self, request: pb2.ListExceptionsRequest, call: Call) -> Answer:
        """Read one page, in a thread: filters may leave out very many."""
        asked = codec.decode_list_exceptions(request)
        page = await in_thread(
            self._executor, call, lambda: self._face.list_exceptions(asked, call.now_us, call.deadline_us)
        )
        return Answer(codec.encode_list_exceptions(page), page.seq)

    async def resolve_exception(self, request: pb2.ResolveExceptionRequest, call: Call) -> Answer:
        """Mark one as resolved."""
        result = self._face.resolve_exception(codec.decode_resolve_exception(request), call.now_us, call.deadline_us)
        return Answer(codec.encode_resolve_exception(result), result.seq)
