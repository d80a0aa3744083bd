//go:build unix

package ui

import (
	mrand "math/rand/v2"
	"sync"
	"syscall"
	"testing"
	"time"
)

// naps is how often the running program is put to sleep.
const naps = 3

// TestPutToSleepWhileSaving stops the real program in the middle of saves, as a
// PC does that is closed and opened again, and wakes it: what was on its way
// arrives, saving goes on, and everything acknowledged is there afterwards.
func TestPutToSleepWhileSaving(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("-short: the program is not put to sleep")
	}
	s := besiege(t, buildProgram(t), mrand.New(mrand.NewPCG(5, 31)))
	r := s.launch()
	s.enter(r)
	var work sync.WaitGroup
	for _, h := range s.hands {
		work.Go(h.work)
	}
	for range naps {
		s.saves(3)
		s.o.must(r.cmd.Process.Signal(syscall.SIGSTOP))
		time.Sleep(1500 * time.Millisecond) // asleep: nothing to wait for
		asleep := s.saved.Load()
		s.o.must(r.cmd.Process.Signal(syscall.SIGCONT))
		if s.saves(3); s.saved.Load() <= asleep {
			t.Error("nothing is saved after waking")
		}
	}
	r.kill()
	work.Wait()
	s.lastLook()
}

// saves waits for so many more acknowledged saves.
func (s *siege) saves(more int64) {
	s.t.Helper()
	want, end := s.saved.Load()+more, time.Now().Add(time.Minute)
	for s.saved.Load() < want {
		if time.Now().After(end) {
			s.t.Fatal("no save is acknowledged any more")
		}
		time.Sleep(10 * time.Millisecond)
	}
}
