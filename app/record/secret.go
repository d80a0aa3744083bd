package record

// Seal sets secrets of a record: what it keeps but never shows, prints or
// exports, such as a password's hash. An empty value takes one away. Nothing
// else of the record changes and its form is not checked, because a password
// must be changeable also while a form is incomplete. The caller must run as
// the office.
func (tx *Tx) Seal(ref Ref, rev uint64, secrets map[string]string) (*Record, error) {
	if !tx.viewer.Office {
		return nil, Refused(CodeDenied, "口令等保密内容不能直接修改")
	}
	before, err := tx.writable(ref, rev)
	if err != nil {
		return nil, err
	}
	r := before.copy()
	for key, v := range secrets {
		if v == "" {
			delete(r.Secrets, key)
			continue
		}
		r.Secrets[key] = v
	}
	return r, tx.put(r)
}
