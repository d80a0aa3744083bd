package watch

import (
	"fmt"
	"time"
)

// Clock is what a PC's clock can be judged by.
type Clock struct {
	Now   time.Time
	Last  time.Time // of the newest journal entry; zero: none
	Built time.Time // of the program; zero: not known
	Ahead int       // days after the newest entry beyond which the clock is doubted; 0: never
}

// behind is how far a clock may stand behind the journal: it was set right, or
// summer time somewhere.
const behind = time.Hour

// Words say why the clock cannot be right, or seems not to be, and "" when
// nothing speaks against it. Nothing is ever removed because of a clock: the
// office is told, and goes on by the journal's sequence.
func (c Clock) Words() string {
	switch {
	case !c.Last.IsZero() && c.Now.Before(c.Last.Add(-behind)):
		return "电脑时钟比上次记录的时间（" + c.Last.Format("2006-01-02 15:04") + "）还早，请校准日期时间"
	case !c.Built.IsZero() && c.Now.Before(c.Built.AddDate(0, 0, -1)):
		return "电脑时钟比本程序的制作日期（" + c.Built.Format("2006-01-02") + "）还早，请校准日期时间；主板电池没电的电脑关机后时间会倒退"
	}
	if days := int(c.Now.Sub(c.Last) / (24 * time.Hour)); !c.Last.IsZero() && c.Ahead > 0 && days > c.Ahead {
		return fmt.Sprintf("电脑时钟比上次记录晚了 %d 天；如果这段时间街镇通一直有人用，请校准日期时间", days)
	}
	return ""
}
