/* Folded-multiply hashing, after the construction popularised by wyhash: own constants, own code.
 * Not a defence against a chosen-input attacker; option tokens use SipHash (token.pyx). */
#ifndef FASTDOM_HASH_H
#define FASTDOM_HASH_H
#include <stdint.h>
#include <stddef.h>
#include <string.h>

static const uint64_t FD_K0 = 0x9ddf3d60c2a1f5b7ull;
static const uint64_t FD_K1 = 0xd6e8feb86659fd93ull;
static const uint64_t FD_K2 = 0xa0f2c4d1736b985bull;
static const uint64_t FD_K3 = 0xc2b2ae3d27d4eb4full;

static inline uint64_t fd_fold(uint64_t a, uint64_t b) {
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}
static inline uint64_t fd_load64(const char *p) { uint64_t v; memcpy(&v, p, 8); return v; }
static inline uint64_t fd_load32(const char *p) { uint32_t v; memcpy(&v, p, 4); return v; }

/* The last 0..16 bytes as two words; every byte counts and the length is mixed in by the caller. */
static inline void fd_tail(const char *p, size_t n, uint64_t *a, uint64_t *b) {
    if (n >= 8) { *a = fd_load64(p); *b = fd_load64(p + n - 8); }
    else if (n >= 4) { *a = fd_load32(p); *b = fd_load32(p + n - 4); }
    else if (n > 0) { *a = ((uint64_t)(uint8_t)p[0] << 16) | ((uint64_t)(uint8_t)p[n >> 1] << 8) | (uint8_t)p[n - 1]; *b = 0; }
    else { *a = 0; *b = 0; }
}

static inline uint64_t fd_hash64(const char *p, size_t n, uint64_t seed) {
    uint64_t h = fd_fold(seed ^ FD_K0, FD_K1 ^ (uint64_t)n), a, b;
    size_t left = n;
    if (left > 64) {            /* four lanes: the checksum of a journal batch runs at memory speed */
        uint64_t h1 = h ^ FD_K1, h2 = h ^ FD_K2, h3 = h ^ FD_K3;
        do {
            h  = fd_fold(fd_load64(p)      ^ FD_K0, fd_load64(p + 8)  ^ h);
            h1 = fd_fold(fd_load64(p + 16) ^ FD_K1, fd_load64(p + 24) ^ h1);
            h2 = fd_fold(fd_load64(p + 32) ^ FD_K2, fd_load64(p + 40) ^ h2);
            h3 = fd_fold(fd_load64(p + 48) ^ FD_K3, fd_load64(p + 56) ^ h3);
            p += 64; left -= 64;
        } while (left > 64);
        h ^= fd_fold(h1 ^ FD_K1, h2 ^ FD_K3) ^ (h3 * FD_K0);
    }
    while (left > 16) {
        h = fd_fold(fd_load64(p) ^ FD_K2, fd_load64(p + 8) ^ h);
        p += 16; left -= 16;
    }
    fd_tail(p, left, &a, &b);
    return fd_fold(FD_K1 ^ (uint64_t)n, fd_fold(a ^ FD_K3, b ^ h));
}

/* 128 bits over words, four at a time: every word goes into two of the four lanes, which depend on nothing but their own
 * past, so that a processor works on all of them at once. */
typedef struct { uint64_t lane[4]; } fd_lanes;

static inline void fd_lanes_add(fd_lanes *s, const uint64_t *w, size_t n) {     /* n is a multiple of 4 */
    for (size_t i = 0; i < n; i += 4) {
        s->lane[0] = fd_fold(w[i]     ^ FD_K0, w[i + 1] ^ s->lane[0]);
        s->lane[1] = fd_fold(w[i + 2] ^ FD_K1, w[i + 3] ^ s->lane[1]);
        s->lane[2] = fd_fold(w[i + 1] ^ FD_K2, w[i + 2] ^ s->lane[2]);
        s->lane[3] = fd_fold(w[i + 3] ^ FD_K3, w[i]     ^ s->lane[3]);
    }
}

static inline void fd_lanes_end(const fd_lanes *s, uint64_t *out) {
    out[0] = fd_fold(s->lane[0] ^ FD_K3, fd_fold(s->lane[1] ^ FD_K2, s->lane[2] ^ FD_K0) ^ FD_K1);
    out[1] = fd_fold(s->lane[3] ^ FD_K1, fd_fold(s->lane[0] ^ FD_K0, s->lane[2] ^ FD_K3) ^ s->lane[1]);
}

/* A text as two words, which together with its length tell it from any other of up to 16 bytes; of longer ones, 128 bits. */
static inline void fd_text_words(const char *p, size_t n, uint64_t *words) {
    if (n <= 16) { fd_tail(p, n, &words[0], &words[1]); return; }
    words[0] = fd_hash64(p, n, FD_K1);
    words[1] = fd_hash64(p, n, FD_K2);
}

static inline uint64_t fd_mix64(uint64_t x, uint64_t seed) { return fd_fold(x ^ FD_K2, seed ^ FD_K1); }
#endif
