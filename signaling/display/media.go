package display

import (
	"encoding/binary"
	"fmt"
	"image"
)

// Codec says how the pictures of a video region are coded.
type Codec uint8

// The codecs of a region. JPEG is the Codec of a Media that came by the op of
// that name, and never of a region.
const (
	NoCodec Codec = 0
	AV1     Codec = 1 // main profile: 8 bits, 4:2:0
	AV1444  Codec = 2 // high profile: 8 bits, 4:4:4
	VP9     Codec = 3 // profile 0: 8 bits, 4:2:0
	VP9444  Codec = 4 // profile 1: 8 bits, 4:4:4
	JPEG    Codec = 255
)

const flagKey = 1 << 0 // of VIDEO: the chunk needs none before it

// Media is one picture that only a codec can decode. Once it is painted its
// pixels are unknown.
type Media struct {
	Rect   image.Rectangle
	Codec  Codec
	Region int    // 0 for JPEG
	Key    bool   // always for JPEG
	Data   []byte // valid during the call
}

// region is where the chunks of one video are painted.
type region struct {
	rect    image.Rectangle
	codec   Codec // NoCodec: closed
	started bool  // its key chunk has come
}

// AppendRegion writes VREGION: from now on the chunks of region id (0 or 1) are
// painted at r, which must consist of whole blocks; the first must be a key.
func AppendRegion(b []byte, id int, r image.Rectangle, c Codec) []byte {
	return append(appendRect(append(b, opRegion, byte(id)), r), byte(c))
}

// AppendRegionEnd writes the VREGION that closes a region. What it showed stays.
func AppendRegionEnd(b []byte, id int) []byte {
	return AppendRegion(b, id, image.Rectangle{}, NoCodec)
}

// AppendVideo writes VIDEO: a chunk that gives exactly one picture of the region.
func AppendVideo(b []byte, id int, key bool, chunk []byte) []byte {
	var flags byte
	if key {
		flags = flagKey
	}
	b = binary.LittleEndian.AppendUint32(append(b, opVideo, byte(id), flags), uint32(len(chunk)))
	return append(b, chunk...)
}

// AppendJPEG writes JPEG: a baseline JPEG file of exactly r's size, painted at
// r, which must consist of whole blocks.
func AppendJPEG(b []byte, r image.Rectangle, file []byte) []byte {
	b = binary.LittleEndian.AppendUint32(appendRect(append(b, opJPEG), r), uint32(len(file)))
	return append(b, file...)
}

func (d *Decoder) openRegion(b []byte) ([]byte, error) {
	if len(b) < 10 {
		return nil, errShort
	}
	id, c := int(b[0]), Codec(b[9])
	if id >= MaxRegions || c > VP9444 {
		return nil, fmt.Errorf("%w: region %d of codec %d", ErrMalformed, id, c)
	}
	if d.pictures++; d.pictures > MaxMedia {
		return nil, errPictures
	}
	if c == NoCodec {
		if d.regions[id].codec == NoCodec || [8]byte(b[1:9]) != [8]byte{} {
			return nil, fmt.Errorf("%w: end of region %d", ErrMalformed, id)
		}
		d.regions[id] = region{}
		return b[10:], nil
	}
	r, err := d.wholeBlocks(b[1:])
	if err != nil {
		return nil, err
	}
	if r.Dx() < MinRegionSide || r.Dy() < MinRegionSide {
		return nil, fmt.Errorf("%w: region of %v", ErrMalformed, r.Size())
	}
	d.regions[id] = region{rect: r, codec: c}
	return b[10:], nil
}

func (d *Decoder) video(b []byte) ([]byte, error) {
	if len(b) < 2 {
		return nil, errShort
	}
	id, flags := int(b[0]), b[1]
	if id >= MaxRegions || d.regions[id].codec == NoCodec || flags&^flagKey != 0 {
		return nil, fmt.Errorf("%w: chunk with flags %#x for region %d", ErrMalformed, flags, id)
	}
	v := &d.regions[id]
	if v.started = v.started || flags == flagKey; !v.started {
		return nil, fmt.Errorf("%w: region %d begins without a key", ErrMalformed, id)
	}
	data, rest, err := pictureData(b[2:])
	if err != nil {
		return nil, err
	}
	if err := d.spend(v.rect); err != nil {
		return nil, err
	}
	return rest, d.picture(Media{Rect: v.rect, Codec: v.codec, Region: id, Key: flags == flagKey, Data: data})
}

func (d *Decoder) jpeg(b []byte) ([]byte, error) {
	r, err := d.wholeBlocks(b)
	if err != nil {
		return nil, err
	}
	data, rest, err := pictureData(b[8:])
	if err != nil {
		return nil, err
	}
	if err := checkJPEG(data, r.Size()); err != nil {
		return nil, err
	}
	return rest, d.picture(Media{Rect: r, Codec: JPEG, Key: true, Data: data})
}

// wholeBlocks reads a rectangle that consists of whole blocks.
func (d *Decoder) wholeBlocks(b []byte) (image.Rectangle, error) {
	r, err := d.rect(b)
	if err == nil && !d.Unknown.Aligned(r) {
		err = fmt.Errorf("%w: %v cuts a block", ErrMalformed, r)
	}
	return r, err
}

// pictureData reads a length and so many bytes.
func pictureData(b []byte) (data, rest []byte, err error) {
	if len(b) < 4 {
		return nil, nil, errShort
	}
	n := binary.LittleEndian.Uint32(b)
	if b = b[4:]; uint64(n) > uint64(len(b)) {
		return nil, nil, errShort
	}
	if n == 0 {
		return nil, nil, fmt.Errorf("%w: empty picture", ErrMalformed)
	}
	return b[:n], b[n:], nil
}

// picture hands m on. Its pixels, which its op has counted as work once, count
// again, since decoding costs more than painting.
func (d *Decoder) picture(m Media) error {
	if d.pictures++; d.pictures > MaxMedia {
		return errPictures
	}
	if err := d.spend(m.Rect); err != nil {
		return err
	}
	d.Unknown.Add(m.Rect)
	if d.Media == nil {
		return nil
	}
	return d.Media(m)
}
