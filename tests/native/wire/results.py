"""Random Results, and the tables and requests they belong to."""

import random
from typing import Any

from google.protobuf.message import Message
from tests.native.wire.messages import REQUESTS, fill_plain

TABLES: dict[str, Any] = {
    "skus": [f"SKU-{i}".encode() * (1 + i % 9) for i in range(60)],
    "nodes": [b"BLR-DC1", b"x", "दिल्ली".encode(), b"n" * 64, b"m" * 127, b"o" * 128, b"p" * 255],
    "channels": [b"web", b"amazon-in"],
    "services": [b"delhivery-surface", b"bd", b"s" * 64],
    "currency": b"INR",
    "policy_name": b"cheapest",
}
MICROS = (0, 0, 1, 127, 128, 12_300_000, 2**50, 2**61)
TIMES = (0, 0, 1, 999_999, 1_000_000, 1_764_288_000_123_456, 253_402_300_799_999_999)
UNITS = (0, 1, 2, 127, 128, 1_000_000)


def shipment(rng: random.Random) -> dict[str, Any]:
    costs = [rng.choice(MICROS[:-1]) for _ in range(13)]
    return {
        "node_i": rng.randrange(len(TABLES["nodes"])), "service_i": rng.randrange(-1, 4),
        "ship_day": rng.choice((0, 20_420)), "capacity_taken": rng.choice((0, 1, 5)),
        "distance_m": rng.choice((-1, 0, 5, 20_040_000)), "weight_g": rng.choice((0, 500, 2**53)),
        "order_by_us": rng.choice(TIMES), "ship_at_us": rng.choice(TIMES), "arrive_from_us": rng.choice(TIMES),
        "arrive_by_us": rng.choice(TIMES), "raw_micros": [cost // 2 for cost in costs], "cost_micros": costs,
    }  # fmt: skip


def allocation(rng: random.Random, line_i: int, n_shipments: int) -> dict[str, Any]:
    fulfilled, released, expired = (rng.choice(UNITS[:4]) for _ in range(3))
    return {
        "line_i": line_i, "sku_i": rng.randrange(len(TABLES["skus"])), "node_i": rng.randrange(len(TABLES["nodes"])),
        "shipment_i": rng.randrange(n_shipments) if n_shipments else 0,
        "granted": fulfilled + released + expired + rng.choice(UNITS), "fulfilled": fulfilled, "released": released,
        "expired": expired,
    }  # fmt: skip


def plan(rng: random.Random, n_lines: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Shipments and the allocations of some of the lines, in the order of the lines."""
    shipments = [shipment(rng) for _ in range(rng.choice((0, 1, 2, 5)))]
    served = [i for i in range(n_lines) for _ in range(rng.choice((0, 1, 1, 2)))]
    return shipments, [allocation(rng, i, len(shipments)) for i in served]


def options(rng: random.Random, n_lines: int) -> dict[str, list[dict[str, Any]]]:
    made: dict[str, list[dict[str, Any]]] = {"shipments": [], "allocations": [], "options": []}
    for level in rng.sample((1, 2, 3, 4), rng.randrange(1, 5)):
        shipments, allocations = plan(rng, n_lines)
        made["options"].append(
            {
                "service_level": level, "first_shipment": len(made["shipments"]), "n_shipments": len(shipments),
                "first_allocation": len(made["allocations"]), "n_allocations": len(allocations),
                "confidence_permille": rng.choice((0, 950)), "token": rng.randbytes(rng.choice((0, 60, 512))),
                "cost_micros": rng.choice(MICROS),
                **{
                    f"{name}_us": rng.choice(TIMES)
                    for name in ("order_by", "ship_from", "ship_by", "arrive_from", "arrive_by", "valid_until")
                },
            }
        )  # fmt: skip
        made["shipments"] += shipments
        made["allocations"] += allocations
    return made


def line(rng: random.Random) -> dict[str, Any]:
    return {
        "granted": rng.choice(UNITS), "shortfall": rng.choice(UNITS), "available_after": rng.choice(UNITS),
        "reason": rng.randrange(12),
    }  # fmt: skip


def result(method: int, n_lines: int, rng: random.Random) -> dict[str, Any]:
    """A Result of the method for an order (or reservation) of so many lines."""
    shipments, allocations = plan(rng, n_lines)
    made: dict[str, Any] = {
        "seq": rng.choice((0, 7, 2**40)), "repeated": rng.random() < 0.2, "outcome": rng.randrange(1, 4),
        "optimality": rng.randrange(4), "split_count": max(0, len(shipments) - 1), "total_micros": rng.choice(MICROS),
        "gap_micros": rng.choice((0, 5, 2**40)), "nodes_considered": rng.choice(UNITS),
        "evaluations": rng.choice(MICROS), "network_version": rng.choice((0, 3)), "policy_version": rng.choice((0, 2)),
        "token_difference": rng.randrange(6),
        "has_reservation": rng.random() < 0.7, "reservation_id": (rng.getrandbits(64), rng.getrandbits(64)),
        "state": rng.randrange(1, 7), "channel_i": rng.randrange(-1, 2), "committed": rng.random() < 0.5,
        "needs_attention": rng.random() < 0.2, "expires_at_us": rng.choice(TIMES), "created_at_us": rng.choice(TIMES),
        "version": rng.choice((1, 2**33)), "reacquired": rng.random() < 0.5, "held_option": rng.randrange(5),
        "count_mismatch": rng.choice(UNITS), "service_level": rng.randrange(5), "shipments": shipments,
        "allocations": allocations, "lines": [line(rng) for _ in range(n_lines)],
        "order_id": rng.choice((b"", b"ORD-7", b"o" * 64)),
        "line_ids": [f"line-{i}".encode() for i in range(rng.choice((0, n_lines)))],
    }  # fmt: skip
    if method == 3 and rng.random() < 0.8:
        made.update(options(rng, n_lines))
    return made


def request(method: int, rng: random.Random) -> tuple[Message, int]:
    """A request of the method and its number of lines."""
    message: Any = REQUESTS[method]()
    fill_plain(message, rng)
    return message, len(message.order.lines) if method <= 3 else rng.randrange(6)
