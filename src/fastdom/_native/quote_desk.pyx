"""A Python face over quoting alone: a state with stock and no journal. For tests, benchmarks and what-if tools."""

from libc.stdint cimport INT32_MIN, int32_t, int64_t, uint8_t, uint64_t
from libc.stdlib cimport calloc, free
from libc.string cimport memset
from posix.time cimport CLOCK_MONOTONIC, clock_gettime, timespec

from fastdom._native.capacity cimport capacity_take
from fastdom._native.command cimport (
    AllocationOut, Command, CostOut, KIND_PROMISE, KIND_RESERVE, KIND_ROUTE, LineIn, OptionOut, Result,
    ShipmentOut, Slice, Status,
)
from fastdom._native.entry cimport Context, ContextLine, ResultBuffers, result_clear
from fastdom._native.network cimport NetworkTables
from fastdom._native.order cimport Resolved, order_check, order_resolve, resolved_close, resolved_open
from fastdom._native.positions cimport P_FREE, P_ON_HAND, P_RESERVE, P_SAFETY, position_add, position_cell, position_find
from fastdom._native.quote cimport (
    Quote, quote_close, quote_open, quote_pinned, quote_promise, quote_quantities, quote_reroute, quote_route,
    quote_token,
)
from fastdom._native.reservations cimport Record, record_allocations
from fastdom._native.state cimport Limits, NODE_ONLINE, State, state_close, state_open
from fastdom._native.table cimport Interner, intern_add, intern_find

import numpy as np

WIDE_NODES = 8  # from here on a SKU's positions come in runs of eight, as in the engine
KINDS = {"reserve": KIND_RESERVE, "route": KIND_ROUTE, "promise": KIND_PROMISE}


cdef Slice text_slice(list kept, object text):
    """Bytes of a str, bytes or None, kept alive by `kept`."""
    cdef Slice view
    cdef bytes data = b"" if text is None else (text if isinstance(text, bytes) else text.encode())
    kept.append(data)
    view.data = data
    view.size = <int32_t>len(data)
    return view


cdef bytes packed(dict attributes):
    """Short attributes as attributes.pxd packs them; none = no bytes."""
    texts = [text.encode() for key in sorted(attributes) for text in (key, attributes[key])]
    return bytes([len(attributes)]) + b"".join(bytes([len(text)]) + text for text in texts) if attributes else b""


cdef class Order:
    """A Command with the memory its slices point to.

    Parameters
    ----------
    kind : {"reserve", "route", "promise"}
    lines : sequence of mapping
        Keys line_id, sku, quantity; optional node, group_id, weight_g, attributes (dict of str).
    **facts
        Other fields of Command by name; texts as str or bytes, lists of node ids as `include_nodes`, `exclude_nodes`.
    """

    cdef Command command
    cdef list kept

    def __cinit__(self, str kind, lines, **facts):
        cdef Command* c = &self.command
        memset(c, 0, sizeof(Command))
        self.kept = []
        c.kind = KINDS[kind]
        c.latitude_e7 = INT32_MIN
        c.longitude_e7 = INT32_MIN
        c.lines = <LineIn*>calloc(max(1, len(lines)), sizeof(LineIn))
        c.include_nodes = <Slice*>calloc(max(1, len(facts.get("include_nodes", ()))), sizeof(Slice))
        c.exclude_nodes = <Slice*>calloc(max(1, len(facts.get("exclude_nodes", ()))), sizeof(Slice))
        if c.lines == NULL or c.include_nodes == NULL or c.exclude_nodes == NULL:
            raise MemoryError("order")
        c.n_lines = len(lines)
        for i, line in enumerate(lines):
            c.lines[i].line_id = text_slice(self.kept, line["line_id"])
            c.lines[i].sku = text_slice(self.kept, line["sku"])
            c.lines[i].node = text_slice(self.kept, line.get("node"))
            c.lines[i].group_id = text_slice(self.kept, line.get("group_id"))
            c.lines[i].quantity = line["quantity"]
            c.lines[i].weight_g = line.get("weight_g", -1)
            c.lines[i].attributes = text_slice(self.kept, packed(line.get("attributes", {})))
        self._texts(facts)
        self._numbers(facts)
        if facts:
            raise TypeError(f"unknown fields {sorted(facts)}")

    def __dealloc__(self):
        free(self.command.lines)
        free(self.command.include_nodes)
        free(self.command.exclude_nodes)

    def _texts(self, facts):
        cdef Command* c = &self.command
        c.request_id = text_slice(self.kept, facts.pop("request_id", "r"))
        c.order_id = text_slice(self.kept, facts.pop("order_id", None))
        c.channel = text_slice(self.kept, facts.pop("channel", "web"))
        c.country_code = text_slice(self.kept, facts.pop("country_code", None))
        c.postal_code = text_slice(self.kept, facts.pop("postal_code", None))
        c.pickup_node = text_slice(self.kept, facts.pop("pickup_node", None))
        c.currency_code = text_slice(self.kept, facts.pop("currency_code", None))
        c.policy_name = text_slice(self.kept, facts.pop("policy_name", None))
        c.option_token = text_slice(self.kept, facts.pop("option_token", None))
        for i, node in enumerate(facts.pop("include_nodes", ())):
            c.include_nodes[i] = text_slice(self.kept, node)
            c.n_include = i + 1
        for i, node in enumerate(facts.pop("exclude_nodes", ())):
            c.exclude_nodes[i] = text_slice(self.kept, node)
            c.n_exclude = i + 1

    def _numbers(self, facts):
        cdef Command* c = &self.command
        c.tenant_i = facts.pop("tenant_i", 0)
        c.first_sent_at_us = facts.pop("first_sent_at_us", 0)
        c.order_value_micros = facts.pop("order_value_micros", 0)
        c.placed_at_us = facts.pop("placed_at_us", 0)
        c.required_by_us = facts.pop("required_by_us", 0)
        c.service_level = facts.pop("service_level", 0)
        c.payment = facts.pop("payment", 0)
        c.mode = facts.pop("mode", 0)
        c.ttl_us = facts.pop("ttl_us", 0)
        c.allow_partial = facts.pop("allow_partial", 0)
        c.max_shipments = facts.pop("max_shipments", 0)
        c.effort = facts.pop("effort", 0)
        c.alternatives = facts.pop("alternatives", 0)
        c.policy_version = facts.pop("policy_version", 0)
        c.service_levels = facts.pop("service_levels", 0)
        c.hold = facts.pop("hold", 0)
        c.hold_level = facts.pop("hold_level", 0)
        c.n_include = facts.pop("n_include", c.n_include)
        c.n_exclude = facts.pop("n_exclude", c.n_exclude)

    def check(self):
        """(reason, field, line_i) of what is wrong whatever the state; (0, 0, -1) = nothing."""
        cdef Status status
        order_check(&self.command, &status)
        return status.reason, status.field, status.line_i


cdef class QuoteDesk:
    """Stock, node status and day capacity over one network version.

    Parameters
    ----------
    tables : NetworkTables
    skus, nodes, channels : sequence of str
        Their positions are the dense ids the tables were compiled with.
    token_key : (int, int)
        128 bits that option tokens are signed with.
    """

    cdef State state
    cdef Resolved order
    cdef Quote* scratch
    cdef NetworkTables tables
    cdef ResultBuffers buffers
    cdef bint opened
    cdef object weekly
    cdef object prices

    def __cinit__(self, NetworkTables tables, skus, nodes, channels=("web",), token_key=(1, 2)):
        cdef Limits limits
        cdef uint64_t key[2]
        memset(&limits, 0, sizeof(Limits))
        limits.skus_max = max(16, len(skus))
        limits.nodes_max = max(16, len(nodes))
        limits.channels_max = 64
        limits.tenants_max = 4
        limits.positions_max = max(1024, min(len(skus) * len(nodes), 1 << 24))
        limits.reservations_max = 64
        limits.reservation_bytes_max = 1 << 20
        limits.request_ids_max = 64
        limits.answer_bytes_max = 1 << 20
        limits.exceptions_max = 64
        limits.fulfilment_log_max = 64
        key[0], key[1] = token_key
        self.tables = tables
        self.buffers = ResultBuffers()
        if state_open(&self.state, &limits) != 0:
            raise MemoryError("state")
        self.opened = True
        self.state.positions.wide = 1 if len(nodes) >= WIDE_NODES else 0
        self.scratch = quote_open(<int32_t>limits.nodes_max, key)
        if self.scratch == NULL or resolved_open(&self.order, <int32_t>limits.nodes_max) != 0:
            raise MemoryError("quote")
        self._intern(&self.state.skus, skus)
        self._intern(&self.state.nodes, nodes)
        self._intern(&self.state.channels, channels)
        for i in range(len(nodes)):
            self.state.node_status[i] = NODE_ONLINE

    def __dealloc__(self):
        quote_close(self.scratch)
        resolved_close(&self.order)
        if self.opened:
            state_close(&self.state)

    cdef _intern(self, Interner* table, names):
        kept = []
        for i, name in enumerate(names):
            if intern_add(table, text_slice(kept, name)) != i:
                raise ValueError(f"{name!r} is not unique")

    def network(self, NetworkTables tables):
        """Another network version over the same state."""
        self.tables = tables

    def stock(self, int sku_i, int node_i, int on_hand, int safety_stock=0, int routing_reserve=0):
        """Set a position, nothing of it allocated."""
        cdef int32_t p = position_add(&self.state.positions, sku_i, node_i)
        if p < 0:
            raise MemoryError("positions")
        position_cell(&self.state.positions, p, P_ON_HAND)[0] = on_hand
        position_cell(&self.state.positions, p, P_SAFETY)[0] = safety_stock
        position_cell(&self.state.positions, p, P_RESERVE)[0] = routing_reserve
        position_cell(&self.state.positions, p, P_FREE)[0] = on_hand - safety_stock

    def node_status(self, int node_i, int status):
        """1 ONLINE, 2 PAUSED, 3 OFFLINE."""
        self.state.node_status[node_i] = <uint8_t>status

    def quantities(self, weekly_demand_milli, unit_price):
        """What is known of (sku_i, node_i): demand in 1/1000 unit a week, look-ahead price of a unit in micros.

        Parameters
        ----------
        weekly_demand_milli, unit_price : mapping of (int, int) to int
            Positions that are not named are not known: -1 and 0.
        """
        cdef int64_t[::1] weekly
        cdef int64_t[::1] prices
        self.weekly = np.full(self.state.positions.blocks_max * 8, -1, dtype=np.int64)
        self.prices = np.zeros(self.state.positions.blocks_max * 8, dtype=np.int64)
        for table, values in ((self.weekly, weekly_demand_milli), (self.prices, unit_price)):
            for (sku_i, node_i), value in values.items():
                p = position_find(&self.state.positions, sku_i, node_i)
                if p >= 0:
                    table[p] = value
        weekly = self.weekly
        prices = self.prices
        quote_quantities(self.scratch, &weekly[0], weekly.shape[0], &prices[0], prices.shape[0])

    def take(self, int node_i, int day, int amount):
        """Take capacity of a node's local day (days since 1970-01-01)."""
        capacity_take(&self.state.capacity, node_i, day, amount)

    cdef void _run(self, const Command* c, int64_t now_us) noexcept nogil:
        """Checks, resolves and quotes as the engine does; the refusal is in the result's status."""
        cdef Result* out = &self.buffers.result
        if order_check(c, &out.status) and order_resolve(&self.state, &self.tables.net, c, &self.order, &out.status):
            self._quote(c, now_us)

    cdef void _quote(self, const Command* c, int64_t now_us) noexcept nogil:
        cdef Result* out = &self.buffers.result
        if c.kind == KIND_PROMISE:
            quote_promise(&self.state, &self.tables.net, &self.order, c, now_us, self.scratch, out)
        elif c.option_token.size:
            quote_token(&self.state, &self.tables.net, &self.order, c, now_us, self.scratch, out)
        elif c.kind == KIND_RESERVE and self.order.n_pinned:
            quote_pinned(&self.state, &self.tables.net, &self.order, c, now_us, self.scratch, out)
        else:
            quote_route(&self.state, &self.tables.net, &self.order, c, now_us, self.scratch, out)

    def quote(self, Order order, int64_t now_us):
        """The whole Result as a dict; arrays as lists of dicts."""
        result_clear(&self.buffers.result)
        self._run(&order.command, now_us)
        return result_dict(&self.buffers.result)

    def reroute(self, Order order, allocations, int failed_node_i, int64_t now_us=0, bint committed=True,
                int64_t expires_at_us=0):
        """Move what a reservation of the order has open at a node: (units, result).

        Parameters
        ----------
        allocations : sequence of (line_i, node_i, open, fulfilled)
            Units of the reservation; those of one node are one shipment.
        """
        cdef Context context
        cdef Record* record
        cdef AllocationOut* a
        cdef int32_t moved
        cdef Status status
        if not order_resolve(&self.state, &self.tables.net, &order.command, &self.order, &status):
            raise ValueError((status.reason, status.field, status.line_i))
        self._context(&order.command, &context)
        record = <Record*>calloc(1, sizeof(Record) + len(allocations) * sizeof(AllocationOut))
        if record == NULL:
            raise MemoryError("record")
        record.n_allocations = len(allocations)
        record.committed = committed
        record.expires_at_us = expires_at_us
        nodes = sorted({node_i for _, node_i, _, _ in allocations})
        for i, (line_i, node_i, still_open, fulfilled) in enumerate(allocations):
            a = &record_allocations(record)[i]
            a.line_i = line_i
            a.sku_i = self.order.lines[line_i].sku_i
            a.node_i = node_i
            a.shipment_i = nodes.index(node_i)
            a.granted = still_open + fulfilled
            a.fulfilled = fulfilled
        result_clear(&self.buffers.result)
        moved = quote_reroute(
            &self.state, &self.tables.net, record, &context, failed_node_i, NULL, now_us, self.scratch, &self.order,
            &self.buffers.result
        )
        free(record)
        return moved, result_dict(&self.buffers.result)

    cdef _context(self, const Command* c, Context* context):
        cdef ContextLine* line
        memset(context, 0, sizeof(Context))
        context.country_code = c.country_code
        context.postal_code = c.postal_code
        context.pickup_node = c.pickup_node
        context.policy_name = self.tables.net.policies[self.order.policy_i].name
        context.service_level = self.order.service_level
        context.payment = c.payment
        context.max_shipments = c.max_shipments
        context.order_value_micros = c.order_value_micros
        context.placed_at_us = c.placed_at_us
        context.required_by_us = c.required_by_us
        context.n_include = c.n_include
        for i in range(c.n_include):
            context.include_nodes[i] = intern_find(&self.state.nodes, c.include_nodes[i])
        context.n_exclude = c.n_exclude
        for i in range(c.n_exclude):
            context.exclude_nodes[i] = intern_find(&self.state.nodes, c.exclude_nodes[i])
        context.n_lines = c.n_lines
        context.lines = self.buffers.context_lines
        for i in range(c.n_lines):
            line = &context.lines[i]
            line.line_id = c.lines[i].line_id
            line.attributes = c.lines[i].attributes
            line.group_id = c.lines[i].group_id
            line.sku_i = self.order.lines[i].sku_i
            line.quantity = c.lines[i].quantity
            line.weight_g = self.order.lines[i].weight_g

    def resolve(self, Order order):
        """(status, resolved): names as dense ids, lines in blocks, demands of blocks."""
        cdef Status status
        cdef Resolved* r = &self.order
        if not order_resolve(&self.state, &self.tables.net, &order.command, r, &status):
            return (status.reason, status.field, status.line_i), None
        blocks = [
            {
                "lines": [r.block_line[i] for i in range(r.block_start[b], r.block_start[b + 1])],
                "weight_g": r.block_weight_g[b],
                "units": r.block_units[b],
                "demands": {
                    r.demands[d].sku_i: r.demands[d].quantity for d in range(r.demand_start[b], r.demand_start[b + 1])
                },
            }
            for b in range(r.n_blocks)
        ]
        return (0, 0, -1), {
            "channel_i": r.channel_i,
            "postal_i": r.postal_i,
            "zone_i": r.zone_i,
            "pickup_node_i": r.pickup_node_i,
            "service_level": r.service_level,
            "policy_i": r.policy_i,
            "cod": r.cod,
            "n_pinned": r.n_pinned,
            "n_skus": r.n_skus,
            "nodes": [r.lines[i].node_i for i in range(r.n_lines)],
            "weights_g": [r.lines[i].weight_g for i in range(r.n_lines)],
            "allowed": [n for n in range(r.nodes_max) if r.node_allowed[n]] if r.has_filter else None,
            "blocks": blocks,
        }

    def time(self, orders, int64_t now_us, int rounds=1, bint whole=False):
        """Nanoseconds of each quote over `rounds` passes, as a list; `whole` includes checking and resolving.

        The clock's own cost, about 20 ns, is in each.
        """
        cdef timespec before
        cdef timespec after
        cdef Order order
        cdef Status status
        spent = []
        for _ in range(rounds):
            for order in orders:
                result_clear(&self.buffers.result)
                if whole:
                    clock_gettime(CLOCK_MONOTONIC, &before)
                    self._run(&order.command, now_us)
                else:
                    order_resolve(&self.state, &self.tables.net, &order.command, &self.order, &status)
                    clock_gettime(CLOCK_MONOTONIC, &before)
                    self._quote(&order.command, now_us)
                clock_gettime(CLOCK_MONOTONIC, &after)
                spent.append((after.tv_sec - before.tv_sec) * 1_000_000_000 + after.tv_nsec - before.tv_nsec)
        return spent


cdef dict shipment_dict(const ShipmentOut* s, const CostOut* costs):
    return {
        "node_i": s.node_i, "service_i": s.service_i, "ship_day": s.ship_day, "capacity_taken": s.capacity_taken,
        "units": s.units, "n_allocations": s.n_allocations, "distance_m": s.distance_m, "weight_g": s.weight_g,
        "order_by_us": s.order_by_us, "ship_at_us": s.ship_at_us, "arrive_from_us": s.arrive_from_us,
        "arrive_by_us": s.arrive_by_us, "raw_micros": list(costs.raw_micros),
        "cost_micros": list(costs.cost_micros), "total_micros": s.cost_micros,
    }


cdef dict option_dict(const OptionOut* o):
    return {
        "service_level": o.service_level, "first_shipment": o.first_shipment, "n_shipments": o.n_shipments,
        "first_allocation": o.first_allocation, "n_allocations": o.n_allocations, "optimality": o.optimality,
        "confidence_permille": o.confidence_permille, "order_by_us": o.order_by_us, "ship_from_us": o.ship_from_us,
        "ship_by_us": o.ship_by_us, "arrive_from_us": o.arrive_from_us, "arrive_by_us": o.arrive_by_us,
        "valid_until_us": o.valid_until_us, "cost_micros": o.cost_micros,
        "token": <bytes>(<const char*>o.token)[:o.token_size],
    }


cdef dict result_dict(const Result* r):
    return {
        "status": (r.status.reason, r.status.field, r.status.line_i),
        "outcome": r.outcome, "optimality": r.optimality, "split_count": r.split_count,
        "total_micros": r.total_micros, "gap_micros": r.gap_micros, "nodes_considered": r.nodes_considered,
        "evaluations": r.evaluations, "network_version": r.network_version, "policy_version": r.policy_version,
        "token_difference": r.token_difference, "relaxed": r.relaxed, "channel_i": r.channel_i,
        "shipments": [shipment_dict(&r.shipments[i], &r.costs[i]) for i in range(r.n_shipments)],
        "allocations": [
            (r.allocations[i].line_i, r.allocations[i].sku_i, r.allocations[i].shipment_i, r.allocations[i].node_i,
             r.allocations[i].granted)
            for i in range(r.n_allocations)
        ],
        "lines": [
            (r.lines[i].granted, r.lines[i].shortfall, r.lines[i].available_after, r.lines[i].reason)
            for i in range(r.n_lines)
        ],
        "options": [option_dict(&r.options[i]) for i in range(r.n_options)],
    }
