/* Loops of the dual search over buckets of weight, eight at a time. Built twice on x86-64 Linux (AVX2, plain). */
#ifndef FASTDOM_PLAN_DUAL_H
#define FASTDOM_PLAN_DUAL_H

#include <stdint.h>

#include "plan_subsets.h"

/* sum[r] = min(sum[r], cost + rest[max(0, r - bucket)]) for r = 0 .. n. */
PLAN_CLONES static void plan_add_shipment(int32_t *restrict sum, const int32_t *restrict rest, int32_t n,
                                          int32_t bucket, int32_t cost)
{
    int32_t first = bucket < n ? bucket : n, whole = cost + rest[0];
    for (int32_t r = 0; r <= first; r++)
        sum[r] = whole < sum[r] ? whole : sum[r];
    for (int32_t r = first + 1; r <= n; r++) {
        int32_t value = cost + rest[r - bucket];
        sum[r] = value < sum[r] ? value : sum[r];
    }
}

/* table[span][s] = min of table[0][s .. s + 2^span - 1], each row of 256; n entries of row 0 are given. */
PLAN_CLONES static void plan_spans(int32_t *table, int32_t n)
{
    for (int32_t span = 1; 1 << span <= n; span++) {
        const int32_t *below = table + 256 * (span - 1);
        int32_t *row = table + 256 * span, half = 1 << (span - 1);
        for (int32_t s = 0; s + 2 * half <= n; s++)
            row[s] = below[s] < below[s + half] ? below[s] : below[s + half];
    }
}

/* The least of table[0][first .. last]. */
static inline int32_t plan_span_least(const int32_t *table, int32_t first, int32_t last)
{
    int32_t span = 31 - __builtin_clz(last - first + 1);
    int32_t low = table[256 * span + first], high = table[256 * span + last - (1 << span) + 1];
    return low < high ? low : high;
}

/* best[p] = the most that a subset of m <= 16 blocks gains whose weight reaches point p; best is cleared to 0 by the
 * caller and holds n_points entries. bucket = (weight + bucket_g - 1) * magic >> shift. */
PLAN_CLONES static void plan_subset_gains(int32_t m, const int32_t *restrict weight_g, const int32_t *restrict gain,
                                          uint64_t magic, int32_t shift, int32_t bucket_g,
                                          const uint8_t *restrict point_of, int32_t *restrict best)
{
    int32_t weights[1 << 12], gains[1 << 12];
    weights[0] = bucket_g - 1;
    gains[0] = 0;
    for (int32_t block = 0; block < m; block++) {
        int32_t size = 1 << block, add_g = weight_g[block], add = gain[block];
        for (int32_t low = 0; low < size; low++) {
            weights[size + low] = weights[low] + add_g;
            gains[size + low] = gains[low] + add;
        }
    }
    for (int32_t set = 0; set < 1 << m; set++) {
        int32_t point = point_of[(uint64_t)weights[set] * magic >> shift];
        best[point] = gains[set] > best[point] ? gains[set] : best[point];
    }
}

#endif
