package embedstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"

	"go.etcd.io/bbolt"
)

// Report is what Check found. Findings are for the office to read.
type Report struct {
	Records, Entries, Bodies, Indexes, Files int
	Destroyed                                int
	Findings                                 []Finding
}

// Finding is one thing that is wrong, and what to do.
type Finding struct{ What, Remedy string }

// Sound reports whether nothing was found.
func (r Report) Sound() bool { return len(r.Findings) == 0 }

// maxFindings bounds the report of a store that is broken all over.
const maxFindings = 100

const (
	restore = "请保留现在的数据文件夹，用最近一次备份恢复"
	reindex = "记录本身完好，只是查找不准；请先备份，再用最近一次备份恢复"
)

type checker struct {
	s      *Store
	tx     *bbolt.Tx
	ctx    context.Context
	report Report
	done   int
	total  int
	tell   func(done, total int)
	tally  map[string]uint64
	walked bool
	idx    int
	eq     int
	uniq   int
}

// Check verifies seals, indexes, tallies, chain, files and pages, of one moment
// while work goes on. It returns an error only when it could not look.
func (s *Store) Check(ctx context.Context, progress func(done, total int)) (Report, error) {
	if progress == nil {
		progress = func(int, int) {}
	}
	var r Report
	walked := false // whether every page could be read: only then is bbolt's own check safe
	err := s.view(func(tx *bbolt.Tx) error {
		c := &checker{s: s, tx: tx, ctx: ctx, tell: progress, tally: map[string]uint64{}}
		err := c.all()
		r = c.report
		walked = c.walked
		return err
	})
	if err == nil && walked {
		c := &checker{report: r}
		err = s.pages(c.find)
		r = c.report
	}
	if errors.Is(err, ErrDamaged) {
		r.Findings = append(r.Findings, Finding{"数据页损坏，自检没有做完", restore})
		return r, nil
	}
	return r, err
}

// all runs every step. bbolt's own page check comes last and only when every
// page could be walked: it runs on a goroutine of its own, where a fault in
// the mapping would end the program.
func (c *checker) all() error {
	walked := true
	for _, step := range []func() error{c.count, c.records, c.strays, c.tallies, c.chain, c.files} {
		err := guarded(step)
		if errors.Is(err, ErrDamaged) {
			c.find("数据页损坏，有内容读不出", restore)
			walked = false
		} else if err != nil {
			return err
		}
	}
	c.walked = walked
	c.tell(c.total, c.total)
	return nil
}

// pages runs bbolt's own check with writers held off: in a transaction that
// only reads, pages that a writer frees meanwhile would look like damage.
func (s *Store) pages(find func(what, remedy string)) error {
	tx, err := s.db.Begin(true)
	if err != nil {
		return fmt.Errorf("checking pages: %w", err)
	}
	for e := range tx.Check() {
		find("数据页校验："+e.Error(), restore)
	}
	return tx.Rollback()
}

// count walks every bucket, for the progress and for its pages.
func (c *checker) count() error {
	for _, name := range buckets() {
		n := 0
		b := c.bucket(name)
		if b == nil {
			return fmt.Errorf("%w: bucket %s is missing", ErrDamaged, name)
		}
		if err := b.ForEach(func(_, _ []byte) error { n++; return nil }); err != nil {
			return err
		}
		switch name {
		case bucketRec, bucketJournal, bucketFiles:
			c.total += n
		}
	}
	return nil
}

func (c *checker) find(what, remedy string) {
	if len(c.report.Findings) < maxFindings {
		c.report.Findings = append(c.report.Findings, Finding{what, remedy})
	}
}

func (c *checker) step() error {
	if c.done++; c.done%1000 == 0 {
		c.tell(c.done, c.total)
		return c.ctx.Err()
	}
	return nil
}

func (c *checker) bucket(name string) *bbolt.Bucket { return c.tx.Bucket([]byte(name)) }

// records opens every record and looks up every entry that should lead to it.
func (c *checker) records() error {
	return c.bucket(bucketRec).ForEach(func(k, v []byte) error {
		c.report.Records++
		r, err := c.s.openStored(v, k)
		collection, id := splitRec(k)
		if err != nil {
			c.find(fmt.Sprintf("记录 %s/%d 打不开", collection, id), restore)
			return c.step()
		}
		c.entries(collection, id, r)
		return c.step()
	})
}

func (c *checker) entries(collection string, id uint64, r *stored) {
	idx, eq, uniq := c.bucket(bucketIdx), c.bucket(bucketEq), c.bucket(bucketUniq)
	for _, k := range r.Index {
		c.idx++
		if v := idx.Get(idxKey(collection, id, k)); v == nil || !bytes.Equal(v, k.Cover) {
			c.find(fmt.Sprintf("记录 %s/%d 缺索引 %s", collection, id, k.Name), reindex)
		}
	}
	for h := range set(r.Equal) {
		c.eq++
		if eq.Get(eqKey(collection, []byte(h), id)) == nil {
			c.find(fmt.Sprintf("记录 %s/%d 缺查找索引", collection, id), reindex)
		}
	}
	for h := range set(r.Unique) {
		c.uniq++
		if !bytes.Equal(uniq.Get([]byte(h)), recKey(collection, id)) {
			c.find(fmt.Sprintf("记录 %s/%d 的唯一性索引不符", collection, id), reindex)
		}
	}
	for _, name := range r.Tally {
		c.tally[string(append(under(collection), name...))]++
	}
}

// strays counts index entries that lead nowhere.
func (c *checker) strays() error {
	for _, want := range []struct {
		bucket string
		n      int
	}{{bucketIdx, c.idx}, {bucketEq, c.eq}, {bucketUniq, c.uniq}} {
		have := c.bucket(want.bucket).Stats().KeyN
		c.report.Indexes += have
		if have > want.n {
			c.find(fmt.Sprintf("索引 %s 多出 %d 条", want.bucket, have-want.n), reindex)
		}
	}
	return nil
}

func (c *checker) tallies() error {
	return c.bucket(bucketTally).ForEach(func(k, v []byte) error {
		if len(k) > 0 && k[0] == 0 {
			return nil // the store's own
		}
		if n := c.tally[string(k)]; len(v) != 8 || binary.BigEndian.Uint64(v) != n {
			c.find(fmt.Sprintf("计数 %q 与记录不符", k), reindex)
		}
		delete(c.tally, string(k))
		return nil
	})
}

// chain walks the journal from its first entry and every body that is still
// there.
func (c *checker) chain() error {
	if len(c.tally) > 0 {
		c.find(fmt.Sprintf("缺 %d 个计数", len(c.tally)), reindex)
	}
	var last [32]byte
	next := uint64(1)
	head := c.bucket(bucketMeta).Get([]byte("head")) // of this moment, not the store's running one
	if len(head) != 40 {
		c.find("缺日志末尾的记载", restore)
		return nil
	}
	if n := c.bucket(bucketJournal).Stats().KeyN; uint64(n) != binary.BigEndian.Uint64(head) {
		c.find(fmt.Sprintf("日志应有 %d 条，实有 %d 条", binary.BigEndian.Uint64(head), n), restore)
	}
	for ; next <= binary.BigEndian.Uint64(head); next++ {
		c.report.Entries++
		h, hash, plain, err := c.s.readHeader(c.tx, next)
		if err != nil {
			c.find(fmt.Sprintf("日志第 %d 条打不开", next), restore)
			return nil
		}
		if chain(last, plain) != hash {
			c.find(fmt.Sprintf("日志第 %d 条与前一条接不上，可能被改动", next), restore)
			return nil
		}
		last = hash
		c.bodies(h)
		if err := c.step(); err != nil {
			return err
		}
	}
	if last != [32]byte(head[8:]) {
		c.find("日志末尾与记载不符", restore)
	}
	return nil
}

func (c *checker) bodies(h header) {
	var sums [][32]byte
	for _, ch := range h.Changes {
		sums = append(sums, ch.Sum)
	}
	for _, e := range h.Events {
		sums = append(sums, e.Sum)
	}
	for i, want := range sums {
		_, sum, gone, err := c.s.readBody(c.tx, h.Seq, uint32(i))
		switch {
		case err != nil:
			c.find(fmt.Sprintf("日志第 %d 条的内容打不开", h.Seq), restore)
		case gone:
			c.report.Destroyed++
		case sum != want:
			c.find(fmt.Sprintf("日志第 %d 条的内容被改动", h.Seq), restore)
		}
		c.report.Bodies++
	}
}

func (c *checker) files() error {
	return c.bucket(bucketFiles).ForEach(func(k, _ []byte) error {
		c.report.Files++
		hash := string(k)
		if len(hash) != 40 {
			c.find("附件登记损坏", restore)
			return c.step()
		}
		sealed, err := os.ReadFile(c.s.filePath(hash))
		if err == nil {
			var data []byte
			if data, err = c.s.seal.open(sealed, bucketFiles, k); err == nil && c.s.contentHash(data) != hash {
				err = errSeal
			}
		}
		if err != nil {
			c.find("附件 "+hash[:8]+" 丢失或损坏", restore)
		}
		return c.step()
	})
}
