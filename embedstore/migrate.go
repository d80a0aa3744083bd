package embedstore

import (
	"errors"
	"fmt"
	"os"

	"go.etcd.io/bbolt"

	"jiezhen/embedstore/disk"
)

// migration turns a store of one format into the next. Each entry of the old
// file is handed over once and put into the new file as copy says: the same,
// changed, or not at all. What it cannot do entry by entry it does in finish.
type migration struct {
	what   string // for the log
	copy   func(s *sealer, bucket string, key, value []byte) (newKey, newValue []byte, keep bool, err error)
	finish func(s *sealer, tx *bbolt.Tx) error
}

// migrations are the steps from format 1 on, in order: the first leads to 2.
// There is none yet.
func migrations() []migration { return nil }

// steps are the migrations that this store would take, and the format that it
// arrives at. Tests bring their own.
func (c Config) steps() ([]migration, byte) {
	list := c.migrations
	if list == nil {
		list = migrations()
	}
	return list, byte(1 + len(list))
}

// formatOf reads a store's format.
func formatOf(db *bbolt.DB) (format byte, err error) {
	err = db.View(func(tx *bbolt.Tx) error {
		meta := tx.Bucket([]byte(bucketMeta))
		if meta == nil {
			return fmt.Errorf("%w: bucket meta is missing", ErrDamaged)
		}
		v := meta.Get([]byte("format"))
		if len(v) != 1 {
			return fmt.Errorf("%w: no format", ErrDamaged)
		}
		format = v[0]
		return nil
	})
	return format, err
}

// migrate brings an older store up to date: each step copies it in batches to
// a new file beside it, syncs, and takes its place by renaming. The old file
// stays under its format's name. Cut short anywhere, the next opening begins
// the step again.
func migrate(cfg Config, path string, seal *sealer) error {
	list, to := cfg.steps()
	for {
		db, err := openFile(path, cfg, 0)
		if err != nil {
			return err
		}
		format, err := formatOf(db)
		if err != nil || format >= to || format == 0 {
			return errors.Join(err, db.Close())
		}
		m := stage{list[format-1], format, seal}
		cfg.Log.Info("bringing the store up to date", "from", format, "what", m.what)
		aside := path + ".new"
		err = errors.Join(copyStore(cfg, db, aside, m), db.Close())
		if err != nil {
			return errors.Join(noSpace(fmt.Errorf("migrating from format %d: %w", format, err)), ignoreAbsent(os.Remove(aside)))
		}
		if err := swapFiles(cfg, path, aside, format); err != nil {
			return err
		}
	}
}

// swapFiles keeps the old file and puts the new one in its place. A kill in
// between leaves no file under the store's own name; takeBack mends that.
func swapFiles(cfg Config, path, aside string, format byte) error {
	old := oldName(path, format)
	if err := disk.Rename(path, old); err != nil {
		return fmt.Errorf("keeping the old store: %w", err)
	}
	if err := disk.Rename(aside, path); err != nil {
		return errors.Join(fmt.Errorf("putting the new store in place: %w", err), disk.Rename(old, path))
	}
	return syncDir(cfg.Dir)
}

func oldName(path string, format byte) string { return fmt.Sprintf("%s.format%d", path, format) }

// takeBack puts an old store back when a migration was cut short between its
// two renames.
func takeBack(cfg Config, path string) error {
	_, to := cfg.steps()
	for format := to; format > 0; format-- {
		if _, err := os.Stat(oldName(path, format)); err == nil {
			return errors.Join(disk.Rename(oldName(path, format), path), syncDir(cfg.Dir))
		}
	}
	return nil
}

// migrateBatch is how many entries one transaction of a migration writes.
const migrateBatch = 2000

// stage is one migration of a store that stands at a format.
type stage struct {
	migration
	from byte
	seal *sealer
}

// copyStore writes a store anew, one format on.
func copyStore(cfg Config, from *bbolt.DB, aside string, m stage) error {
	if err := ignoreAbsent(os.Remove(aside)); err != nil {
		return err
	}
	to, err := openFile(aside, cfg, 0)
	if err != nil {
		return err
	}
	err = from.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error { return copyBucket(to, string(name), b, m.migration, m.seal) })
	})
	if err == nil {
		err = to.Update(func(tx *bbolt.Tx) error {
			if m.finish != nil {
				if err := m.finish(m.seal, tx); err != nil {
					return err
				}
			}
			return tx.Bucket([]byte(bucketMeta)).Put([]byte("format"), []byte{m.from + 1})
		})
	}
	return errors.Join(err, to.Sync(), to.Close())
}

func copyBucket(to *bbolt.DB, name string, from *bbolt.Bucket, m migration, seal *sealer) error {
	c := from.Cursor()
	k, v := c.First()
	for first := true; first || k != nil; first = false {
		err := to.Update(func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucketIfNotExists([]byte(name))
			if err != nil {
				return err
			}
			for n := 0; k != nil && n < migrateBatch; n++ {
				key, value, keep, err := k, v, true, error(nil)
				if m.copy != nil {
					key, value, keep, err = m.copy(seal, name, k, v)
				}
				if err != nil {
					return err
				}
				if keep {
					if err := b.Put(key, value); err != nil {
						return err
					}
				}
				k, v = c.Next()
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("copying bucket %s: %w", name, err)
		}
	}
	return nil
}
