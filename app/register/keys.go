package register

import (
	"reflect"
)

// The keys that each item of a file may have, read off the file types.
var (
	fieldKeys  = keysOf(fieldFile{})
	stepKeys   = keysOf(stepFile{})
	actionKeys = keysOf(actionFile{})
	dutyKeys   = keysOf(dutyFile{})
	checkKeys  = keysOf(checkFile{})
	countKeys  = keysOf(countFile{})

	criterionKeys = keysOf(criterionFile{})
)

func keysOf(example any) map[string]bool {
	keys := map[string]bool{}
	t := reflect.TypeOf(example)
	for i := range t.NumField() {
		if key := t.Field(i).Tag.Get("yaml"); key != "" {
			keys[key] = true
		}
	}
	return keys
}
