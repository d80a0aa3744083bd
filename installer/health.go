package installer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Answer is what /readyz says.
type Answer struct {
	Condition string `json:"condition"`
	Version   string `json:"version"`
	Safe      bool   `json:"safe"`     // safe mode: not what a healthy version comes up in
	Instance  string `json:"instance"` // the sign of the start that answers
	Address   string `json:"-"`        // where it answered
}

// healthy says whether the office of a version is up. One that waits for its
// paper key is healthy: it waits for a person.
func (a Answer) healthy(version string) (bool, string) {
	switch {
	case a.Version != version:
		return false, fmt.Sprintf("回答的是版本 %s，不是 %s", a.Version, version)
	case a.Safe:
		return false, "程序进入了安全模式"
	case a.Condition == "ready" || a.Condition == "locked" || a.Condition == "absent":
		return true, ""
	}
	return false, "程序起来了，但打不开数据"
}

// ErrStranger says that something answers that is not this service.
var ErrStranger = errors.New("回答的不是街镇通服务，是别的程序")

// Ask asks the running office how it is. Only the start that announced itself
// is believed: another program may have taken the port since.
func Ask(ctx context.Context, p Places) (Answer, error) {
	var a Answer
	address, instance, err := announced(p)
	if err != nil {
		return a, err
	}
	ctx, stop := context.WithTimeout(ctx, 5*time.Second)
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", nil)
	if err != nil {
		return a, fmt.Errorf("asking the office: %w", err)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, Proxy: nil}}
	res, err := client.Do(r)
	if err != nil {
		return a, fmt.Errorf("程序没有回答：%w", err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(&a); err != nil {
		return a, fmt.Errorf("%s 的回答看不懂，可能是别的程序：%w", address, err)
	}
	if a.Instance != instance {
		return a, fmt.Errorf("在 %s %w", address, ErrStranger)
	}
	a.Address = address
	return a, nil
}

// hopeless says whether a version has said of itself that it will not come up:
// it stays so until it is started anew.
func (a Answer) hopeless(version string) bool {
	return a.Version == version && (a.Safe || a.Condition == "damaged")
}

// hopelessFor is how long a version may say so before it is given up, well
// before the time it has: until then the office stands still.
const hopelessFor = 10 * time.Second

// awaitHealthy waits until the office of a version is up; why says what was
// last seen when it does not come.
func (i *Installer) awaitHealthy(ctx context.Context, version string, within time.Duration) (ok bool, why string) {
	return i.awaitAnswer(ctx, version, within, func(a Answer) (bool, string) { return a.healthy(version) })
}

// awaitUp waits as long for an office that answers at all: one in safe mode is
// up, and its pages say what is wrong.
func (i *Installer) awaitUp(ctx context.Context, version string, within time.Duration) (ok bool, why string) {
	return i.awaitAnswer(ctx, version, within, func(a Answer) (bool, string) {
		if a.Safe && a.Version == version {
			return true, "街镇通以安全模式打开了：前几次没有正常启动，请打开页面看原因"
		}
		return a.healthy(version)
	})
}

func (i *Installer) awaitAnswer(ctx context.Context, version string, within time.Duration, enough func(Answer) (bool, string)) (ok bool, why string) {
	began := time.Now()
	var given time.Time // up, since when
	await(ctx, within, func() bool {
		a, err := Ask(ctx, i.cfg.Places)
		if err != nil {
			given, why = time.Time{}, err.Error()
			return false
		}
		ok, why = enough(a)
		switch {
		case ok || !a.hopeless(version):
			given = time.Time{}
		case given.IsZero():
			given = time.Now()
		}
		return ok || !given.IsZero() && time.Since(given) >= i.hope
	})
	if !ok {
		why = fmt.Sprintf("等了 %d 秒没有准备好：%s", int(time.Since(began).Seconds()), why)
	}
	return ok, why
}
