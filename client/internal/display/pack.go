package display

import (
	"github.com/klauspost/compress/flate"
	"github.com/pierrec/lz4/v4"

	wire "beside/signaling/display"
)

const (
	minPack      = 64      // bytes; shorter bodies are sent as they are
	slowLink     = 5 << 19 // bytes a second (20 Mbit/s): below it smaller is faster, whatever it costs the processor
	minDeflate   = 512     // bytes of a body that are worth it
	deflateLevel = 5
)

// packer packs the bodies of updates. Owned by the Encoder.
type packer struct {
	slow    bool // the link is
	lz4     lz4.Compressor
	deflate *flate.Writer
	out     []byte
}

// pack returns body as it is to be sent; valid until the next call.
func (p *packer) pack(body []byte) ([]byte, wire.Encoding) {
	if len(body) <= minPack {
		return body, wire.Plain
	}
	var out []byte
	enc := wire.LZ4
	if p.slow && len(body) >= minDeflate {
		out, enc = p.byDeflate(body), wire.Deflate
	} else {
		out = p.byLZ4(body)
	}
	if len(out) == 0 || len(out) >= len(body) {
		return body, wire.Plain
	}
	return out, enc
}

func (p *packer) byLZ4(body []byte) []byte {
	if n := lz4.CompressBlockBound(len(body)); cap(p.out) < n {
		p.out = make([]byte, n)
	}
	p.out = p.out[:cap(p.out)]
	n, err := p.lz4.CompressBlock(body, p.out)
	if err != nil {
		return nil
	}
	return p.out[:n]
}

func (p *packer) byDeflate(body []byte) []byte {
	p.out = p.out[:0]
	if p.deflate == nil {
		w, err := flate.NewWriter(p, deflateLevel)
		if err != nil {
			return nil
		}
		p.deflate = w
	}
	p.deflate.Reset(p)
	if _, err := p.deflate.Write(body); err != nil {
		return nil
	}
	if err := p.deflate.Close(); err != nil {
		return nil
	}
	return p.out
}

// Write takes what the DEFLATE writer has packed.
func (p *packer) Write(b []byte) (int, error) {
	p.out = append(p.out, b...)
	return len(b), nil
}
