//go:build !windows

package embedstore

// firstMmap maps room beyond the end of the file, which costs address space
// only: writers then rarely wait for readers in order to map anew.
func firstMmap(int64) int { return 1 << 30 }
