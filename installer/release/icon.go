package main

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"jiezhen/assets/fonts"
)

// The seal-red of the pages, and its paper.
var (
	sealRed = color.NRGBA{0xa6, 0x1b, 0x29, 0xff}
	paper   = color.NRGBA{0xfb, 0xf7, 0xee, 0xff}
)

// icon draws the program's icon: 街 in a square seal.
func icon(size int) (image.Image, error) {
	data, err := fonts.Files.ReadFile("song.ttf")
	if err != nil {
		return nil, fmt.Errorf("reading the font: %w", err)
	}
	face, err := opentype.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("reading the font: %w", err)
	}
	sized, err := opentype.NewFace(face, &opentype.FaceOptions{Size: float64(size) * 0.72, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, fmt.Errorf("sizing the font: %w", err)
	}
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	seal(img, size)
	bounds, _ := font.BoundString(sized, "街")
	centre := fixed.I(size) / 2
	at := fixed.Point26_6{X: centre - (bounds.Min.X+bounds.Max.X)/2, Y: centre - (bounds.Min.Y+bounds.Max.Y)/2}
	d := font.Drawer{Dst: img, Src: image.NewUniform(paper), Face: sized, Dot: at}
	d.DrawString("街")
	return img, nil
}

// seal fills a square with rounded corners.
func seal(img draw.Image, size int) {
	margin, radius := float64(size)/32, float64(size)/8
	for y := range size {
		for x := range size {
			if inside(float64(x)+0.5, float64(y)+0.5, margin, float64(size)-margin, radius) {
				img.Set(x, y, sealRed)
			}
		}
	}
}

func inside(x, y, low, high, radius float64) bool {
	if x < low || y < low || x > high || y > high {
		return false
	}
	dx := max(low+radius-x, x-(high-radius), 0)
	dy := max(low+radius-y, y-(high-radius), 0)
	return dx*dx+dy*dy <= radius*radius
}
