package record

import (
	"context"
	"errors"
	"io"

	"jiezhen/app/access"
	"jiezhen/embedstore"
)

// StageFile takes in an uploaded file, sealed, before it is attached to a
// record.
func (b *Book) StageFile(ctx context.Context, r io.Reader) (embedstore.File, error) {
	f, err := b.cfg.Store.StageFile(ctx, r)
	switch {
	case errors.Is(err, embedstore.ErrTooLarge):
		return f, Refused(CodeInvalid, "附件太大，请压缩或拆分后再传")
	case errors.Is(err, embedstore.ErrQuota):
		return f, Refused(CodeInvalid, "附件总量已满，请联系系统管理员")
	case errors.Is(err, embedstore.ErrType):
		return f, Refused(CodeInvalid, "不支持这种文件，请用 PDF、图片、Word 或 Excel")
	}
	return f, diskRefusal(err)
}

// Attach puts a staged file on a record.
func (tx *Tx) Attach(ref Ref, rev uint64, f embedstore.File, a Attachment) (*Record, error) {
	before, err := tx.writable(ref, rev)
	if err != nil {
		return nil, err
	}
	if tx.Verdict(before, access.ActEdit) != access.Allowed && !before.target().Mine(tx.viewer) {
		return nil, &Refusal{Code: CodeDenied, Ref: ref, Text: access.Explain(access.ActEdit, accessRegister(before.Def))}
	}
	if err := tx.store.KeepFile(f); err != nil {
		return nil, err
	}
	r := before.copy()
	a.Hash, a.Size, a.Type, a.By, a.At = f.Hash, f.Size, f.Type, tx.viewer.User, tx.book.Now()
	r.Files = append(r.Files, a)
	return r, tx.finish(r, before, "attach")
}

// Detach takes a file off the record's list; the history keeps it.
func (tx *Tx) Detach(ref Ref, rev uint64, hash, reason string) (*Record, error) {
	before, err := tx.editable(ref, rev)
	if err != nil {
		return nil, err
	}
	if reason == "" {
		return nil, Refused(CodeInvalid, "撤下附件要写明理由")
	}
	r := before.copy()
	for i := range r.Files {
		if r.Files[i].Hash == hash && r.Files[i].Removed == "" {
			r.Files[i].Removed = reason
			return r, tx.finish(r, before, "detach")
		}
	}
	return nil, Refused(CodeNotFound, "没有这个附件，或已经撤下")
}

// ReadFile opens an attachment of a record that the viewer may read, and logs
// it like a view.
func (b *Book) ReadFile(ctx context.Context, v access.Viewer, ref Ref, hash string) ([]byte, Attachment, error) {
	var found Attachment
	err := b.Show(ctx, v, ref, func(tx *Tx, r *Record) error {
		for _, f := range r.Files {
			if f.Hash == hash {
				found = f
				return nil
			}
		}
		return Refused(CodeNotFound, "没有这个附件")
	})
	if err != nil {
		return nil, found, err
	}
	data, _, err := b.cfg.Store.ReadFile(ctx, hash)
	return data, found, err
}

// IssuePaper enters a paper in the record under a number that is never used
// again. The caller has printed it with that number.
func (tx *Tx) IssuePaper(ref Ref, rev uint64, p Issue) (*Record, error) {
	before, err := tx.printable(ref, rev)
	if err != nil {
		return nil, err
	}
	r := before.copy()
	p.By, p.ByName, p.At = tx.viewer.User, tx.viewer.Name, tx.book.Now()
	r.Papers = append(r.Papers, p)
	if err := tx.Event("print", ref, map[string]any{"paper": p.Paper, "number": p.Number}); err != nil {
		return nil, err
	}
	return r, tx.finish(r, before, "paper")
}

// NextPaper draws the next number of a paper's ledger.
func (tx *Tx) NextPaper(series string) (uint64, error) {
	if !tx.writing {
		return 0, errOutside
	}
	return tx.store.Next("paper " + series)
}

// Reprint notes that an issued paper was printed: the first time, when issuing
// has not done so, it is the original; afterwards it is printed again. first
// tells which.
func (tx *Tx) Reprint(ref Ref, number string) (r *Record, first bool, err error) {
	kind := "reprint"
	before, err := tx.printable(ref, 0)
	if err != nil {
		return nil, false, err
	}
	for _, p := range before.Papers {
		if p.Number == number && p.Unprinted {
			kind, first = "printed", true
		}
	}
	r, err = tx.paper(ref, number, kind, func(p *Issue) error {
		if p.Void != "" {
			return Refused(CodeInvalid, "这份文书已作废，不能补打")
		}
		if p.Unprinted {
			p.Unprinted = false
			return nil
		}
		p.Reprints++
		return nil
	})
	return r, first, err
}

// VoidPaper takes an issued paper out of force.
func (tx *Tx) VoidPaper(ref Ref, number, reason string) (*Record, error) {
	return tx.paper(ref, number, "void", func(p *Issue) error {
		if reason == "" || p.Void != "" {
			return Refused(CodeInvalid, "作废要写明理由，已作废的不再作废")
		}
		p.Void = reason
		return nil
	})
}

func (tx *Tx) paper(ref Ref, number, kind string, change func(*Issue) error) (*Record, error) {
	before, err := tx.printable(ref, 0)
	if err != nil {
		return nil, err
	}
	r := before.copy()
	for i := range r.Papers {
		if r.Papers[i].Number != number {
			continue
		}
		if err := change(&r.Papers[i]); err != nil {
			return nil, err
		}
		if err := tx.Event(kind, ref, map[string]any{"number": number}); err != nil {
			return nil, err
		}
		return r, tx.finish(r, before, kind)
	}
	return nil, Refused(CodeNotFound, "没有编号为 %s 的文书", number)
}

func (tx *Tx) printable(ref Ref, rev uint64) (*Record, error) {
	r, err := tx.writable(ref, rev)
	if err != nil {
		return nil, err
	}
	return r, tx.may(r, access.ActPrint)
}
