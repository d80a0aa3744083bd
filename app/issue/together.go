package issue

import (
	"context"

	"jiezhen/app/access"
	"jiezhen/app/paper"
	"jiezhen/app/record"
)

// Together prints one paper of many records as one document without numbers:
// sheets to carry and bring back, which certify nothing.
func (d *Desk) Together(ctx context.Context, v access.Viewer, refs []record.Ref, id string) (paper.Result, error) {
	var out paper.Result
	err := d.cfg.Book.View(ctx, v, func(tx *record.Tx) error {
		var jobs []paper.Job
		for _, ref := range refs {
			r, err := tx.Open(ref)
			if err != nil {
				return err
			}
			l, err := d.layout(r, id)
			if err != nil {
				return err
			}
			if tx.Verdict(r, access.ActPrint) != access.Allowed {
				return record.Refused(record.CodeDenied, "您的岗位不能打印这份文书")
			}
			s, err := d.source(tx, r)
			if err != nil {
				return err
			}
			jobs = append(jobs, paper.Job{Layout: l, Source: s, Stamp: d.stamp(v, paper.Stamp{})})
		}
		if len(jobs) == 0 {
			return record.Refused(record.CodeInvalid, "没有可以打印的")
		}
		var err error
		out, err = d.cfg.Engine.Merge(ctx, jobs)
		return err
	})
	return out, err
}
