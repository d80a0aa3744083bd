package paper

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
)

func TestSameInputSameBytes(t *testing.T) {
	t.Parallel()
	jobs := sampleJobs(t, 3)
	var first Result
	for i := range 6 {
		r, err := testEngine(t).Merge(context.Background(), jobs)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = r
		}
		if r.SHA256 != first.SHA256 || !bytes.Equal(r.PDF, first.PDF) {
			t.Fatal("two prints of the same papers differ")
		}
	}
}

func TestWithoutATimeTheClockIsNotRead(t *testing.T) {
	t.Parallel()
	r, err := testEngine(t).Print(context.Background(), textLayout(), Values{}, Stamp{})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(r.PDF, []byte("D:19700101000000")) {
		t.Error("the document carries the time of day")
	}
}

func TestParallelDocuments(t *testing.T) {
	t.Parallel()
	e, jobs := testEngine(t), sampleJobs(t, 24)
	want := make([]string, len(jobs))
	for i, j := range jobs {
		r, err := testEngine(t).Print(context.Background(), j.Layout, j.Source, j.Stamp)
		if err != nil {
			t.Fatal(err)
		}
		want[i] = r.SHA256
	}
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			next := 0
			err := e.Each(context.Background(), jobs, func(i int, r Result, err error) error {
				if i != next || r.SHA256 != want[i] {
					t.Errorf("document %d came as %d, alike: %v", i, next, r.SHA256 == want[i])
				}
				next++
				return err
			})
			if err != nil || next != len(jobs) {
				t.Errorf("%d documents, %v", next, err)
			}
		})
	}
	group.Wait()
}

// panicking is a source that breaks in the middle of a paper.
type panicking struct{ Values }

func (panicking) Rows(string) []Source { panic("broken source") }

func TestPanicIsAnErrorOfOneDocument(t *testing.T) {
	t.Parallel()
	jobs := sampleJobs(t, 3)
	jobs[1].Source = panicking{sampleValues()}
	var broken []int
	err := testEngine(t).Each(context.Background(), jobs, func(i int, r Result, err error) error {
		if errors.Is(err, ErrBroken) {
			broken = append(broken, i)
		} else if err != nil || len(r.PDF) == 0 {
			t.Errorf("document %d: %v", i, err)
		}
		return nil
	})
	if err != nil || !slices.Equal(broken, []int{1}) {
		t.Errorf("broken %v, %v", broken, err)
	}
}

func TestEachStops(t *testing.T) {
	t.Parallel()
	stop := errors.New("enough")
	calls := 0
	err := testEngine(t).Each(context.Background(), sampleJobs(t, 20), func(int, Result, error) error { calls++; return stop })
	if !errors.Is(err, stop) || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := testEngine(t).Merge(ctx, sampleJobs(t, 2)); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
