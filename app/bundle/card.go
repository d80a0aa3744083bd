package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Card is what an office and a district tell each other of themselves, so that
// nobody types keys. All of it is public; that it is the right one, people
// make sure of by comparing fingerprints. FORMAT: JSON with these names; keys
// of suites are the suites' numbers.
type Card struct {
	Kind        string           `json:"kind"` // office or district
	Name        string           `json:"name"`
	Office      string           `json:"office,omitempty"` // the office's number
	Signer      string           `json:"signer"`           // of bundles, or of receipts and policy packs
	Readers     map[Suite]string `json:"readers,omitempty"`
	Sealed      map[Suite]string `json:"sealed,omitempty"`
	Address     string           `json:"address,omitempty"`     // of the receiver
	Certificate string           `json:"certificate,omitempty"` // its fingerprint
}

// The kinds of cards.
const (
	OfficeCard   = "office"
	DistrictCard = "district"
)

// CardExtension ends the name of a card.
const CardExtension = ".登记.json"

// largestCard bounds a card's file.
const largestCard = 64 << 10

// File is the card as a file.
func (c Card) File() ([]byte, error) {
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing a card: %w", err)
	}
	return append(data, '\n'), nil
}

// ReadCard reads a card of a kind.
func ReadCard(data []byte, kind string) (Card, error) {
	var c Card
	if len(data) > largestCard || json.Unmarshal(data, &c) != nil || c.Signer == "" {
		return c, errors.New("这不是登记文件")
	}
	if c.Kind != kind {
		return c, errors.New("登记文件拿错了：街镇要用区里给的，区里要用街镇给的")
	}
	return c, nil
}
