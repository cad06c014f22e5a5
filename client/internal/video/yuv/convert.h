#include <stdint.h>

// Both fill planes from w×h pixels 0x00RRGGBB. Strides of planes are in bytes, that of the pixels is in pixels.
void yuv_420(uint8_t *y, int stride_y, uint8_t *u, int stride_u, uint8_t *v, int stride_v,
             const uint32_t *pix, int stride, int w, int h);
void yuv_444(uint8_t *y, int stride_y, uint8_t *u, int stride_u, uint8_t *v, int stride_v,
             const uint32_t *pix, int stride, int w, int h);
