// Package video encodes the regions of the screen that are in real motion: what
// neither a copy nor an exact tile can carry as cheaply. Its caller decides what
// such a region is, which codec its viewer can decode and how many bits there
// are; here a rectangle of the framebuffer becomes one chunk, at once, without
// looking ahead and without dropping.
//
// AV1 and VP9 are there in builds with cgo and the tag "video", which make sets
// when internal/tools/video.sh has provided libaom and libvpx; their packages
// below this one are thin. JPEG is always there: by libjpeg-turbo in those
// builds, by the standard library in others.
//
// Colours of video are BT.709 in full range, primaries and curve those of sRGB,
// and the bitstreams say so; JPEG is plain JFIF. Full range, because Chromium's
// conversion in software cuts BT.709's limited range short: pure blue comes out
// 12 of 255 too dark. VP9's range is not read from the bitstream there: a viewer
// names the colour space when it configures its decoder.
package video
