"""The native modules of fastdom, as a list.

Environment
-----------
FASTDOM_DEBUG=1
    One switch for bounds checks, assertions and the annotated HTML of every module.
FASTDOM_ONLY=NAME[,NAME...]
    Build only the modules whose dotted name ends in one of the given names (development).
CFLAGS
    As for any C extension; a level of optimization named there (-O0, -O2) takes the place of -O3.
"""

import os

from Cython.Build import cythonize
from setuptools import Extension, setup

DEBUG = os.environ.get("FASTDOM_DEBUG") == "1"
CORES = os.cpu_count() or 1
ONLY = tuple(name for name in os.environ.get("FASTDOM_ONLY", "").split(",") if name)

# -ffp-contract=off: distances are computed with IEEE operations that round the same everywhere.
# -fwrapv: a time or a sum read from the disk may overflow before it is checked; it wraps, and is refused.
COMPILE_ARGS = ["-fno-math-errno", "-ffp-contract=off", "-fwrapv", "-Wno-unused-function", "-fvisibility=hidden"]
if "-O" not in os.environ.get("CFLAGS", ""):
    COMPILE_ARGS.append("-O3")
MACROS = [] if DEBUG else [("CYTHON_WITHOUT_ASSERTIONS", "1"), ("NDEBUG", "1")]

NATIVE = [
    ("fastdom._native.memory", "src/fastdom/_native/memory.pyx"),
    ("fastdom._native.arena", "src/fastdom/_native/arena.pyx"),
    ("fastdom._native.table", "src/fastdom/_native/table.pyx"),
    ("fastdom._native.plan", "src/fastdom/_native/plan.pyx"),
    ("fastdom._native.policy", "src/fastdom/_native/policy.pyx"),
    ("fastdom._native.network", "src/fastdom/_native/network.pyx"),
    ("fastdom._native.positions", "src/fastdom/_native/positions.pyx"),
    ("fastdom._native.reservations", "src/fastdom/_native/reservations.pyx"),
    ("fastdom._native.requests", "src/fastdom/_native/requests.pyx"),
    ("fastdom._native.capacity", "src/fastdom/_native/capacity.pyx"),
    ("fastdom._native.faults", "src/fastdom/_native/faults.pyx"),
    ("fastdom._native.entry", "src/fastdom/_native/entry.pyx"),
    ("fastdom._native.digest", "src/fastdom/_native/digest.pyx"),
    ("fastdom._native.state", "src/fastdom/_native/state.pyx"),
    ("fastdom._native.resolved", "src/fastdom/_native/resolved.pyx"),
    ("fastdom._native.entry_check", "src/fastdom/_native/entry_check.pyx"),
    ("fastdom._native.order_check", "src/fastdom/_native/order_check.pyx"),
    ("fastdom._native.order", "src/fastdom/_native/order.pyx"),
    ("fastdom._native.token", "src/fastdom/_native/token.pyx"),
    ("fastdom._native.shared_stock", "src/fastdom/_native/shared_stock.pyx"),
    ("fastdom._native.heavy_prices", "src/fastdom/_native/heavy_prices.pyx"),
    ("fastdom._native.objectives", "src/fastdom/_native/objectives.pyx"),
    ("fastdom._native.gather", "src/fastdom/_native/gather.pyx"),
    ("fastdom._native.shipment", "src/fastdom/_native/shipment.pyx"),
    ("fastdom._native.quote_plan", "src/fastdom/_native/quote_plan.pyx"),
    ("fastdom._native.quote_fixed", "src/fastdom/_native/quote_fixed.pyx"),
    ("fastdom._native.quote_option", "src/fastdom/_native/quote_option.pyx"),
    ("fastdom._native.quote_redeem", "src/fastdom/_native/quote_redeem.pyx"),
    ("fastdom._native.quote", "src/fastdom/_native/quote.pyx"),
    ("fastdom._native.quote_desk", "src/fastdom/_native/quote_desk.pyx"),
    ("fastdom._native.verbs", "src/fastdom/_native/verbs.pyx"),
    ("fastdom._native.stock", "src/fastdom/_native/stock.pyx"),
    ("fastdom._native.journaling", "src/fastdom/_native/journaling.pyx"),
    ("fastdom._native.remembering", "src/fastdom/_native/remembering.pyx"),
    ("fastdom._native.wide", "src/fastdom/_native/wide.pyx"),
    ("fastdom._native.decision", "src/fastdom/_native/decision.pyx"),
    ("fastdom._native.run_order", "src/fastdom/_native/run_order.pyx"),
    ("fastdom._native.run_change", "src/fastdom/_native/run_change.pyx"),
    ("fastdom._native.reroute", "src/fastdom/_native/reroute.pyx"),
    ("fastdom._native.engine", "src/fastdom/_native/engine.pyx"),
    ("fastdom._native.segment_writer", "src/fastdom/_native/segment_writer.pyx"),
    ("fastdom._native.snapshot", "src/fastdom/_native/snapshot.pyx"),
    ("fastdom._native.inspect", "src/fastdom/_native/inspect.pyx"),
    ("fastdom._native.recorded", "src/fastdom/_native/recorded.pyx"),
    ("fastdom._native.decided", "src/fastdom/_native/decided.pyx"),
    ("fastdom._native.fingerprint", "src/fastdom/_native/fingerprint.pyx"),
    ("fastdom._native.scratch", "src/fastdom/_native/scratch.pyx"),
    ("fastdom._native.fill", "src/fastdom/_native/fill.pyx"),
    ("fastdom._native.build", "src/fastdom/_native/build.pyx"),
    ("fastdom._native.bulk", "src/fastdom/_native/bulk.pyx"),
    ("fastdom.engine.reads", "src/fastdom/engine/reads.pyx"),
    ("fastdom.engine.face", "src/fastdom/engine/face.pyx"),
    ("fastdom_server._wire.decode", "server/fastdom_server/_wire/decode.pyx"),
    ("fastdom_server._wire.encode", "server/fastdom_server/_wire/encode.pyx"),
    ("fastdom_server._wire.error", "server/fastdom_server/_wire/error.pyx"),
    ("fastdom_server._wire.handle", "server/fastdom_server/_wire/handle.pyx"),
    ("fastdom_server._wire.seam", "server/fastdom_server/_wire/seam.pyx"),
    ("fastdom_server._wire.engine_core", "server/fastdom_server/_wire/engine_core.pyx"),
    ("fastdom_server._wire.inspect", "server/fastdom_server/_wire/inspect.pyx"),
]

DIRECTIVES = {
    "language_level": 3,
    "boundscheck": DEBUG,
    "wraparound": False,
    "initializedcheck": DEBUG,
    "cdivision": True,
    "embedsignature": True,
    "show_performance_hints": True,
}

extensions = [
    Extension(name, [path], include_dirs=["src/fastdom/_native"], extra_compile_args=COMPILE_ARGS, define_macros=MACROS)
    for name, path in NATIVE
    if os.path.exists(path) and (not ONLY or name.endswith(ONLY))
]

setup(
    ext_modules=cythonize(
        extensions,
        build_dir="build/cython",
        include_path=["src", "server"],
        compiler_directives=DIRECTIVES,
        annotate=DEBUG,
        nthreads=CORES,
    ),
    options={"build_ext": {"parallel": CORES}},
)
