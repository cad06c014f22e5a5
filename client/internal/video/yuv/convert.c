//go:build video && cgo

#include "convert.h"

// Loops that the compiler turns into vector code; on x86-64 once more for AVX2, chosen when the program starts.
#if defined(__x86_64__) && defined(__linux__) && defined(__GNUC__) && !defined(__clang__)
#define VECTORS __attribute__((target_clones("avx2", "default")))
#else
#define VECTORS
#endif

// BT.709 in full range, 16 bits of fraction: Y = 0.2126 R + 0.7152 G + 0.0722 B, and Cb, Cr = 128 + (B−Y)/1.8556,
// (R−Y)/1.5748. Chroma is rounded from a hair below the half, so that 255.5 does not become 256.
#define LUMA(r, g, b) ((13933 * (r) + 46871 * (g) + 4732 * (b) + (1 << 15)) >> 16)
#define CB(r, g, b, sum) ((-7509 * (r) - 25259 * (g) + 32768 * (b) + (257 << (15 + (sum))) - 1) >> (16 + (sum)))
#define CR(r, g, b, sum) ((32768 * (r) - 29763 * (g) - 3005 * (b) + (257 << (15 + (sum))) - 1) >> (16 + (sum)))

#define RED(px) ((int)((px) >> 16 & 0xff))
#define GREEN(px) ((int)((px) >> 8 & 0xff))
#define BLUE(px) ((int)((px) & 0xff))

VECTORS
static void luma_row(uint8_t *restrict y, const uint32_t *restrict pix, int w) {
  for (int x = 0; x < w; x++) y[x] = LUMA(RED(pix[x]), GREEN(pix[x]), BLUE(pix[x]));
}

VECTORS
static void chroma_row(uint8_t *restrict u, uint8_t *restrict v, const uint32_t *restrict pix, int w) {
  for (int x = 0; x < w; x++) {
    int r = RED(pix[x]), g = GREEN(pix[x]), b = BLUE(pix[x]);
    u[x] = CB(r, g, b, 0);
    v[x] = CR(r, g, b, 0);
  }
}

// One row of 4:2:0 chroma, w/2 samples, each from two pixels of either row.
VECTORS
static void halved_chroma_row(uint8_t *restrict u, uint8_t *restrict v, const uint32_t *restrict upper,
                              const uint32_t *restrict lower, int w) {
  for (int x = 0; x < w / 2; x++) {
    uint32_t a = upper[2 * x], b = upper[2 * x + 1], c = lower[2 * x], d = lower[2 * x + 1];
    int red = RED(a) + RED(b) + RED(c) + RED(d);
    int green = GREEN(a) + GREEN(b) + GREEN(c) + GREEN(d);
    int blue = BLUE(a) + BLUE(b) + BLUE(c) + BLUE(d);
    u[x] = CB(red, green, blue, 2);
    v[x] = CR(red, green, blue, 2);
  }
}

void yuv_420(uint8_t *y, int stride_y, uint8_t *u, int stride_u, uint8_t *v, int stride_v,
             const uint32_t *pix, int stride, int w, int h) {
  for (int i = 0; i < h; i += 2) {
    const uint32_t *upper = pix + (long)i * stride;
    const uint32_t *lower = i + 1 < h ? upper + stride : upper;
    luma_row(y + (long)i * stride_y, upper, w);
    if (i + 1 < h) luma_row(y + (long)(i + 1) * stride_y, lower, w);
    uint8_t *row_u = u + (long)(i / 2) * stride_u, *row_v = v + (long)(i / 2) * stride_v;
    halved_chroma_row(row_u, row_v, upper, lower, w);
    if (w & 1) { // the last column has no neighbour
      uint32_t a = upper[w - 1], b = lower[w - 1];
      int red = RED(a) + RED(b), green = GREEN(a) + GREEN(b), blue = BLUE(a) + BLUE(b);
      row_u[w / 2] = CB(red, green, blue, 1);
      row_v[w / 2] = CR(red, green, blue, 1);
    }
  }
}

void yuv_444(uint8_t *y, int stride_y, uint8_t *u, int stride_u, uint8_t *v, int stride_v,
             const uint32_t *pix, int stride, int w, int h) {
  for (int i = 0; i < h; i++) {
    const uint32_t *row = pix + (long)i * stride;
    luma_row(y + (long)i * stride_y, row, w);
    chroma_row(u + (long)i * stride_u, v + (long)i * stride_v, row, w);
  }
}
