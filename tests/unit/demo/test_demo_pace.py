"""Waiting for a point of the sale."""

import asyncio

from fastdom.demo.pace import Pace


def test_waiters_go_on_when_their_count_is_reached() -> None:
    """Each waiter returns with its own count, in order of the counts; more than all orders means all."""

    async def go() -> list[tuple[int, int]]:
        pace, seen = Pace(4, 4), []

        async def wait(count: int) -> None:
            await pace.reached(count)
            seen.append((count, pace.done))

        tasks = [asyncio.create_task(wait(count)) for count in (9, 2, 0, 1)]
        await asyncio.sleep(0)
        for _ in range(4):
            pace.advance()
            await asyncio.sleep(0)
        await asyncio.gather(*tasks)
        return seen

    assert asyncio.run(go()) == [(0, 0), (1, 1), (2, 2), (9, 4)]


def test_carts_beyond_the_gate_wait_for_it() -> None:
    """A cart from the gate on starts only after it opened; those before start at once."""

    async def go() -> list[str]:
        pace, seen = Pace(4, 2), []

        async def cart(number: int) -> None:
            await pace.admit(number)
            seen.append(f"cart {number}")

        tasks = [asyncio.create_task(cart(number)) for number in (2, 1)]
        await asyncio.sleep(0)
        seen.append("open")
        pace.open_gate()
        await asyncio.gather(*tasks)
        return seen

    assert asyncio.run(go()) == ["cart 1", "open", "cart 2"]
