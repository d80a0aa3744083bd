package bundle

import (
	"context"
	"errors"

	"jiezhen/embedstore"
)

// ErrNotGiven says that a bundle does not hold the master key for the reader.
var ErrNotGiven = errors.New("这把封存钥匙打不开：备份包不是给它做的，或做的时候还没有登记它")

// Rescue gives the master key of the office that made a bundle to whoever
// holds a sealed-records key that the office named: the way back when the PC
// and the paper key are both lost.
func Rescue(ctx context.Context, v Volume, secrets []string) (master [32]byte, err error) {
	r, err := v.Open()
	if err != nil {
		return master, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	c := &Content{With: secrets, Piece: func(bool, embedstore.Piece) error { return nil }, File: func(bool, string, []byte) error { return nil }}
	s, err := Read(ctx, r, c)
	switch {
	case errors.Is(err, ErrNoKey):
		return master, ErrNotGiven
	case err != nil:
		return master, err
	case len(c.master) != len(master):
		return master, ErrNotGiven
	}
	master = [32]byte(c.master)
	_, err = s.Manifest.Unlock(master) // nobody else's bundle with a made-up key
	return master, err
}
