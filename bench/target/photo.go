package main

import (
	"image"
	"math"
	"math/rand/v2"
	"runtime"
	"sync"
)

const noiseSide = 512 // of the texture, a power of two

// photograph makes frames of photographic motion: two textures of natural
// statistics (noise of halving amplitude at doubling frequency) that turn, grow
// and drift against each other, with a camera's grain on top. No rectangle of a
// frame is a moved one of the frame before.
func photograph(w, h, frames, seed int) []*image.RGBA {
	texture := natural(uint64(seed))
	film := make([]*image.RGBA, frames)
	var all sync.WaitGroup
	limit := make(chan struct{}, runtime.NumCPU())
	for i := range film {
		all.Add(1)
		limit <- struct{}{}
		go func() {
			defer all.Done()
			film[i] = exposure(texture, w, h, i)
			<-limit
		}()
	}
	all.Wait()
	return film
}

// exposure is one frame. It is written for speed: films are made while people wait.
func exposure(texture []float32, w, h, i int) *image.RGBA {
	const fixed = 1 << 16
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	grain := uint32(i)*2654435761 + 1
	phase := float64(i) * 0.025
	zoom := 0.35 + 0.05*math.Sin(phase*3)
	sin, cos := math.Sin(phase)*zoom, math.Cos(phase)*zoom
	sway := make([]int, w)
	for x := range sway {
		sway[x] = int(fixed * 20 * math.Sin(float64(x-w/2)/90))
	}
	for y := range h {
		row := img.Pix[y*img.Stride : y*img.Stride+4*w]
		dx, dy := float64(-w/2), float64(y-h/2)
		farX, farY := int(fixed*(dx*cos-dy*sin+40*phase)), int(fixed*(dx*sin+dy*cos))
		nearX, nearY := int(fixed*(dx*0.9-180*phase)), int(fixed*(dy*0.9+60*phase))
		for x := range w {
			far := sample(texture, farX>>16, farY>>16)
			near := sample(texture, nearX>>16, (nearY+sway[x])>>16)
			grain = grain*1664525 + 1013904223
			noise := float32(grain>>29) - 3.5
			p := row[4*x : 4*x+4 : 4*x+4]
			p[0], p[1], p[2], p[3] = level(40+150*far+50*near+noise), level(60+110*far+60*near+noise), level(90+60*far+90*near+noise), 0xFF
			farX, farY = farX+int(fixed*cos), farY+int(fixed*sin)
			nearX += fixed * 9 / 10
		}
	}
	return img
}

func level(v float32) byte { return byte(min(max(v, 0), 255)) }

func sample(texture []float32, x, y int) float32 {
	const mask = noiseSide - 1
	return texture[(y&mask)*noiseSide+x&mask]
}

// natural is a square texture of values around 0 to 1 that repeats without a seam.
func natural(seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 4))
	texture := make([]float32, noiseSide*noiseSide)
	amplitude := float32(0.5)
	for cells := 4; cells <= noiseSide; cells *= 2 {
		lattice := make([]float32, cells*cells)
		for i := range lattice {
			lattice[i] = r.Float32()
		}
		addOctave(texture, lattice, cells, amplitude)
		amplitude *= 0.55
	}
	return texture
}

// addOctave adds a lattice of random values, stretched with linear interpolation.
func addOctave(texture, lattice []float32, cells int, amplitude float32) {
	step := noiseSide / cells
	for y := range noiseSide {
		y0, fy := y/step, float32(y%step)/float32(step)
		y1 := (y0 + 1) % cells
		for x := range noiseSide {
			x0, fx := x/step, float32(x%step)/float32(step)
			x1 := (x0 + 1) % cells
			top := lattice[y0*cells+x0]*(1-fx) + lattice[y0*cells+x1]*fx
			bottom := lattice[y1*cells+x0]*(1-fx) + lattice[y1*cells+x1]*fx
			texture[y*noiseSide+x] += amplitude * (top*(1-fy) + bottom*fy)
		}
	}
}
