package paper

import "time"

// Stamp is what makes one issue of a paper this issue: its number, who printed
// it and when. It is the only source of time in a document.
type Stamp struct {
	// Number is printed at the upper right (编号) and in the QR code.
	Number string
	// Preview marks every page 预览 无编号; Number is not printed.
	Preview bool
	// Reprint marks the paper 补打.
	Reprint bool
	// Demo marks every page 演示.
	Demo bool
	// Copy prints only this copy of a layout with several (1 is 第一联);
	// 0 prints all of them, one after the other.
	Copy int
	// By and At say who printed and when (civil time of the office).
	By string
	At time.Time
	// CheckValue is printed beside the QR code (校验码).
	CheckValue string
	// QR is the content of the code; empty prints none.
	QR string
	// Purpose is set across every page: 仅供……使用.
	Purpose string
	// HidePhotos prints （照片略） in place of photographs.
	HidePhotos bool
	// OffsetX and OffsetY move everything, in mm: for pre-printed sheets.
	OffsetX, OffsetY float64
}

// Job is one paper to print.
type Job struct {
	Layout *Layout
	Source Source
	Stamp  Stamp
}

// Result is a finished document.
type Result struct {
	PDF   []byte
	Pages int
	// Unprintable lists, in order and once each, the characters that no font
	// holds; they are on the paper as 〔U+xxxxx〕.
	Unprintable []rune
	// SHA256 of PDF, lower-case hex.
	SHA256 string
}
