package paper

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	_ "image/png" // photographs come as PNG too
	"math"

	"golang.org/x/image/draw"
)

// maxPixels bounds a photograph before it is decoded: 50 megapixels.
const maxPixels = 50_000_000

var errPicture = errors.New("not a usable PNG or JPEG")

// picture is a photograph ready to be placed: a JPEG of our own making, at
// print size. Re-encoding leaves behind where and with what it was taken.
type picture struct {
	jpeg []byte
	w, h int
}

// newPicture fits data into w × h mm at 300 dots an inch.
func newPicture(data []byte, w, h float64) (*picture, error) {
	cfg, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPicture, err)
	}
	if cfg.Width < 1 || cfg.Height < 1 || cfg.Width > maxPixels/cfg.Height {
		return nil, fmt.Errorf("%w: %d by %d pixels", errPicture, cfg.Width, cfg.Height)
	}
	src, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPicture, err)
	}
	const dotsPerMM = 300 / 25.4
	scale := min(1, w*dotsPerMM/float64(cfg.Width), h*dotsPerMM/float64(cfg.Height))
	size := image.Rect(0, 0, max(1, int(math.Round(float64(cfg.Width)*scale))), max(1, int(math.Round(float64(cfg.Height)*scale))))
	dst := image.NewRGBA(size)
	draw.Draw(dst, size, image.White, image.Point{}, draw.Src)
	draw.CatmullRom.Scale(dst, size, src, src.Bounds(), draw.Over, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, dst, &jpeg.Options{Quality: 88}); err != nil {
		return nil, fmt.Errorf("writing photograph: %w", err)
	}
	return &picture{out.Bytes(), size.Dx(), size.Dy()}, nil
}

// within returns the size in mm at which p fills w × h without distortion.
func (p *picture) within(w, h float64) (pw, ph float64) {
	scale := min(w/float64(p.w), h/float64(p.h))
	return float64(p.w) * scale, float64(p.h) * scale
}
