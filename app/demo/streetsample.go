package demo

import (
	"fmt"

	"jiezhen/app/record"
	"jiezhen/app/register"
	"jiezhen/app/value"
)

// streetSample is a record of the facts' section E-C.
type streetSample struct {
	number string
	draft  record.Draft
}

// streetSamples are the samples C12, under the numbers of the facts.
func streetSamples() []streetSample {
	order := func(n int, v register.Values) streetSample {
		v["external"] = fmt.Sprintf("YS20260203%04d", n)
		on := value.Date("2026-02-03")
		return streetSample{fmt.Sprintf("C12-002-2026-%05d", n), record.Draft{Register: "governance.order", Created: on, Quiet: true, Step: "closed",
			Entered: map[string]value.Date{"hand": on, "closed": "2026-02-12"}, Values: v}}
	}
	return []streetSample{
		order(1, register.Values{"content": "家里暖气不热", "class": "timely", "category": "供暖供水", "dispatched_at": "2026-02-03 08:00", "signed_at": "2026-02-03 08:10",
			"contacted_at": "2026-02-03 09:00", "finished_at": "2026-02-03 20:00", "result": "solved", "reply": "您好，2月3日9时与您联系并入户查看，系阀门故障，20时更换完成。如有问题请拨打010-00000000。",
			"called_at": "2026-02-05 10:00", "reached": true, "solved": "solved", "satisfied": "1"}),
		order(2, register.Values{"content": "建议增设停车位", "class": "general", "category": "停车秩序", "dispatched_at": "2026-02-03 08:00", "signed_at": "2026-02-03 08:30",
			"contacted_at": "2026-02-03 10:00", "extended_until": "2026-02-17 23:59", "finished_at": "2026-02-11 17:00", "result": "explained",
			"reply": "您好，2月3日与您联系，停车位规划须统一研究，已登记建议，2月11日答复。如有问题请拨打010-00000000。", "called_at": "2026-02-12 10:00", "reached": true, "solved": "unsolved", "satisfied": "2"}),
		order(3, register.Values{"content": "反映邻区道路问题", "class": "general", "category": "市政道路", "dispatched_at": "2026-02-03 08:00", "signed_at": "2026-02-03 08:30",
			"contacted_at": "2026-02-03 11:00", "exclusion": "1", "exclusion_state": "granted"}),
	}
}
