package bundle

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"jiezhen/embedstore"
)

// benchMB is how large the store of the benchmarks is, in megabytes of
// records. JIEZHEN_BUNDLE_MB=2000 is the size that the aims are stated for.
func benchMB() int {
	if n, err := strconv.Atoi(os.Getenv("JIEZHEN_BUNDLE_MB")); err == nil {
		return n
	}
	return 32
}

var words = []string{"上门走访", "老人", "社区", "困境儿童", "低保", "监护", "电话联系", "家属表示", "情况稳定", "下次", "请求", "残疾证", "办理", "居委会", "学校", "老师", "反映", "医院"}

func (h *house) fill(b *testing.B, mb int) {
	b.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	for left := mb << 20; left > 0; {
		_, err := h.Update(context.Background(), embedstore.Entry{Actor: 1, Kind: "save", Reason: "导入"}, func(tx *embedstore.Tx) error {
			for range 500 {
				var text bytes.Buffer
				for text.Len() < 1500 {
					fmt.Fprint(&text, words[random.IntN(len(words))], random.IntN(1000))
				}
				id, err := tx.NewID(openCollection)
				if err != nil {
					return err
				}
				body, err := embedstore.Encode(text.String())
				if err != nil {
					return err
				}
				if _, err := tx.Put(openCollection, id, 0, embedstore.Item{Body: embedstore.Body{"text": body},
					Index: []embedstore.IndexKey{{Name: "date", Key: []byte("2026")}}}); err != nil {
					return err
				}
				left -= text.Len()
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFullBundle makes full bundles, and in the same run measures the
// stages one by one: reading and unsealing, zstd, the cipher. The aim is 60 % of
// what the pipe allows: "of-pipe" is the processor time of the stages against
// that of the bundle, which a busy machine does not change; "of-slowest" is by
// the clock, against the slowest stage. "heap-MB" is the most that was held.
func BenchmarkFullBundle(b *testing.B) {
	h := newHouse(b, Classic)
	h.fill(b, benchMB())
	var plain int64
	read := measured(b, func() { plain = h.export(b, io.Discard) })
	pack := measured(b, func() {
		z, err := zstd.NewWriter(io.Discard)
		if err != nil {
			b.Fatal(err)
		}
		h.export(b, z)
		if err := z.Close(); err != nil {
			b.Fatal(err)
		}
	}).less(read)
	cipher := measured(b, func() {
		r, err := age.ParseX25519Recipient(h.keys.Readers[0].Public)
		if err != nil {
			b.Fatal(err)
		}
		w, err := age.Encrypt(io.Discard, r)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(w, io.LimitReader(zeros{}, plain/3)); err != nil {
			b.Fatal(err)
		}
	})
	b.ResetTimer()
	var peak uint64
	var spent cost
	for b.Loop() {
		one := measured(b, func() {
			if _, err := h.make(io.Discard, h.manifest(true), h.sealing()); err != nil {
				b.Fatal(err)
			}
		})
		spent = cost{spent.clock + one.clock, spent.work + one.work}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		peak = max(peak, m.HeapSys)
	}
	n := time.Duration(b.N)
	b.SetBytes(plain)
	b.ReportMetric(float64(read.work+pack.work+cipher.work)/float64(spent.work/n), "of-pipe")
	b.ReportMetric(float64(max(read.clock, pack.clock, cipher.clock))/float64(spent.clock/n), "of-slowest")
	b.ReportMetric(float64(peak)/(1<<20), "heap-MB")
}

// cost is what something took by the clock and in processor time.
type cost struct{ clock, work time.Duration }

func (c cost) less(o cost) cost { return cost{c.clock - o.clock, c.work - o.work} }

func measured(b *testing.B, fn func()) cost {
	b.Helper()
	began, before := time.Now(), used(b)
	fn()
	return cost{time.Since(began), used(b) - before}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func (h *house) export(b *testing.B, w io.Writer) (n int64) {
	b.Helper()
	err := h.View(context.Background(), func(tx *embedstore.Tx) error {
		return tx.Export(0, func(p embedstore.Piece) error {
			data, err := encoding.Marshal(p)
			if err != nil {
				return err
			}
			n += int64(len(data))
			_, err = w.Write(data)
			return err
		})
	})
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// BenchmarkIncremental makes a bundle of 1,000 changes on top of a store.
func BenchmarkIncremental(b *testing.B) {
	h := newHouse(b, Classic)
	h.fill(b, benchMB())
	var out bytes.Buffer
	s, err := h.make(&out, h.manifest(true), h.sealing())
	if err != nil {
		b.Fatal(err)
	}
	h.last = &s
	for range 1000 {
		h.write(openCollection, "一次修改", "")
	}
	for b.Loop() {
		if _, err := h.make(io.Discard, h.manifest(false), h.sealing()); err != nil {
			b.Fatal(err)
		}
	}
}
