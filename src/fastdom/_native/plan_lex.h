/* The loops of plan_subsets.h for costs of two to four components, compared one after the other.
 *
 * Arrays of components: [component * 1024 + subset], spread ones [component * 4096 + ...]. A subset that cannot be
 * served has component 0 at PLAN_INFINITE or more. The last component is 16 * cost + shipments. */
#ifndef FASTDOM_PLAN_LEX_H
#define FASTDOM_PLAN_LEX_H

#include "plan_subsets.h"

#define LEX_INLINE static inline __attribute__((always_inline))
#define LEX_STRIDE 1024
#define LEX_SPREAD 4096

/* One body for each number of components, so that the loops over components unroll. */
#define LEX_EACH(n_cost, body, ...)                                                                                    \
    do {                                                                                                               \
        if ((n_cost) == 2)                                                                                             \
            body(2, __VA_ARGS__);                                                                                      \
        else if ((n_cost) == 3)                                                                                        \
            body(3, __VA_ARGS__);                                                                                      \
        else                                                                                                           \
            body(4, __VA_ARGS__);                                                                                      \
    } while (0)

/* least = min(least, spread + parts) over the four parts of a group. */
LEX_INLINE void plan_lex_add_group(int n_cost, plan_lanes *least, const int64_t *parts, const int64_t *spread)
{
    for (int k = 0; k < 4; k++) {
        plan_lanes total[4], less = PLAN_ALL(0), equal = PLAN_ALL(-1);
        for (int c = 0; c < n_cost; c++) {
            total[c] = PLAN_LANES(spread + c * LEX_SPREAD + 4 * k) + PLAN_ALL(parts[c * LEX_STRIDE + k]);
            less |= equal & (total[c] < least[c]);
            equal &= total[c] == least[c];
        }
        for (int c = 0; c < n_cost; c++)
            least[c] = (total[c] & less) | (least[c] & ~less);
    }
}

LEX_INLINE void plan_lex_store(int n_cost, const plan_lanes *least, uint32_t group, int64_t *rest, int64_t *spread)
{
    for (int c = 0; c < n_cost; c++) {
        PLAN_LANES(rest + c * LEX_STRIDE + group) = least[c];
        PLAN_SPREAD(spread + c * LEX_SPREAD, group, least[c]);
    }
}

LEX_INLINE void plan_lex_partitions_of(int n_cost, const int64_t *restrict best, int64_t size, int64_t *restrict rest,
                                       int64_t *restrict spread)
{
    plan_lanes least[4];
    int order = 0;
    for (int c = 0; c < n_cost; c++) {
        const int64_t *one = best + c * LEX_STRIDE;
        int64_t pair = one[1] + one[2];
        least[c] = (plan_lanes){0, one[1], one[2], one[3]};
        order = order ? order : (pair > one[3]) - (pair < one[3]);
    }
    for (int c = 0; order < 0 && c < n_cost; c++)
        least[c][3] = least[c][1] + least[c][2];
    plan_lex_store(n_cost, least, 0, rest, spread);
    for (uint32_t group = 4; group < size; group += 4) {
        uint32_t below = group & ~((uint32_t)1 << (31 - __builtin_clz(group))), remainder = below;
        for (int c = 0; c < n_cost; c++)
            least[c] = PLAN_ALL(c ? 0 : PLAN_INFINITE);
        for (;;) {
            plan_lex_add_group(n_cost, least, best + (group ^ remainder), spread + 4 * remainder);
            if (remainder == 0)
                break;
            remainder = (remainder - 1) & below;
        }
        plan_lex_store(n_cost, least, group, rest, spread);
    }
}

/* plan_partitions, by components. */
PLAN_CLONES static void plan_lex_partitions(int n_cost, const int64_t *restrict best, int64_t size,
                                            int64_t *restrict rest, int64_t *restrict spread)
{
    LEX_EACH(n_cost, plan_lex_partitions_of, best, size, rest, spread);
}

LEX_INLINE void plan_lex_add_parts_of(int n_cost, const int64_t *restrict own, uint32_t cover, int64_t size,
                                      const int64_t *start, const int64_t *restrict spread, int64_t *sum,
                                      int64_t *restrict sum_spread)
{
    for (uint32_t group = 0; group < size; group += 4) {
        uint32_t within = group & cover, part = within;
        plan_lanes least[4];
        for (int c = 0; c < n_cost; c++)
            least[c] = PLAN_LANES(start + c * LEX_STRIDE + group);
        for (;;) {
            plan_lex_add_group(n_cost, least, own + part, spread + 4 * (group ^ part));
            if (part == 0)
                break;
            part = (part - 1) & within;
        }
        plan_lex_store(n_cost, least, group, sum, sum_spread);
    }
}

/* plan_add_parts, by components. */
PLAN_CLONES static void plan_lex_add_parts(int n_cost, const int64_t *restrict own, uint32_t cover, int64_t size,
                                           const int64_t *start, const int64_t *restrict spread, int64_t *sum,
                                           int64_t *restrict sum_spread)
{
    LEX_EACH(n_cost, plan_lex_add_parts_of, own, cover, size, start, spread, sum, sum_spread);
}

/* The table that serves nothing. */
static void plan_lex_nothing(int n_cost, int64_t size, int64_t *rest, int64_t *spread)
{
    for (int c = 0; c < n_cost; c++)
        for (int64_t set = 0; set < size; set++)
            rest[c * LEX_STRIDE + set] = set && c == 0 ? PLAN_INFINITE : 0;
    for (int c = 0; c < n_cost; c++)
        for (int64_t group = 0; group < size; group += 4)
            PLAN_SPREAD(spread + c * LEX_SPREAD, group, PLAN_LANES(rest + c * LEX_STRIDE + group));
}

LEX_INLINE void plan_lex_best_of(int n_cost, int64_t *restrict best, int64_t *restrict node,
                                 const int64_t *restrict row, const int64_t *restrict sums, const int64_t *fixed,
                                 const int64_t *split, int shipping, uint32_t cover, int64_t candidate)
{
    const plan_lanes lane = {0, 1, 2, 3}, one = PLAN_ALL(candidate);
    const plan_lanes most = PLAN_ALL((int64_t)1 << 50), infinite = PLAN_ALL(PLAN_INFINITE);
    const plan_lanes out = ((lane & PLAN_ALL(~(int64_t)cover)) != 0) & infinite;
    uint32_t high = cover & ~(uint32_t)3, group = high;
    for (;;) {
        plan_lanes carried = PLAN_LANES(row + group), none = (carried >= infinite) & infinite;
        plan_lanes key[4], was[4], less = PLAN_ALL(0), equal = PLAN_ALL(-1), nodes = PLAN_LANES(node + group);
        for (int c = 0; c < n_cost; c++) {
            key[c] = PLAN_LANES(sums + c * LEX_STRIDE + group) + PLAN_ALL(fixed[c]);
            if (c == shipping)
                key[c] += (plan_lanes)((plan_unsigned)carried >> 4);
            PLAN_KEEP_LESS(key[c], most);
            key[c] += PLAN_ALL(split[c]);
            if (c == n_cost - 1)
                key[c] = (key[c] << 4) + PLAN_ALL(1);
            if (c == 0)
                key[c] |= none | out;
            was[c] = PLAN_LANES(best + c * LEX_STRIDE + group);
            less |= equal & (key[c] < was[c]);
            equal &= key[c] == was[c];
        }
        less |= equal & (one < nodes);
        for (int c = 0; c < n_cost; c++)
            PLAN_LANES(best + c * LEX_STRIDE + group) = (key[c] & less) | (was[c] & ~less);
        PLAN_LANES(node + group) = (one & less) | (nodes & ~less);
        if (group == 0)
            break;
        group = (group - 1) & high;
    }
}

/* best[S], node[S] = the better of themselves and the candidate's own shipment, for each S within its cover: fixed +
 * sums[S] + (in component `shipping`) row[S] / 16, at most 2^50 a component, and split. Ties to the lower candidate. */
PLAN_CLONES static void plan_lex_best(int n_cost, int64_t *restrict best, int64_t *restrict node,
                                      const int64_t *restrict row, const int64_t *restrict sums, const int64_t *fixed,
                                      const int64_t *split, int shipping, uint32_t cover, int64_t candidate)
{
    LEX_EACH(n_cost, plan_lex_best_of, best, node, row, sums, fixed, split, shipping, cover, candidate);
}

#endif
