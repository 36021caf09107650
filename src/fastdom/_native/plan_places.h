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

static const int64_t PLACES_NONE[64] = {
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};

/* What the places of the rows cost in component 0, for at least the tiers first .. last - 1 and shipments of
 * least_units or more. row_tariffs has 4 places a row; fixed and unit have n_cost components a place.
 *
 * keys[64 * (4 * row + place) + tier]: 16 * (weighted tariff + fixed[shipping]); infinite where not carried.
 * row_unit[row]: 16 * least unit[0]; more[4 * row + place]: what the place's exceeds it by, 0 in an empty place.
 * row_tier[64 * row + tier]: least key of the row there, row_least[row] the least of them, row_full[row] the key of
 * most_units in the tier `heaviest` (infinite when that is beyond the grid); without row_unit.
 * Every place is worked on, empty or not, as a branch for each would be a coin toss. Returns the union of the bits of
 * all finite keys of component 0 without units. */
PLAN_CLONES static int64_t plan_place_keys(const int64_t *restrict costs, int64_t n_tiers,
                                           const uint16_t *restrict row_tariffs, int32_t n_rows, int64_t first,
                                           int64_t last, int64_t weight, const int64_t *restrict fixed,
                                           const int64_t *restrict unit, int32_t n_cost, int32_t shipping,
                                           int64_t least_units, int64_t most_units, int64_t heaviest,
                                           int64_t *restrict keys, int64_t *restrict more,
                                           int64_t *restrict row_unit, int64_t *restrict row_tier,
                                           int64_t *restrict row_least, int64_t *restrict row_full)
{
    const plan_lanes infinite = PLAN_ALL(PLAN_INFINITE);
    plan_lanes seen = PLAN_ALL(0);
    for (int32_t row = 0; row < n_rows; row++, keys += 256, row_tier += 64, row_tariffs += 4, more += 4) {
        plan_lanes smallest = infinite;
        const int64_t *tariff[4];
        int64_t least_unit = PLAN_INFINITE, first_zero[4], add[4];
        for (int place = 0; place < 4; place++) {
            int empty = row_tariffs[place] == PLACES_EMPTY;
            int64_t at = ((int64_t)row * 4 + place) * n_cost, per_unit = empty ? PLAN_INFINITE : unit[at] << 4;
            tariff[place] = empty ? PLACES_NONE : costs + row_tariffs[place] * n_tiers;
            more[place] = per_unit;
            first_zero[place] = fixed[at] << 4;
            add[place] = empty ? 0 : fixed[at + shipping];
            least_unit = per_unit < least_unit ? per_unit : least_unit;
        }
        for (int place = 0; place < 4; place++)
            more[place] = more[place] == PLAN_INFINITE ? 0 : more[place] - least_unit;
        row_unit[row] = least_unit == PLAN_INFINITE ? 0 : least_unit;
        for (int64_t from = first; from < last; from += 4) {
            int64_t tier = from + 4 <= n_tiers ? from : n_tiers < 4 ? 0 : n_tiers - 4;
            plan_lanes least = infinite;
            for (int place = 0; place < 4; place++) {
                plan_lanes key, none;
                place_lanes(tariff[place], n_tiers, tier, weight, add[place], &key);
                none = key == infinite;
                PLAN_LANES(keys + 64 * place + tier) = key;
                if (shipping)
                    key = (PLAN_ALL(first_zero[place]) & ~none) | (infinite & none);
                seen |= key & ~none;
                PLAN_KEEP_LESS(least, key + PLAN_ALL(more[place] * least_units));
            }
            PLAN_LANES(row_tier + tier) = least;
            PLAN_KEEP_LESS(smallest, least);
        }
        row_least[row] = smallest[0];
        for (int lane = 1; lane < 4; lane++)
            row_least[row] = smallest[lane] < row_least[row] ? smallest[lane] : row_least[row];
        row_full[row] = PLAN_INFINITE;
        for (int place = 0; heaviest < n_tiers && place < 4; place++) {
            int64_t key = keys[64 * place + heaviest];
            key = shipping && key < PLAN_INFINITE ? first_zero[place] : key;
            key += more[place] * most_units;
            row_full[row] = key < row_full[row] ? key : row_full[row];
        }
    }
    return seen[0] | seen[1] | seen[2] | seen[3];
}

/* Bit set of the places of one row that no other undercuts or equals in every tier first .. last - 1 for shipments of
 * least_units to most_units. keys and more are those of the row. */
PLACES_INLINE int place_sieve(const int64_t *restrict keys, const int64_t *restrict more, int64_t n_tiers,
                              int64_t first, int64_t last, int64_t least_units, int64_t most_units)
{
    int places = 15;
    for (int place = 3; place >= 0; place--) {
        plan_lanes carried = PLAN_ALL(0);
        for (int64_t from = first; from < last; from += 4) {
            int64_t tier = from + 4 <= n_tiers ? from : n_tiers < 4 ? 0 : n_tiers - 4;
            carried |= PLAN_LANES(keys + 64 * place + tier) < PLAN_ALL(PLAN_INFINITE);
        }
        if (!(carried[0] | carried[1] | carried[2] | carried[3]))
            places &= ~(1 << place);
    }
    for (int place = 3; place >= 0; place--)
        for (int other = 0; other < 4 && places >> place & 1; other++) {
            plan_lanes above = PLAN_ALL(0);
            int64_t over = more[other] - more[place];
            if (other == place || !(places >> other & 1))
                continue;
            over *= over > 0 ? most_units : least_units;
            for (int64_t from = first; from < last; from += 4) {
                int64_t tier = from + 4 <= n_tiers ? from : n_tiers < 4 ? 0 : n_tiers - 4;
                plan_lanes key = PLAN_LANES(keys + 64 * place + tier);
                above |= (PLAN_LANES(keys + 64 * other + tier) + PLAN_ALL(over) > key) & (key < PLAN_INFINITE);
            }
            if (!(above[0] | above[1] | above[2] | above[3]))
                places &= ~(1 << place);
        }
    return places;
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

/* row[S] = least over the places of one row of keys[64 * place + tier[S]] + more[place] * units[S], for the S within
 * the cover (at least; S over blocks 0 to 2 all). Every tier is first .. last and on the grid, every shipment of
 * least_units to most_units. A place has at least first + 8 keys. */
PLAN_CLONES static void plan_place_rows(const int64_t *restrict keys, const int64_t *restrict more, int64_t n_tiers,
                                        int64_t first, int64_t last, int64_t least_units, int64_t most_units,
                                        const int64_t *restrict tier, const int64_t *restrict units, uint32_t cover,
                                        int64_t *restrict row)
{
    uint32_t high = cover & ~(uint32_t)7, group = high;
    int used = place_sieve(keys, more, n_tiers, first, last + 1, least_units, most_units), n_places = 0;
    const int64_t *key_of[4];
    int64_t more_of[4];
    for (int place = 0; place < 4; place++)
        if (used >> place & 1) {
            key_of[n_places] = keys + 64 * place;
            more_of[n_places++] = more[place];
        }
    if (n_places == 0) {
        key_of[n_places] = keys;
        more_of[n_places++] = 0;
    }
#ifdef PLAN_LOOKUP
    if (last - first < 4 && n_places == 1)
        place_subsets_of(1, 0, key_of, more_of, first, tier, units, cover, row);
    else if (last - first < 4 && n_places == 2)
        place_subsets_of(2, 0, key_of, more_of, first, tier, units, cover, row);
    else if (last - first < 4)
        place_subsets_of(n_places, 0, key_of, more_of, first, tier, units, cover, row);
    else if (last - first < 8 && n_places == 1)
        place_subsets_of(1, 1, key_of, more_of, first, tier, units, cover, row);
    else if (last - first < 8 && n_places == 2)
        place_subsets_of(2, 1, key_of, more_of, first, tier, units, cover, row);
    else if (last - first < 8)
        place_subsets_of(n_places, 1, key_of, more_of, first, tier, units, cover, row);
    if (last - first < 8)
        return;
#endif
    for (;;) {
        for (int lane = 0; lane < 8; lane++) {
            int64_t least = PLAN_INFINITE;
            for (int k = 0; k < n_places; k++) {
                int64_t key = key_of[k][tier[group + lane]] + more_of[k] * units[group + lane];
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
