//go:build video && cgo

#include "shim.h"

// Controls beside the configuration. All take an int.
static const struct {
  int id, value;
} controls[] = {
  { AV1E_SET_AQ_MODE, 3 }, // cyclic refresh: what stands still gets sharp piece by piece
  { AV1E_SET_ROW_MT, 1 },
  { AV1E_SET_CDF_UPDATE_MODE, 1 },
  { AOME_SET_MAX_INTRA_BITRATE_PCT, 600 }, // a key frame takes the bits of six frames at most
  { AV1E_SET_GF_CBR_BOOST_PCT, 0 },
  { AV1E_SET_COEFF_COST_UPD_FREQ, 3 },
  { AV1E_SET_MODE_COST_UPD_FREQ, 3 },
  { AV1E_SET_MV_COST_UPD_FREQ, 3 },
  // What is told to the viewer: BT.709 matrix and primaries, sRGB's curve, full range.
  { AV1E_SET_COLOR_PRIMARIES, AOM_CICP_CP_BT_709 },
  { AV1E_SET_TRANSFER_CHARACTERISTICS, AOM_CICP_TC_SRGB },
  { AV1E_SET_MATRIX_COEFFICIENTS, AOM_CICP_MC_BT_709 },
  { AV1E_SET_COLOR_RANGE, AOM_CR_FULL_RANGE },
  // Tools that cost more time than they save bits at this speed.
  { AV1E_SET_ENABLE_CDEF, 0 },
  { AV1E_SET_DELTAQ_MODE, 0 },
  { AV1E_SET_ENABLE_ORDER_HINT, 0 },
  { AV1E_SET_ENABLE_TPL_MODEL, 0 },
  { AV1E_SET_ENABLE_OBMC, 0 },
  { AV1E_SET_ENABLE_WARPED_MOTION, 0 },
  { AV1E_SET_ENABLE_GLOBAL_MOTION, 0 },
  { AV1E_SET_ENABLE_REF_FRAME_MVS, 0 },
  { AV1E_SET_ENABLE_CFL_INTRA, 0 },
  { AV1E_SET_ENABLE_SMOOTH_INTRA, 0 },
  { AV1E_SET_ENABLE_ANGLE_DELTA, 0 },
  { AV1E_SET_ENABLE_FILTER_INTRA, 0 },
  { AV1E_SET_INTRA_DEFAULT_TX_ONLY, 1 },
  { AV1E_SET_ENABLE_INTRABC, 0 },
};

// Applies all controls. Content is not tuned for a screen: what gets here is like a photograph, and palettes then
// double key frames. The fastest speed is 12; libaom before 3.11 refuses more than 10.
static int control(av1enc *e, int tile_columns_log2) {
  if (aom_codec_control(&e->codec, AOME_SET_CPUUSED, 12) && aom_codec_control(&e->codec, AOME_SET_CPUUSED, 10))
    return 1;
  if (aom_codec_control(&e->codec, AV1E_SET_TILE_COLUMNS, tile_columns_log2)) return 1;
  for (size_t i = 0; i < sizeof controls / sizeof *controls; i++)
    if (aom_codec_control(&e->codec, controls[i].id, controls[i].value)) return 1;
  return 0;
}

static void configure(aom_codec_enc_cfg_t *c, int width, int height, int full_chroma, unsigned kilobits, int threads) {
  c->g_w = width;
  c->g_h = height;
  c->g_profile = full_chroma ? 1 : 0;
  c->g_threads = threads;
  c->g_timebase.num = 1;
  c->g_timebase.den = 1000000;
  c->g_lag_in_frames = 0;
  c->g_error_resilient = 0; // the channel loses nothing
  c->kf_mode = AOM_KF_DISABLED;
  c->rc_end_usage = AOM_CBR;
  c->rc_target_bitrate = kilobits;
  c->rc_dropframe_thresh = 0;
  c->rc_min_quantizer = 10;
  c->rc_max_quantizer = 58;
  c->rc_undershoot_pct = 50;
  c->rc_overshoot_pct = 50;
  c->rc_buf_initial_sz = 300; // milliseconds
  c->rc_buf_optimal_sz = 300;
  c->rc_buf_sz = 500;
}

const char *av1enc_open(av1enc *e, int width, int height, int full_chroma, unsigned kilobits, int threads,
                     int tile_columns_log2) {
  aom_codec_iface_t *codec = aom_codec_av1_cx();
  aom_codec_err_t err = aom_codec_enc_config_default(codec, &e->config, AOM_USAGE_REALTIME);
  if (err) return aom_codec_err_to_string(err);
  configure(&e->config, width, height, full_chroma, kilobits, threads);
  err = aom_codec_enc_init(&e->codec, codec, &e->config, 0);
  if (err) return aom_codec_err_to_string(err);
  e->image = aom_img_alloc(NULL, full_chroma ? AOM_IMG_FMT_I444 : AOM_IMG_FMT_I420, width, height, 32);
  if (e->image && !control(e, tile_columns_log2)) return NULL;
  const char *problem = e->image ? "a setting was refused" : "out of memory";
  av1enc_close(e);
  return problem;
}

av1enc_frame av1enc_encode(av1enc *e, int64_t pts, int64_t duration, int key) {
  av1enc_frame frame = { 0 };
  if (aom_codec_encode(&e->codec, e->image, pts, duration, key ? AOM_EFLAG_FORCE_KF : 0)) return frame;
  const aom_codec_cx_pkt_t *packet;
  for (aom_codec_iter_t i = NULL; (packet = aom_codec_get_cx_data(&e->codec, &i));) {
    if (packet->kind != AOM_CODEC_CX_FRAME_PKT) continue;
    frame.data = packet->data.frame.buf;
    frame.size = packet->data.frame.sz;
    frame.key = (packet->data.frame.flags & AOM_FRAME_IS_KEY) != 0;
  }
  return frame;
}

int av1enc_set_rate(av1enc *e, unsigned kilobits) {
  e->config.rc_target_bitrate = kilobits;
  return aom_codec_enc_config_set(&e->codec, &e->config);
}

const char *av1enc_problem(av1enc *e) {
  const char *detail = aom_codec_error_detail(&e->codec);
  return detail ? detail : aom_codec_error(&e->codec);
}

void av1enc_close(av1enc *e) {
  aom_codec_destroy(&e->codec);
  aom_img_free(e->image);
}
