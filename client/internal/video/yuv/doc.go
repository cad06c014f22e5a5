// Package yuv turns pixels of a framebuffer into the planes that video encoders
// take: BT.709 in full range, 4:2:0 with chroma centred between its four
// pixels, or 4:4:4. It is C so that the compiler can use the vector units.
package yuv
