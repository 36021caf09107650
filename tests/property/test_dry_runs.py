"""Dry runs of every kind leave no trace: neither in the state, nor in the journal, nor among the decision records."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.explain.worlds import opened, order, route

from fastdom.engine.engine import Engine
from fastdom.explain import Explainer
from fastdom.reasons import EngineError
from fastdom.types import ExplainRequest, PromiseRequest, RouteMode, RouteRequest

CARTS = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 60)), min_size=1, max_size=4)
PINS = st.sampled_from(("560001", "110001", "400001", "700001"))
KINDS = st.sampled_from(("route", "detailed", "promise", "explain", "missing"))


def dry(engine: Engine, kind: str, cart: list[tuple[int, int]], to: str) -> None:
    """One call that may change nothing."""
    wanted = order(engine, *cart, to=to)
    if kind == "route":
        engine.route(RouteRequest("", wanted, mode=RouteMode.PLAN, allow_partial=True))
    elif kind == "detailed":
        engine.route(RouteRequest("", wanted, alternatives=2, explain=True))
    elif kind == "promise":
        engine.promise(PromiseRequest("", wanted))
    else:
        Explainer(engine).explain(ExplainRequest(order_id="A-1" if kind == "explain" else "nobody"))


def traces(engine: Engine) -> tuple[object, ...]:
    """All that a call could leave behind."""
    engine.decisions.drain()
    counts = engine.decisions.counts()
    return engine.digest(), engine.face.seq, counts.recorded, counts.dropped, counts.bytes


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(taken=st.lists(CARTS, min_size=1, max_size=3), asked=st.lists(st.tuples(KINDS, CARTS, PINS), max_size=6))
def test_dry_runs_leave_no_trace(
    taken: list[list[tuple[int, int]]], asked: list[tuple[str, list[tuple[int, int]], str]]
) -> None:
    """After any dry runs, refused ones too, digest, sequence and decision records are as before them."""
    with TemporaryDirectory() as folder, opened(Path(folder)) as engine:
        for i, cart in enumerate(taken):
            route(engine, order(engine, *cart), f"h{i}")
        before = traces(engine)
        for kind, cart, to in asked:
            try:
                dry(engine, kind, cart, to)
            except EngineError:
                assert kind == "missing"
        assert traces(engine) == before
