"""Where the sale stands: waiting for a point of it, and holding back its end until the crash has come."""

import asyncio
import heapq


class Pace:
    """Counts orders that ended; tasks wait for a count.

    Parameters
    ----------
    orders : int
        Orders of the sale.
    gate_at : int
        Carts from this number on are let in only after `open_gate`, so that the sale cannot be over too early.
    """

    def __init__(self, orders: int, gate_at: int) -> None:
        self.orders, self.done = orders, 0
        self._gate_at, self._gate = gate_at, asyncio.Event()
        self._waiting: list[tuple[int, int, asyncio.Event]] = []

    def advance(self) -> None:
        """One more order has ended."""
        self.done += 1
        while self._waiting and self._waiting[0][0] <= self.done:
            heapq.heappop(self._waiting)[2].set()

    async def reached(self, count: int) -> None:
        """Return once `count` orders, or all, have ended."""
        count = min(count, self.orders)
        if self.done < count:
            event = asyncio.Event()
            heapq.heappush(self._waiting, (count, id(event), event))
            await event.wait()

    async def admit(self, number: int) -> None:
        """Return once cart `number` may start."""
        if number >= self._gate_at:
            await self._gate.wait()

    def open_gate(self) -> None:
        """Let everyone in."""
        self._gate.set()
