package embedstore

// firstMmap maps room beyond the end of a large file. Windows makes the file
// itself that large, so a small one gets none.
func firstMmap(size int64) int {
	if size < 64<<20 {
		return 0
	}
	return int(size + 64<<20)
}
