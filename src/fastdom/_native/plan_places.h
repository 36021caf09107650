/* Loops over the places of tariff rows when each carrier service has its own costs (place_fixed, place_unit).
 *
 * The row's key of a subset is the least over its places of keys[tier] + more * units, which no table of tiers holds:
 * places are compared once, those that never win are left out, and the rest are looked up side by side. */
#ifndef FASTDOM_PLAN_PLACES_H
#define FASTDOM_PLAN_PLACES_H

#include "plan_subsets.h"

#define PLACES_INLINE static inline __attribute__((always_inline))
#define PLACES_EMPTY 65535

typedef int32_t plan_words __attribute__((vector_size(32)));

/* Keys of one tariff in the four tiers from `tier`: 16 * (weighted cost + fixed), infinite where not carried. */
PLACES_INLINE void place_lanes(const int64_t *costs, int64_t n_tiers, int64_t tier, int64_t weight, int64_t fixed,
                               plan_lanes *key)
{
    plan_lanes cost = PLAN_ALL(-1), none;
    if (n_tiers >= 4)
        cost = PLAN_LANES(costs + tier);
    else
        for (int64_t lane = 0; lane < n_tiers; lane++)
            cost[lane] = costs[lane];
    none = cost < 0;
    cost &= ~none;
    if (weight != 1024) {
        const plan_lanes most = PLAN_ALL((int64_t)1 << 50);
        cost = (plan_lanes)((plan_unsigned)cost >> 10) * PLAN_ALL(weight) +
               (plan_lanes)((plan_unsigned)((cost & PLAN_ALL(1023)) * PLAN_ALL(weight)) >> 10);
        PLAN_KEEP_LESS(cost, most);
    }
    cost = (cost + PLAN_ALL(fixed)) << 4;
    *key = (cost & ~none) | (PLAN_ALL(PLAN_INFINITE) & none);
}

/* What the places of the rows cost in component 0, for at least the tiers first .. last - 1 and for shipments of
 * least_units to most_units. row_tariffs has 4 places a row; fixed and unit have n_cost components a place.
 *
 * keys[64 * (4 * row + place) + tier]: 16 * (weighted tariff + fixed[shipping]); infinite where not carried.
 * used[row]: bit set of places; with `sieve`, without those that another place undercuts or equals in every tier.
 * row_unit[row]: 16 * least unit[0] of the used places; more[4 * row + place]: what the place's exceeds it by.
 * row_tier[64 * row + tier]: least key of the row there, row_least[row] the least of them; without row_unit.
 * Returns the largest finite key of component 0 without units. */
PLAN_CLONES static int64_t plan_place_keys(const int64_t *restrict costs, int64_t n_tiers,
                                           const uint16_t *restrict row_tariffs, int32_t n_rows, int64_t first,
                                           int64_t last, int64_t weight, const int64_t *restrict fixed,
                                           const int64_t *restrict unit, int32_t n_cost, int32_t shipping,
                                           int64_t least_units, int64_t most_units, int sieve, int64_t *restrict keys,
                                           int64_t *restrict more, uint8_t *restrict used,
                                           int64_t *restrict row_unit, int64_t *restrict row_tier,
                                           int64_t *restrict row_least)
{
    const plan_lanes infinite = PLAN_ALL(PLAN_INFINITE);
    plan_lanes largest = PLAN_ALL(0);
    int64_t low[4][64], high[4][64];
    for (int32_t row = 0; row < n_rows; row++, keys += 256, row_tier += 64, row_tariffs += 4, more += 4) {
        const int64_t *row_fixed = fixed + (int64_t)row * 4 * n_cost, *row_per_unit = unit + (int64_t)row * 4 * n_cost;
        plan_lanes smallest = infinite;
        unsigned places = 0;
        int64_t least_unit = PLAN_INFINITE;
        for (int place = 0; place < 4; place++) {
            if (row_tariffs[place] == PLACES_EMPTY)
                continue;
            const int64_t *tariff = costs + row_tariffs[place] * n_tiers;
            int64_t per_unit = row_per_unit[place * n_cost] << 4, zero = row_fixed[place * n_cost] << 4;
            places |= 1u << place;
            for (int64_t from = first; from < last; from += 4) {
                int64_t tier = from + 4 <= n_tiers ? from : n_tiers < 4 ? 0 : n_tiers - 4;
                plan_lanes key, none;
                place_lanes(tariff, n_tiers, tier, weight, row_fixed[place * n_cost + shipping], &key);
                none = key == infinite;
                PLAN_LANES(keys + 64 * place + tier) = key;
                if (shipping)
                    key = (PLAN_ALL(zero) & ~none) | (infinite & none);
                PLAN_LANES(low[place] + tier) = key + (PLAN_ALL(per_unit * least_units) & ~none);
                PLAN_LANES(high[place] + tier) = key + (PLAN_ALL(per_unit * most_units) & ~none);
                key &= ~none;
                largest = (key & (key > largest)) | (largest & (key <= largest));
            }
        }
        for (int place = 3; sieve && place >= 0; place--)
            for (int other = 0; other < 4 && places >> place & 1; other++) {
                plan_lanes above = PLAN_ALL(0);
                if (other == place || !(places >> other & 1))
                    continue;
                for (int64_t from = first; from < last; from += 4) {
                    int64_t tier = from + 4 <= n_tiers ? from : n_tiers < 4 ? 0 : n_tiers - 4;
                    above |= PLAN_LANES(low[other] + tier) > PLAN_LANES(low[place] + tier);
                    above |= PLAN_LANES(high[other] + tier) > PLAN_LANES(high[place] + tier);
                }
                if (!(above[0] | above[1] | above[2] | above[3]))
                    places &= ~(1u << place);
            }
        used[row] = (uint8_t)places;
        for (int place = 0; place < 4; place++)
            if (places >> place & 1 && row_per_unit[place * n_cost] << 4 < least_unit)
                least_unit = row_per_unit[place * n_cost] << 4;
        least_unit = places ? least_unit : 0;
        row_unit[row] = least_unit;
        for (int place = 0; place < 4; place++)
            more[place] = places >> place & 1 ? (row_per_unit[place * n_cost] << 4) - least_unit : 0;
        for (int64_t from = first; from < last; from += 4) {
            int64_t tier = from + 4 <= n_tiers ? from : n_tiers < 4 ? 0 : n_tiers - 4;
            plan_lanes key = infinite;
            for (int place = 0; place < 4; place++)
                if (places >> place & 1)
                    PLAN_KEEP_LESS(key, PLAN_LANES(low[place] + tier));
            key -= PLAN_ALL(least_unit * least_units) & (key < infinite);
            PLAN_LANES(row_tier + tier) = key;
            PLAN_KEEP_LESS(smallest, key);
        }
        row_least[row] = smallest[0];
        for (int lane = 1; lane < 4; lane++)
            row_least[row] = smallest[lane] < row_least[row] ? smallest[lane] : row_least[row];
    }
    for (int lane = 1; lane < 4; lane++)
        largest[0] = largest[lane] > largest[0] ? largest[lane] : largest[0];
    return largest[0];
}

/* One body for each number of places; `wide`: more than four tiers occur. */
PLACES_INLINE void place_subsets_of(int n_places, int wide, const int64_t *const *keys, const int64_t *more,
                                    int64_t first, const int64_t *restrict tier, const int64_t *restrict units,
                                    uint32_t cover, int64_t *restrict row)
{
    uint32_t high = cover & ~(uint32_t)7, group = high;
    plan_lanes begin[4][2];
    plan_words low_tiers[4], high_tiers[4];
    for (int k = 0; k < n_places; k++) {
        begin[k][0] = PLAN_ALL(more[k]) * PLAN_LANES(units);
        begin[k][1] = PLAN_ALL(more[k]) * PLAN_LANES(units + 4);
        low_tiers[k] = (plan_words)PLAN_LANES(keys[k] + first);
        high_tiers[k] = (plan_words)PLAN_LANES(keys[k] + first + 4);
    }
    for (;;) {
        int64_t count = units[group];
        for (int half = 0; half < 2; half++) {
            plan_lanes at = PLAN_LANES(tier + group + 4 * half) - PLAN_ALL(first), twice = at + at, upper = at > 3;
            plan_words words = (plan_words)(twice + (twice << 32) + PLAN_ALL((int64_t)1 << 32));
            plan_lanes least = PLAN_ALL(PLAN_INFINITE);
            for (int k = 0; k < n_places; k++) {
                plan_lanes key = (plan_lanes)__builtin_shuffle(low_tiers[k], words & 7);
                if (wide)
                    key = (key & ~upper) | ((plan_lanes)__builtin_shuffle(high_tiers[k], words & 7) & upper);
                key += begin[k][half] + PLAN_ALL(more[k] * count);
                if (k)
                    PLAN_KEEP_LESS(least, key);
                else
                    least = key;
            }
            PLAN_LANES(row + group + 4 * half) = least;
        }
        if (group == 0)
            break;
        group = (group - 1) & high;
    }
}

/* row[S] = least over the places of keys[place][tier[S]] + more[place] * units[S], for the S within the cover (at least;
 * S over blocks 0 to 2 all). Every tier is first .. last. A place has at least first + 8 keys. */
PLAN_CLONES static void plan_place_subsets(int n_places, const int64_t *const *keys, const int64_t *more, int64_t first,
                                           int64_t last, const int64_t *restrict tier, const int64_t *restrict units,
                                           uint32_t cover, int64_t *restrict row)
{
    uint32_t high = cover & ~(uint32_t)7, group = high;
#ifdef PLAN_LOOKUP
    if (last - first < 4 && n_places == 1)
        place_subsets_of(1, 0, keys, more, first, tier, units, cover, row);
    else if (last - first < 4 && n_places == 2)
        place_subsets_of(2, 0, keys, more, first, tier, units, cover, row);
    else if (last - first < 4)
        place_subsets_of(n_places, 0, keys, more, first, tier, units, cover, row);
    else if (last - first < 8 && n_places == 1)
        place_subsets_of(1, 1, keys, more, first, tier, units, cover, row);
    else if (last - first < 8 && n_places == 2)
        place_subsets_of(2, 1, keys, more, first, tier, units, cover, row);
    else if (last - first < 8)
        place_subsets_of(n_places, 1, keys, more, first, tier, units, cover, row);
    if (last - first < 8)
        return;
#endif
    for (;;) {
        for (int lane = 0; lane < 8; lane++) {
            int64_t least = PLAN_INFINITE;
            for (int k = 0; k < n_places; k++) {
                int64_t key = keys[k][tier[group + lane]] + more[k] * units[group + lane];
                least = key < least ? key : least;
            }
            row[group + lane] = least;
        }
        if (group == 0)
            break;
        group = (group - 1) & high;
    }
}

#endif
