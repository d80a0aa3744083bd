package search

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// benchDocs is the size of the benchmark's corpus; JIEZHEN_SEARCH_DOCS=500000
// makes the whole office of the design.
func benchDocs(b *testing.B) int {
	n, err := strconv.Atoi(os.Getenv("JIEZHEN_SEARCH_DOCS"))
	if err != nil {
		return 10_000
	}
	return n
}

func folderSize(tb testing.TB, dir string) (n int64) {
	tb.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if info, err := d.Info(); err == nil {
				n += info.Size()
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// peakRSS reads the process's peak of resident memory in MB, Linux only.
func peakRSS() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmHWM:" {
			kb, _ := strconv.Atoi(f[1])
			return float64(kb) / 1024
		}
	}
	return 0
}

// BenchmarkOffice fills an index and queries it: rate, size, memory, p95.
func BenchmarkOffice(b *testing.B) {
	n := benchDocs(b)
	cfg := Config{Dir: b.TempDir(), Key: [32]byte{1}}
	x, err := Open(cfg)
	if err != nil {
		b.Fatal(err)
	}
	c := newCorpus(1, 20_000)
	text, making := 0, time.Duration(0)
	start := time.Now()
	for i := 0; i < n; i += batchDocs {
		made := time.Now()
		docs := c.docs(i, batchDocs)
		for _, d := range docs {
			text += d.size()
		}
		making += time.Since(made)
		if err := x.Apply(context.Background(), docs, nil, uint64(i)); err != nil {
			b.Fatal(err)
		}
	}
	took := time.Since(start) - making
	if err := x.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(n)/took.Seconds(), "docs/s")
	b.ReportMetric(peakRSS(), "MB-peak")
	b.ReportMetric(float64(folderSize(b, cfg.Dir))/float64(text), "bytes/text-byte")
	start = time.Now()
	if x, err = Open(cfg); err != nil {
		b.Fatal(err)
	}
	defer x.Close()
	b.ReportMetric(float64(time.Since(start).Microseconds())/1000, "open-ms")
	sample := c.docs(n, 200)
	for _, k := range []int{1, 2, 3, 4, 8} {
		queries := make([]string, 100)
		for i := range queries {
			queries[i] = c.piece(sample, k)
		}
		reportP95(b, x, queries, fmt.Sprintf("ms-p95-%d", k))
	}
	reportP95(b, x, strings.Fields(everyday), "ms-p95-everyday")
	reportP95(b, x, []string{""}, "ms-p95-all")
	reportP95(b, x, strings.Fields(places), "ms-p95-places")
	runtime.GC()
	b.ReportMetric(peakRSS(), "MB-peak-queries")
}

// reportP95 measures queries with first pages of 20, unconfirmed.
func reportP95(b *testing.B, x *Index, queries []string, unit string) {
	b.Helper()
	var took []time.Duration
	total := 0
	for range 3 {
		for _, q := range queries {
			start := time.Now()
			res, err := x.Search(context.Background(), Query{Text: q, Readers: []string{"all", "child", "relief", "minor"}})
			if err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(start))
			total += res.Total
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, unit)
	b.Logf("%s: %d queries, %.0f hits on average", unit, len(queries), float64(total)/float64(len(took)))
}

// BenchmarkMatch is the cost of confirming one candidate, once it is open.
func BenchmarkMatch(b *testing.B) {
	docs := newCorpus(1, 100).docs(0, 100)
	words := parse("困境儿童")
	for i := 0; b.Loop(); i++ {
		matchAll(words, docs[i%100].Texts)
	}
}
