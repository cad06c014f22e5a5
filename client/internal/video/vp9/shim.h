#include <vpx/vpx_encoder.h>
#include <vpx/vp8cx.h>
#include <stdint.h>

// One encoder and its input picture.
typedef struct {
  vpx_codec_ctx_t codec;
  vpx_codec_enc_cfg_t config;
  vpx_image_t *image;
} vp9enc;

// One encoded frame; data is valid until the next call, and NULL when there was an error.
typedef struct {
  const uint8_t *data;
  size_t size;
  int key;
} vp9enc_frame;

// Opens an encoder into e, which is zeroed memory. Returns NULL, or what went wrong; then e holds nothing.
const char *vp9enc_open(vp9enc *e, int width, int height, int full_chroma, unsigned kilobits, int threads,
                     int tile_columns_log2);
// Encodes e->image. Times are microseconds.
vp9enc_frame vp9enc_encode(vp9enc *e, int64_t pts, int64_t duration, int key);
// Sets the target rate. Returns 0 if it was accepted.
int vp9enc_set_rate(vp9enc *e, unsigned kilobits);
// Says what the last call's error was.
const char *vp9enc_problem(vp9enc *e);
void vp9enc_close(vp9enc *e);
