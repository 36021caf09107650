/* Loops over all subsets of an order's blocks, four at a time so that compilers use vector registers.
 *
 * Subset index = bit set of blocks; arrays have max(8, 2^n) entries. Keys are int64: 16 * cost + shipments.
 * Built twice on x86-64 Linux (AVX2, plain) and chosen when the module loads; as the compiler can elsewhere. AVX-512
 * was no faster. Plain x86-64 has no 64-bit comparison of vectors and takes four times as long. */
#ifndef FASTDOM_PLAN_SUBSETS_H
#define FASTDOM_PLAN_SUBSETS_H

#include <stdint.h>
#if defined(__linux__)
#include <features.h>
#endif

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 7
#define PLAN_CLONES __attribute__((target_clones("avx2", "default")))
#define PLAN_LOOKUP 1 /* lanes of one vector may choose among those of two others */
#else
#define PLAN_CLONES
#endif

/* Above every real key, and low enough that four of them still add up in 64 bits. */
#define PLAN_INFINITE ((int64_t)1 << 60)

/* Subsets that differ in blocks 0 and 1 only. Macros, not functions: each clone must inline them. */
typedef int64_t plan_lanes __attribute__((vector_size(32), aligned(8)));
typedef uint64_t plan_unsigned __attribute__((vector_size(32)));
#define PLAN_LANES(address) (*(plan_lanes *)(address))
#define PLAN_ALL(value) ((plan_lanes){(value), (value), (value), (value)})
#define PLAN_KEEP_LESS(least, key)                                                                                     \
    do {                                                                                                               \
        plan_lanes plan_key_ = (key), plan_less_ = plan_key_ < (least);                                                \
        (least) = (plan_key_ & plan_less_) | ((least) & ~plan_less_);                                                  \
    } while (0)
#ifdef __clang__
#define PLAN_SHUFFLE(lanes, a, b, c, d) __builtin_shufflevector(lanes, lanes, a, b, c, d)
#else
#define PLAN_SHUFFLE(lanes, a, b, c, d) __builtin_shuffle(lanes, (plan_lanes){a, b, c, d})
#endif

/* keys[64 * row + tier] = 16 * weighted cost of the row's cheapest tariff, infinite when none carries the tier, for at
 * least the tiers first .. last - 1 (whole groups of four); least[row] = the least of them. row_tariffs has 4 tariffs a
 * row, 65535 fills the rest; costs are -1 where not carried; weight is in 1/1024. Returns the largest finite key. */
PLAN_CLONES static int64_t plan_row_keys(const int64_t *restrict costs, int64_t n_tiers,
                                         const uint16_t *restrict row_tariffs, int32_t n_rows, int64_t first,
                                         int64_t last, int64_t weight, int64_t *restrict keys, int64_t *restrict least)
{
    const plan_lanes infinite = PLAN_ALL(PLAN_INFINITE), most = PLAN_ALL((int64_t)1 << 50);
    plan_lanes largest = PLAN_ALL(0);
    for (int32_t row = 0; row < n_rows; row++, row_tariffs += 4, keys += 64) {
        plan_lanes smallest = infinite;
        for (int64_t from = first; from < last; from += 4) {
            int64_t tier = from + 4 <= n_tiers ? from : n_tiers < 4 ? 0 : n_tiers - 4;
            plan_lanes key = infinite, none;
            for (int place = 0; place < 4 && row_tariffs[place] != 65535; place++) {
                const int64_t *tariff = costs + row_tariffs[place] * n_tiers + tier;
                plan_lanes cost = PLAN_ALL(-1);
                if (n_tiers >= 4)
                    cost = PLAN_LANES(tariff);
                else
                    for (int64_t lane = 0; lane < n_tiers; lane++)
                        cost[lane] = tariff[lane];
                none = cost < 0;
                PLAN_KEEP_LESS(key, (cost & ~none) | (infinite & none));
            }
            none = key == infinite;
            key &= ~none;
            if (weight != 1024) {
                key = (plan_lanes)((plan_unsigned)key >> 10) * PLAN_ALL(weight) +
                      (plan_lanes)((plan_unsigned)((key & PLAN_ALL(1023)) * PLAN_ALL(weight)) >> 10);
                PLAN_KEEP_LESS(key, most);
            }
            key <<= 4;
            largest = (key & (key > largest)) | (largest & (key <= largest));
            key |= infinite & none;
            PLAN_LANES(keys + tier) = key;
            PLAN_KEEP_LESS(smallest, key);
        }
        least[row] = smallest[0];
        for (int lane = 1; lane < 4; lane++)
            least[row] = smallest[lane] < least[row] ? smallest[lane] : least[row];
    }
    for (int lane = 1; lane < 4; lane++)
        largest[0] = largest[lane] > largest[0] ? largest[lane] : largest[0];
    return largest[0];
}

/* sums[S] = sum of per_block[i] over i in S; entries up to 8 are filled even when n < 3. */
PLAN_CLONES static void plan_subset_sums(const int64_t *restrict per_block, int32_t n, int64_t *restrict sums)
{
    sums[0] = 0;
    for (int32_t block = 0; block < n || block < 3; block++) {
        int64_t size = (int64_t)1 << block, add = block < n ? per_block[block] : 0;
        for (int64_t low = 0; low < size; low++)
            sums[size + low] = sums[low] + add;
    }
}

/* tier[S] = first tier >= lightest whose breakpoint holds weight_g[S]; heaviest when none below it does. */
PLAN_CLONES static void plan_subset_tiers(const int64_t *restrict weight_g, int64_t size,
                                          const int64_t *restrict breakpoints_g, int32_t lightest, int32_t heaviest,
                                          int64_t *restrict tier)
{
    for (int64_t group = 0; group < size; group += 4) {
        plan_lanes count = PLAN_ALL(lightest), weight = PLAN_LANES(weight_g + group);
        for (int32_t t = lightest; t < heaviest; t++)
            count -= weight > PLAN_ALL(breakpoints_g[t]);
        PLAN_LANES(tier + group) = count;
    }
}

/* row[S] = keys[tier[S]], where every tier is first .. last. Up to eight tiers are looked up in registers, four subsets
 * at a time; keys has at least first + 8 entries. */
PLAN_CLONES static void plan_row_subsets(const int64_t *restrict keys, int64_t first, int64_t last,
                                         const int64_t *restrict tier, int64_t size, int64_t *restrict row)
{
#ifdef PLAN_LOOKUP
    if (last - first < 8) {
        const plan_lanes low = PLAN_LANES(keys + first), high = PLAN_LANES(keys + first + 4), from = PLAN_ALL(first);
        if (last - first < 4)
            for (int64_t group = 0; group < size; group += 4)
                PLAN_LANES(row + group) = __builtin_shuffle(low, PLAN_LANES(tier + group) - from);
        else
            for (int64_t group = 0; group < size; group += 4)
                PLAN_LANES(row + group) = __builtin_shuffle(low, high, PLAN_LANES(tier + group) - from);
        return;
    }
#endif
    for (int64_t group = 0; group < size; group += 4)
        PLAN_LANES(row + group) =
            (plan_lanes){keys[tier[group]], keys[tier[group + 1]], keys[tier[group + 2]], keys[tier[group + 3]]};
}

/* best[S] = min(best[S], base + unit * units[S] + row[S]) for each listed candidate and each S within its cover. */
PLAN_CLONES static void plan_subset_best(int64_t *restrict best, const int64_t *restrict row,
                                         const int64_t *restrict units, const int32_t *restrict order, int32_t count,
                                         const uint32_t *restrict cover, const int64_t *restrict base,
                                         const int64_t *restrict unit)
{
    const plan_lanes low_lane = {0, 1, 2, 3}, high_lane = {4, 5, 6, 7};
    for (int32_t at = 0; at < count; at++) {
        int32_t candidate = order[at];
        uint32_t high = cover[candidate] & ~(uint32_t)7, group = high;
        int64_t per_unit = unit[candidate], missing = ~(int64_t)cover[candidate];
        plan_lanes first = PLAN_ALL(base[candidate]), second = first;
        first += PLAN_ALL(per_unit) * PLAN_LANES(units);
        second += PLAN_ALL(per_unit) * PLAN_LANES(units + 4);
        first |= ((low_lane & PLAN_ALL(missing)) != 0) & PLAN_ALL(PLAN_INFINITE);
        second |= ((high_lane & PLAN_ALL(missing)) != 0) & PLAN_ALL(PLAN_INFINITE);
        for (;;) {
            int64_t add = per_unit * units[group];
            plan_lanes low = PLAN_LANES(best + group), up = PLAN_LANES(best + group + 4);
            PLAN_KEEP_LESS(low, PLAN_LANES(row + group) + first + PLAN_ALL(add));
            PLAN_KEEP_LESS(up, PLAN_LANES(row + group + 4) + second + PLAN_ALL(add));
            PLAN_LANES(best + group) = low;
            PLAN_LANES(best + group + 4) = up;
            if (group == 0)
                break;
            group = (group - 1) & high;
        }
    }
}

/* Candidate costs by block, for the lanes of four blocks at a time: keys[12 * c + i] = unit[c] * units[i] + 16 *
 * costs[c * n + i] of every block i that candidate c covers, else 0; sums[c] = all of them; least[i] = the least of a
 * block over the candidates that cover it, else infinite. units and least have 12 entries. Returns the union of the
 * bits of all costs of covered blocks. */
PLAN_CLONES static int64_t plan_block_keys(const int64_t *restrict costs, int32_t n, int32_t n_candidates,
                                           const uint32_t *restrict cover, const int64_t *restrict unit,
                                           const int64_t *restrict units, int64_t *restrict keys,
                                           int64_t *restrict sums, int64_t *restrict least)
{
    int64_t total = (int64_t)n * n_candidates;
    plan_lanes seen = PLAN_ALL(0);
    for (int32_t from = 0; from < n; from += 4) {
        const plan_lanes bits = (plan_lanes){1, 2, 4, 8} << PLAN_ALL((int64_t)from), count = PLAN_LANES(units + from);
        plan_lanes smallest = PLAN_ALL(PLAN_INFINITE);
        for (int32_t c = 0; c < n_candidates; c++) {
            int64_t at = (int64_t)c * n + from;
            plan_lanes cost = {0}, key, out = (PLAN_ALL((int64_t)cover[c]) & bits) == 0;
            if (at + 4 <= total)
                cost = PLAN_LANES(costs + at);
            else
                for (int64_t lane = 0; at + lane < total; lane++)
                    cost[lane] = costs[at + lane];
            cost &= ~out;
            seen |= cost;
            key = (cost << 4) + ((PLAN_ALL(unit[c]) * count) & ~out);
            PLAN_LANES(keys + 12 * c + from) = key;
            sums[c] = (from ? sums[c] : 0) + key[0] + key[1] + key[2] + key[3];
            PLAN_KEEP_LESS(smallest, key | (PLAN_ALL(PLAN_INFINITE) & out));
        }
        PLAN_LANES(least + from) = smallest;
    }
    return seen[0] | seen[1] | seen[2] | seen[3];
}

/* over[c] = least sum over subsets of c's cover of keys[c] - keys[king]; the king covers every block. */
PLAN_CLONES static void plan_block_over(const int64_t *restrict keys, int32_t n, int32_t n_candidates,
                                        const uint32_t *restrict cover, int32_t king, int64_t *restrict over)
{
    for (int32_t from = 0; from < n; from += 4) {
        const plan_lanes bits = (plan_lanes){1, 2, 4, 8} << PLAN_ALL((int64_t)from);
        const plan_lanes least = PLAN_LANES(keys + 12 * king + from);
        for (int32_t c = 0; c < n_candidates; c++) {
            plan_lanes out = (PLAN_ALL((int64_t)cover[c]) & bits) == 0, less = PLAN_LANES(keys + 12 * c + from) - least;
            less &= (less < 0) & ~out;
            over[c] = (from ? over[c] : 0) + less[0] + less[1] + less[2] + less[3];
        }
    }
}

/* plan_subset_best with costs by block: best[S] = min(best[S], base + the sum of keys[12 * candidate + i] over S +
 * row[S]). The sums over blocks 3 and up are made first, those over blocks 0 to 2 stay in two registers. */
PLAN_CLONES static void plan_subset_best_blocks(int64_t *restrict best, const int64_t *restrict row, int32_t n,
                                                const int32_t *restrict order, int32_t count,
                                                const uint32_t *restrict cover, const int64_t *restrict base,
                                                const int64_t *restrict keys)
{
    const plan_lanes low_lane = {0, 1, 2, 3}, high_lane = {4, 5, 6, 7};
    int64_t sums[128];
    for (int32_t at = 0; at < count; at++) {
        int32_t candidate = order[at];
        uint32_t high = cover[candidate] & ~(uint32_t)7, group = high;
        const int64_t *key = keys + 12 * candidate;
        int64_t missing = ~(int64_t)cover[candidate];
        plan_lanes first = {0, key[0], key[1], key[0] + key[1]}, second;
        first += PLAN_ALL(base[candidate]);
        second = first + PLAN_ALL(key[2]);
        first |= ((low_lane & PLAN_ALL(missing)) != 0) & PLAN_ALL(PLAN_INFINITE);
        second |= ((high_lane & PLAN_ALL(missing)) != 0) & PLAN_ALL(PLAN_INFINITE);
        sums[0] = 0;
        for (int32_t block = 3; block < n; block++) {
            int64_t size = (int64_t)1 << (block - 3);
            for (int64_t low = 0; low < size; low++)
                sums[size + low] = sums[low] + key[block];
        }
        for (;;) {
            int64_t add = sums[group >> 3];
            plan_lanes low = PLAN_LANES(best + group), up = PLAN_LANES(best + group + 4);
            PLAN_KEEP_LESS(low, PLAN_LANES(row + group) + first + PLAN_ALL(add));
            PLAN_KEEP_LESS(up, PLAN_LANES(row + group + 4) + second + PLAN_ALL(add));
            PLAN_LANES(best + group) = low;
            PLAN_LANES(best + group + 4) = up;
            if (group == 0)
                break;
            group = (group - 1) & high;
        }
    }
}

/* sums[S] of quantities that each count one block in bit 40 and up: the quantity where two blocks or more, else 0. */
PLAN_CLONES static void plan_subset_needs(int64_t *restrict sums, int64_t size)
{
    for (int64_t group = 0; group < size; group += 4) {
        plan_lanes sum = PLAN_LANES(sums + group);
        PLAN_LANES(sums + group) = sum & PLAN_ALL(((int64_t)1 << 40) - 1) & (sum >= PLAN_ALL((int64_t)2 << 40));
    }
}

/* row[S] becomes infinite where need[S] is above the limit. */
PLAN_CLONES static void plan_subset_limit(int64_t *restrict row, const int64_t *restrict need, int64_t size,
                                          int64_t limit)
{
    for (int64_t group = 0; group < size; group += 4)
        PLAN_LANES(row + group) |= (PLAN_LANES(need + group) > PLAN_ALL(limit)) & PLAN_ALL(PLAN_INFINITE);
}

/* best[S] becomes infinite where units[S] is below the least. */
PLAN_CLONES static void plan_subset_floor(int64_t *restrict best, const int64_t *restrict units, int64_t size,
                                          int64_t least)
{
    for (int64_t group = 0; group < size; group += 4) {
        plan_lanes short_ = PLAN_LANES(units + group) < PLAN_ALL(least);
        PLAN_LANES(best + group) = (PLAN_LANES(best + group) & ~short_) | (PLAN_ALL(PLAN_INFINITE) & short_);
    }
}

/* spread[4 * S + L] for the four S of a group and lanes L: rest[group + (L without S)] when L holds S, else infinite,
 * so that adding part S to a whole group of remainders is one addition. spread has 4 times the entries of rest. */
#define PLAN_SPREAD(spread, group, lanes)                                                                              \
    do {                                                                                                               \
        const plan_lanes one_ = {PLAN_INFINITE, 0, PLAN_INFINITE, 0};                                                  \
        const plan_lanes two_ = {PLAN_INFINITE, PLAN_INFINITE, 0, 0};                                                  \
        const plan_lanes both_ = {PLAN_INFINITE, PLAN_INFINITE, PLAN_INFINITE, 0};                                     \
        int64_t *to_ = (spread) + 4 * (group);                                                                         \
        PLAN_LANES(to_) = (lanes);                                                                                     \
        PLAN_LANES(to_ + 4) = PLAN_SHUFFLE(lanes, 0, 0, 2, 2) | one_;                                                  \
        PLAN_LANES(to_ + 8) = PLAN_SHUFFLE(lanes, 0, 1, 0, 1) | two_;                                                  \
        PLAN_LANES(to_ + 12) = PLAN_SHUFFLE(lanes, 0, 0, 0, 0) | both_;                                                \
    } while (0)

/* A tree of minima: the four are independent of each other and only the last waits for `least`. */
#define PLAN_ADD_GROUP(least, parts, spread)                                                                           \
    do {                                                                                                               \
        const int64_t *parts_ = (parts), *spread_ = (spread);                                                          \
        plan_lanes even_ = PLAN_LANES(spread_) + PLAN_ALL(parts_[0]);                                                  \
        plan_lanes odd_ = PLAN_LANES(spread_ + 8) + PLAN_ALL(parts_[2]);                                               \
        PLAN_KEEP_LESS(even_, PLAN_LANES(spread_ + 4) + PLAN_ALL(parts_[1]));                                          \
        PLAN_KEEP_LESS(odd_, PLAN_LANES(spread_ + 12) + PLAN_ALL(parts_[3]));                                          \
        PLAN_KEEP_LESS(even_, odd_);                                                                                   \
        PLAN_KEEP_LESS(least, even_);                                                                                  \
    } while (0)

/* rest[M] = least sum of best[] over the partitions of M, for every M; the part with M's highest block is fixed, so
 * each partition is met once. */
PLAN_CLONES static void plan_partitions(const int64_t *restrict best, int64_t size, int64_t *restrict rest,
                                        int64_t *restrict spread)
{
    int64_t pair = best[1] + best[2];
    plan_lanes least = {0, best[1], best[2], best[3] < pair ? best[3] : pair};
    PLAN_LANES(rest) = least;
    PLAN_SPREAD(spread, 0, least);
    for (uint32_t group = 4; group < size; group += 4) {
        uint32_t below = group & ~((uint32_t)1 << (31 - __builtin_clz(group))), remainder = below;
        least = PLAN_ALL(PLAN_INFINITE);
        for (;;) {
            PLAN_ADD_GROUP(least, best + (group ^ remainder), spread + 4 * remainder);
            if (remainder == 0)
                break;
            remainder = (remainder - 1) & below;
        }
        PLAN_LANES(rest + group) = least;
        PLAN_SPREAD(spread, group, least);
    }
}

/* sum[M] = min(start[M], min over non-empty S within M and cover of own[S] + rest[M without S]), for every M. spread
 * belongs to rest; that of sum is left in sum_spread. own[0] is infinite. start may be sum. */
PLAN_CLONES static void plan_add_parts(const int64_t *restrict own, uint32_t cover, int64_t size, const int64_t *start,
                                       const int64_t *restrict spread, int64_t *sum, int64_t *restrict sum_spread)
{
    for (uint32_t group = 0; group < size; group += 4) {
        uint32_t within = group & cover, part = within;
        plan_lanes least = PLAN_LANES(start + group);
        for (;;) {
            PLAN_ADD_GROUP(least, own + part, spread + 4 * (group ^ part));
            if (part == 0)
                break;
            part = (part - 1) & within;
        }
        PLAN_LANES(sum + group) = least;
        PLAN_SPREAD(sum_spread, group, least);
    }
}

/* The table that serves nothing: 0 for the empty set, infinite for all others. */
static void plan_nothing(int64_t size, int64_t *rest, int64_t *spread)
{
    for (int64_t set = 0; set < size; set++)
        rest[set] = PLAN_INFINITE;
    for (int64_t set = 0; set < 4 * size; set++)
        spread[set] = PLAN_INFINITE;
    rest[0] = spread[0] = spread[5] = spread[10] = spread[15] = 0;
}

/* cost * count, at most 2^50; both at least 0. */
static inline int64_t plan_product(int64_t cost, int64_t count)
{
    __int128 product = (__int128)cost * count, most = (__int128)1 << 50;
    return (int64_t)(product < most ? product : most);
}

/* Bits set; without the library call that compilers emit when the processor is unknown. */
static inline int plan_bits(uint32_t set)
{
    set -= set >> 1 & 0x55555555;
    set = (set & 0x33333333) + (set >> 2 & 0x33333333);
    return ((set + (set >> 4)) & 0x0f0f0f0f) * 0x01010101u >> 24;
}

/* -1, 0 or 1 as cost / gain is less than, equal to or more than other_cost / other_gain; gains above 0. */
static inline int plan_compare_ratio(int64_t cost, int64_t gain, int64_t other_cost, int64_t other_gain)
{
    __int128 left = (__int128)cost * other_gain, right = (__int128)other_cost * gain;
    return (left > right) - (left < right);
}

#endif
