"""Policies of one network version: checked arrays, weighted once, so that a decision only adds and compares."""

from libc.stdlib cimport calloc, free

import numpy as np

from fastdom._native import policy_arrays
from fastdom._native.command cimport OBJECTIVES
from fastdom._native.plan_cost cimport capped, weigh
from fastdom._native.table cimport fd_hash64

WHOLES = {"": WHOLE_NONE, "order": WHOLE_ORDER, "line": WHOLE_LINE}
FALLBACKS = {"backorder": FALLBACK_BACKORDER, "queue": FALLBACK_QUEUE, "cancel": FALLBACK_CANCEL}
BY_OFFER = (LATENESS, TRANSIT_TIME, CAPACITY_BALANCE, CARBON)
BY_BLOCK = (STOCK_BALANCE, WEEKS_OF_SUPPLY, MARKDOWN_AVOIDANCE, OPPORTUNITY_COST)


cdef inline const void* address(object array):
    return <const void*><size_t>array.ctypes.data


cdef uint32_t name_key(bytes name):
    """A hash that names something across network versions; never 0."""
    cdef uint32_t key = <uint32_t>fd_hash64(<const char*>name, len(name), 0)
    return key if key else 1


cdef object weighted(object raw, int64_t weight):
    """Each raw cost weighted by the one routine."""
    return np.array([weigh(micros, weight) for micros in raw.tolist()], dtype=np.int64)


cdef bint weighs_any(const Policy* policy, tuple objectives):
    return any([policy.level[<int32_t>i] >= 0 for i in objectives])


cdef bint lateness_off(Policy* policy):
    """Weigh no lateness. True when its level had nothing else and is gone, so that plans are compared by fewer."""
    cdef int32_t level = policy.level[LATENESS]
    cdef int32_t i
    if level < 0:
        return False
    policy.level[LATENESS] = LEVELS_OFF
    policy.by_offer = weighs_any(policy, BY_OFFER)
    if policy.n_cost == 1 or level in [policy.level[i] for i in range(OBJECTIVES)]:
        return False
    policy.n_cost -= 1
    for i in range(OBJECTIVES):
        policy.level[i] -= policy.level[i] > level
    return True


cdef class PolicyTables:
    """The policies that one network version decides with.

    Parameters
    ----------
    policies : sequence of fastdom.policy.compiled.CompiledPolicy
        The default first; `fastdom.network.compiled.CompiledPolicy` of four objectives are taken too.
    network : policy_arrays.NetworkFacts
        The arrays of the network that they are combined with.

    Raises
    ------
    ValueError
        There is none, an array has another type or shape than stated, or a number is out of range.
    """

    def __cinit__(self, policies, network):
        self.kept = []
        self.n_policies = len(policies)
        if self.n_policies == 0:
            raise ValueError("policies must not be empty")
        self.policies = <Policy*>calloc(2 * self.n_policies, sizeof(Policy))
        if self.policies == NULL:
            raise MemoryError("no room for the policies")
        for i, one in enumerate(policies):
            whole = one if hasattr(one, "stages") else policy_arrays.of_four(one, network)
            policy_arrays.check(whole, network)
            self._head(&self.policies[i], whole)
            self._pricing(&self.policies[i], whole.pricing, network)
            self._stages(&self.policies[i], whole.stages, network)
            self.policies[self.n_policies + i] = self.policies[i]
            if lateness_off(&self.policies[self.n_policies + i]):
                self._nodes(&self.policies[self.n_policies + i], whole.pricing, network)

    def __dealloc__(self):
        cdef int32_t i
        if self.policies != NULL:
            for i in range(self.n_policies):
                free(<void*>self.policies[i].stages)
        free(self.policies)

    cdef const void* _keep(self, object array, object dtype) except? NULL:
        """The address of a read-only copy that lives as long as this object."""
        found = np.array(array, dtype=dtype, order="C")
        found.setflags(write=False)
        self.kept.append(found)
        return address(found)

    cdef _head(self, Policy* policy, object one):
        cdef bytes name = one.name.encode()
        self.kept.append(name)
        policy.name.data = name
        policy.name.size = <int32_t>len(name)
        policy.key = name_key(name)
        policy.version = one.version
        policy.fallback = FALLBACKS[one.fallback]
        policy.effort = one.effort
        policy.split_quantities = one.split_quantities
        policy.reroute_attempts_max = one.reroute_attempts_max
        policy.reroute_exclude_us = one.reroute_exclude_us

    cdef _pricing(self, Policy* policy, object pricing, object network):
        cdef int32_t i
        for i in range(OBJECTIVES):
            policy.weights[i] = pricing.weights[i]
            policy.level[i] = pricing.level[i]
        policy.n_cost = pricing.n_levels
        policy.by_offer = weighs_any(policy, BY_OFFER)
        policy.by_block = weighs_any(policy, BY_BLOCK)
        policy.split_penalty_micros = pricing.split_penalty_micros
        policy.split_penalty_cost = weigh(policy.split_penalty_micros, policy.weights[SPLIT_PENALTY])
        policy.distance_micros_per_km_unit = pricing.distance_micros_per_km_unit
        policy.lateness_micros_per_day = pricing.lateness_micros_per_day
        policy.lateness_micros_per_day_unit = pricing.lateness_micros_per_day_unit
        policy.transit_micros_per_day = pricing.transit_micros_per_day
        policy.stock_micros_per_unit = pricing.stock_micros_per_unit
        policy.stock_target_units = pricing.stock_target_units
        policy.weeks_micros_per_unit = pricing.weeks_micros_per_unit
        policy.weeks_target = pricing.weeks_target
        policy.markdown_micros_per_unit = pricing.markdown_micros_per_unit
        policy.markdown_within_weeks = pricing.markdown_within_weeks
        policy.opportunity_cap_micros = pricing.opportunity_cap_micros
        policy.load_micros = <const int64_t*>self._keep(pricing.load_micros, np.int64)
        policy.load_cost = <const int64_t*>self._keep(
            weighted(pricing.load_micros, policy.weights[CAPACITY_BALANCE]), np.int64
        )
        policy.carbon_micros_per_km = <const int64_t*>self._keep(pricing.carbon_micros_per_km, np.int64)
        policy.priority_shipment_micros = <const int64_t*>self._keep(pricing.priority_shipment_micros, np.int64)
        policy.priority_unit_micros = <const int64_t*>self._keep(pricing.priority_unit_micros, np.int64)
        self._nodes(policy, pricing, network)

    cdef _nodes(self, Policy* policy, object pricing, object network):
        """What a node costs by itself, weighted: by objective and by component."""
        handling, priority = policy.weights[HANDLING], policy.weights[NODE_PRIORITY]
        fixed = weighted(network.handling_shipment, handling), weighted(pricing.priority_shipment_micros, priority)
        unit = weighted(network.handling_unit, handling), weighted(pricing.priority_unit_micros, priority)
        policy.handling_shipment_cost = <const int64_t*>self._keep(fixed[0], np.int64)
        policy.handling_unit_cost = <const int64_t*>self._keep(unit[0], np.int64)
        policy.priority_shipment_cost = <const int64_t*>self._keep(fixed[1], np.int64)
        policy.priority_unit_cost = <const int64_t*>self._keep(unit[1], np.int64)
        policy.node_fixed_cost = <const int64_t*>self._keep(self._levels(policy, fixed), np.int64)
        policy.node_unit_cost = <const int64_t*>self._keep(self._levels(policy, unit), np.int64)

    cdef object _levels(self, const Policy* policy, tuple costs):
        found = np.zeros((len(costs[0]), policy.n_cost), dtype=np.int64)
        for objective, column in zip((HANDLING, NODE_PRIORITY), costs):
            level = policy.level[<int32_t>objective]
            if level >= 0:
                for node_i, cost in enumerate(column.tolist()):
                    found[node_i, level] = capped(found[node_i, level] + <int64_t>cost)
        return found

    cdef _stages(self, Policy* policy, object stages, object network):
        cdef int32_t n = len(stages)
        cdef PolicyStage* found = <PolicyStage*>calloc(2 * n, sizeof(PolicyStage))
        cdef int32_t i
        if found == NULL:
            raise MemoryError("no room for the stages of a policy")
        policy.stages = found
        policy.n_stages = n
        present = self._keep(network.node_present, np.uint8)
        limits = self._keep(network.capacity_limit, np.int32)
        for i in range(n):
            self._stage(&found[i], stages[i], network)
            found[n + i] = found[i]
            found[n + i].node_allowed = <const uint8_t*>present
            found[n + i].capacity_open = <const int32_t*>limits
            found[n + i].excluded_until_us = NULL
            found[n + i].capable = NULL
            found[n + i].zone_allowed = NULL
            found[n + i].distance_cap_m = NULL

    cdef _stage(self, PolicyStage* to, object stage, object network):
        """Tables that leave nothing out are NULL: a decision then does not look at them."""
        to.node_allowed = <const uint8_t*>self._keep(stage.node_allowed & network.node_present, np.uint8)
        to.capacity_open = <const int32_t*>self._keep(stage.capacity_open, np.int32)
        if stage.excluded_until_us.any():
            to.excluded_until_us = <const int64_t*>self._keep(stage.excluded_until_us, np.int64)
        if (stage.capable[network.node_present == 1] != (1 << CAPABILITIES) - 1).any():
            to.capable = <const uint8_t*>self._keep(stage.capable, np.uint8)
        if stage.zone_allowed is not None:
            to.zone_allowed = <const uint8_t*>self._keep(stage.zone_allowed, np.uint8)
        if (stage.distance_cap_m < policy_arrays.NO_CAP_M).any():
            to.distance_cap_m = <const int32_t*>self._keep(stage.distance_cap_m, np.int32)
        if not stage.service_allowed.all():
            to.service_allowed = <const uint8_t*>self._keep(stage.service_allowed, np.uint8)
        to.oversize_from_g = stage.oversize_from_g
        to.reserve_mask = -1 if stage.reserve_kept else 0
        to.reserve_extra = stage.reserve_extra_units
        to.max_shipments = stage.max_shipments
        to.whole = WHOLES[stage.whole]
        to.min_units = stage.min_units
        to.min_value_micros = stage.min_value_micros
        to.min_only_when_split = stage.min_only_when_split
        to.arrival_kept = stage.arrival_kept
        to.grace_us = stage.grace_us
        to.within_us = stage.within_us
