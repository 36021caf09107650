"""A bare grpc.aio + uvloop server that answers every call with fixed bytes: what the transport alone costs.

The reply's size is the first four bytes of the request, little-endian, so that one process stands in for every method.
"""

import asyncio
import sys

import grpc
import uvloop


async def serve() -> None:
    """Serve until stdin closes; print the port."""
    replies: dict[bytes, bytes] = {}

    async def echo(request: bytes, _: grpc.aio.ServicerContext) -> bytes:
        size = request[:4]
        reply = replies.get(size)
        if reply is None:
            reply = replies[size] = bytes(int.from_bytes(size, "little"))
        return reply

    server = grpc.aio.server()
    handlers = {"Echo": grpc.unary_unary_rpc_method_handler(echo)}
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("bench.Echo", handlers),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await server.stop(1)


if __name__ == "__main__":
    uvloop.run(serve())
