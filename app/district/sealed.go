package district

import (
	"context"
	"fmt"
	"strings"

	"jiezhen/app/access"
	"jiezhen/app/bundle"
	"jiezhen/app/record"
)

// MakeSealed makes the district's sealed-records keys, one a suite, and gives
// the text of the file that their secret halves lie in: it is kept nowhere
// else. Earlier ones go on opening the bundles that were made for them.
func (d *Desk) MakeSealed(ctx context.Context, v access.Viewer) (text string, err error) {
	if !MayMatch(v) {
		return "", record.Refused(record.CodeDenied, "封存钥匙由领导生成并锁存")
	}
	k, err := d.Keys(ctx)
	if err != nil {
		return "", err
	}
	k.Sealed = map[bundle.Suite]string{}
	lines := []string{"街镇通 封存钥匙 " + d.cfg.Clock().Format("2006-01-02"), "锁进保险柜。街镇电脑和恢复密钥都没了，才用它把该街镇恢复出来。"}
	for _, s := range []bundle.Suite{bundle.Classic, bundle.National, bundle.Hybrid} {
		secret, public, err := s.NewReader()
		if err != nil {
			return "", err
		}
		k.Sealed[s] = public
		lines = append(lines, "", s.Title(), secret)
	}
	err = d.cfg.Book.Change(ctx, v, "生成封存钥匙", func(tx *record.Tx) error {
		if err := tx.ShelfPut(shelfName, "keys", k); err != nil {
			return err
		}
		return tx.Event("district.sealed", record.Ref{Register: record.Users, ID: v.User}, map[string]any{"key": bundle.Fingerprint(k.Sealed[bundle.Classic])})
	})
	return strings.Join(lines, "\r\n") + "\r\n", err
}

// SealedKeys reads the secret keys out of the text that MakeSealed gave.
func SealedKeys(text string) ([]string, error) {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "AGE-SECRET-KEY-") || strings.HasPrefix(line, "sm2-reader-secret:") {
			out = append(out, line)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("这不是封存钥匙文件")
	}
	return out, nil
}
