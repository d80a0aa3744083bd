package value

// Kind is the type of a field.
type Kind string

// The kinds. Canonical values: text, codes and references are strings (a
// reference is a record id in decimal), dates and months too; codes and files
// are []string; money is int64 fen; numbers float64; yes/no bool; tables
// []map[string]any.
const (
	KindText           Kind = "text"
	KindNote           Kind = "note"
	KindCode           Kind = "code"
	KindCodes          Kind = "codes"
	KindDate           Kind = "date"
	KindDateTime       Kind = "datetime"
	KindMonth          Kind = "month"
	KindMoney          Kind = "money"
	KindNumber         Kind = "number"
	KindYesNo          Kind = "yesno"
	KindIDCard         Kind = "idcard"
	KindDocument       Kind = "document" // the number of whatever paper proves who someone is
	KindDisabilityCard Kind = "disabilitycard"
	KindCreditCode     Kind = "creditcode"
	KindPhone          Kind = "phone"
	KindBankCard       Kind = "bankcard"
	KindPerson         Kind = "person"
	KindParty          Kind = "party"
	KindPlace          Kind = "place"
	KindRecord         Kind = "record"
	KindFile           Kind = "file"
	KindTable          Kind = "table"
)

// Spec is what parsing needs to know of a field beyond its kind.
type Spec struct {
	Decimals int // digits after the point that a number may have
}

// Warning is something to be looked at that does not refuse.
type Warning struct{ Text string }
