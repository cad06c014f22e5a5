//go:build video && cgo

#include "shim.h"

// Controls beside the configuration. All take an int.
static const struct {
  int id, value;
} controls[] = {
  { VP8E_SET_CPUUSED, 9 },
  { VP9E_SET_AQ_MODE, 3 }, // cyclic refresh: what stands still gets sharp piece by piece
  { VP9E_SET_ROW_MT, 1 },
  { VP9E_SET_FRAME_PARALLEL_DECODING, 0 },
  { VP9E_SET_NOISE_SENSITIVITY, 0 },
  { VP8E_SET_STATIC_THRESHOLD, 1 },
  { VP8E_SET_MAX_INTRA_BITRATE_PCT, 600 }, // a key frame takes the bits of six frames at most
  { VP9E_SET_GF_CBR_BOOST_PCT, 0 },
  // What is told to the viewer. VP9 has one name for primaries, curve and matrix.
  { VP9E_SET_COLOR_SPACE, VPX_CS_BT_709 },
  { VP9E_SET_COLOR_RANGE, VPX_CR_FULL_RANGE },
};

static int control(vp9enc *e, int tile_columns_log2) {
  if (vpx_codec_control_(&e->codec, VP9E_SET_TILE_COLUMNS, tile_columns_log2)) return 1;
  for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
    if (vpx_codec_control_(&e->codec, controls[i].id, controls[i].value)) return 1;
  return 0;
}

static void configure(vpx_codec_enc_cfg_t *c, int width, int height, int full_chroma, unsigned kilobits, int threads) {
  c->g_w = width;
  c->g_h = height;
  c->g_profile = full_chroma ? 1 : 0;
  c->g_threads = threads;
  c->g_timebase.num = 1;
  c->g_timebase.den = 1000000;
  c->g_lag_in_frames = 0;
  c->g_error_resilient = 0; // the channel loses nothing
  c->kf_mode = VPX_KF_DISABLED;
  c->rc_end_usage = VPX_CBR;
  c->rc_target_bitrate = kilobits;
  c->rc_dropframe_thresh = 0;
  c->rc_min_quantizer = 2;
  c->rc_max_quantizer = 58;
  c->rc_undershoot_pct = 50;
  c->rc_overshoot_pct = 50;
  c->rc_buf_initial_sz = 300; // milliseconds
  c->rc_buf_optimal_sz = 300;
  c->rc_buf_sz = 500;
}

const char *vp9enc_open(vp9enc *e, int width, int height, int full_chroma, unsigned kilobits, int threads,
                        int tile_columns_log2) {
  vpx_codec_iface_t *codec = vpx_codec_vp9_cx();
  vpx_codec_err_t err = vpx_codec_enc_config_default(codec, &e->config, 0);
  if (err) return vpx_codec_err_to_string(err);
  configure(&e->config, width, height, full_chroma, kilobits, threads);
  err = vpx_codec_enc_init(&e->codec, codec, &e->config, 0);
  if (err) return vpx_codec_err_to_string(err);
  e->image = vpx_img_alloc(NULL, full_chroma ? VPX_IMG_FMT_I444 : VPX_IMG_FMT_I420, width, height, 32);
  if (e->image && !control(e, tile_columns_log2)) return NULL;
  const char *problem = e->image ? "a setting was refused" : "out of memory";
  vp9enc_close(e);
  return problem;
}

vp9enc_frame vp9enc_encode(vp9enc *e, int64_t pts, int64_t duration, int key) {
  vp9enc_frame frame = { 0 };
  if (vpx_codec_encode(&e->codec, e->image, pts, duration, key ? VPX_EFLAG_FORCE_KF : 0, VPX_DL_REALTIME)) return frame;
  const vpx_codec_cx_pkt_t *packet;
  for (vpx_codec_iter_t i = NULL; (packet = vpx_codec_get_cx_data(&e->codec, &i));) {
    if (packet->kind != VPX_CODEC_CX_FRAME_PKT) continue;
    frame.data = packet->data.frame.buf;
    frame.size = packet->data.frame.sz;
    frame.key = (packet->data.frame.flags & VPX_FRAME_IS_KEY) != 0;
  }
  return frame;
}

int vp9enc_set_rate(vp9enc *e, unsigned kilobits) {
  e->config.rc_target_bitrate = kilobits;
  return vpx_codec_enc_config_set(&e->codec, &e->config);
}

const char *vp9enc_problem(vp9enc *e) {
  const char *detail = vpx_codec_error_detail(&e->codec);
  return detail ? detail : vpx_codec_error(&e->codec);
}

void vp9enc_close(vp9enc *e) {
  vpx_codec_destroy(&e->codec);
  vpx_img_free(e->image);
}
