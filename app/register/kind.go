package register

import "jiezhen/app/value"

// Kind is the type of a field; its parse, check and print live in package
// value.
type Kind = value.Kind

// scalarZero gives, for each kind, the value that an empty field has in an
// expression, so that conditions need no test for absence.
var scalarZero = map[Kind]any{
	value.KindText: "", value.KindNote: "", value.KindCode: "", value.KindCodes: []string{},
	value.KindDate: "", value.KindDateTime: "", value.KindMonth: "", value.KindMoney: int64(0),
	value.KindNumber: float64(0), value.KindYesNo: false, value.KindIDCard: "", value.KindDocument: "",
	value.KindDisabilityCard: "", value.KindCreditCode: "", value.KindPhone: "",
	value.KindBankCard: "", value.KindPerson: "", value.KindParty: "", value.KindPlace: "", value.KindRecord: "",
	value.KindFile: []any{}, value.KindTable: []map[string]any{},
}

// indexable kinds may stand in the index in clear or as a keyed code: never
// words, names or numbers of people.
var indexable = map[Kind]bool{
	value.KindCode: true, value.KindDate: true, value.KindMonth: true, value.KindMoney: true,
	value.KindNumber: true, value.KindYesNo: true, value.KindPerson: true, value.KindParty: true,
	value.KindPlace: true, value.KindRecord: true,
}
