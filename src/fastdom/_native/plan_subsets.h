/* Loops over all subsets of an order's blocks, in groups of eight so that compilers use vector registers.
 *
 * Subset index = bit set of blocks; arrays have max(8, 2^n) entries. Keys are int64: 16 * cost + shipments.
 * Built three times on x86-64 Linux (AVX-512, AVX2, plain) and chosen when the module loads; plain elsewhere. */
#ifndef FASTDOM_PLAN_SUBSETS_H
#define FASTDOM_PLAN_SUBSETS_H

#include <stdint.h>
#if defined(__linux__)
#include <features.h>
#endif

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#define PLAN_CLONES __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define PLAN_CLONES
#endif

/* Above every real key, and low enough that four of them still add up in 64 bits. */
#define PLAN_INFINITE ((int64_t)1 << 60)

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
    for (int64_t group = 0; group < size; group += 8) {
        int64_t count[8];
        for (int lane = 0; lane < 8; lane++)
            count[lane] = lightest;
        for (int32_t t = lightest; t < heaviest; t++)
            for (int lane = 0; lane < 8; lane++)
                count[lane] += weight_g[group + lane] > breakpoints_g[t];
        for (int lane = 0; lane < 8; lane++)
            tier[group + lane] = count[lane];
    }
}

/* best[S] = min(best[S], base + unit * units[S] + row[S]) for each listed candidate and each S within its cover. */
PLAN_CLONES static void plan_subset_best(int64_t *restrict best, const int64_t *restrict row,
                                         const int64_t *restrict units, const int32_t *restrict order, int32_t count,
                                         const uint32_t *restrict cover, const int64_t *restrict base,
                                         const int64_t *restrict unit)
{
    for (int32_t at = 0; at < count; at++) {
        int32_t candidate = order[at];
        uint32_t low = cover[candidate] & 7, high = cover[candidate] & ~(uint32_t)7, group = high;
        int64_t per_unit = unit[candidate], lanes[8];
        for (uint32_t lane = 0; lane < 8; lane++)
            lanes[lane] = (lane & ~low) ? PLAN_INFINITE : base[candidate] + per_unit * units[lane];
        for (;;) {
            int64_t add = per_unit * units[group];
            int64_t *restrict to = best + group;
            const int64_t *restrict from = row + group;
            for (int lane = 0; lane < 8; lane++) {
                int64_t key = lanes[lane] + from[lane] + add;
                to[lane] = key < to[lane] ? key : to[lane];
            }
            if (group == 0)
                break;
            group = (group - 1) & high;
        }
    }
}

/* -1, 0 or 1 as cost / gain is less than, equal to or more than other_cost / other_gain; gains above 0. */
static inline int plan_compare_ratio(int64_t cost, int64_t gain, int64_t other_cost, int64_t other_gain)
{
    __int128 left = (__int128)cost * other_gain, right = (__int128)other_cost * gain;
    return (left > right) - (left < right);
}

#endif
