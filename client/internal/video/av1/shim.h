#include <aom/aom_encoder.h>
#include <aom/aomcx.h>
#include <stdint.h>

// One encoder and its input picture.
typedef struct {
  aom_codec_ctx_t codec;
  aom_codec_enc_cfg_t config;
  aom_image_t *image;
} av1enc;

// One encoded frame; data is valid until the next call, and NULL when there was an error.
typedef struct {
  const uint8_t *data;
  size_t size;
  int key;
} av1enc_frame;

// Opens an encoder into e, which is zeroed memory. Returns NULL, or what went wrong; then e holds nothing.
const char *av1enc_open(av1enc *e, int width, int height, int full_chroma, unsigned kilobits, int threads,
                     int tile_columns_log2);
// Encodes e->image. Times are microseconds.
av1enc_frame av1enc_encode(av1enc *e, int64_t pts, int64_t duration, int key);
// Sets the target rate. Returns 0 if it was accepted.
int av1enc_set_rate(av1enc *e, unsigned kilobits);
// Says what the last call's error was.
const char *av1enc_problem(av1enc *e);
void av1enc_close(av1enc *e);
