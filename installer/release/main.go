// Command release makes what is carried to an office.
package main

import (
	"fmt"
	"image/png"
	"os"
)

func main() {
	if err := drawIcon("installer/icon.png"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func drawIcon(path string) error {
	img, err := icon(256)
	if err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return png.Encode(f, img)
}
