package people

// Registers of this package, beside record.Persons.
const (
	relationRegister = "person.relation"
	changeRegister   = "person.change"
	distinctRegister = "person.distinct"
	mergeRegister    = "person.merge"
	consentRegister  = "person.consent"
	openingRegister  = "office.opening"
)

// Fields of person.file.
const (
	fieldName      = "name"
	fieldFormer    = "former_name"
	fieldDocument  = "id_type"
	fieldNumber    = "id_number"
	fieldTemporary = "temp_number"
	fieldExplained = "id_note"
	fieldSex       = "sex"
	fieldBirth     = "birth"
	fieldLife      = "life"
	fieldDied      = "death_date"
	fieldProtected = "protected"
	fieldWhy       = "protected_reason"
)

// Codes of person.document and person.life that this package acts on.
const (
	documentIdentity = "111"
	documentNone     = "199" // nothing to show: a temporary number stands in

	lifeDead     = "2"
	lifeDeclared = "3"
	lifeMissing  = "4"
)

// Fields of person.relation.
const (
	relationPerson    = "person"
	relationOther     = "other"
	relationCode      = "relation"
	relationGuardian  = "guardian"
	relationCarer     = "carer"
	relationHousehold = "household"
	relationFrom      = "from"
	relationUntil     = "until"
	relationNote      = "note"
)

// Fields and actions of person.merge.
const (
	mergeKeep    = "keep"
	mergeDrop    = "drop"
	mergeReason  = "reason"
	mergeApprove = "approve"
	mergeUndo    = "undo"
)

// stepMerged is the step of a file that was merged into another.
const stepMerged = "merged"

// Fields of office.opening.
const (
	openingPerson = "person"
	openingReason = "reason"
	openingAt     = "opened"
	openingUntil  = "until"
	openingUser   = "user"
	openingBy     = "opened_by"
)

// Fields and the action of person.change.
const (
	changeField   = "field"
	changeOld     = "old"
	changeNew     = "new"
	changeApprove = "approve"
)

// Fields of person.distinct.
const (
	distinctA      = "a"
	distinctB      = "b"
	distinctReason = "reason"
)

// Fields of person.consent.
const (
	consentPurpose  = "purpose"
	consentWithheld = "withheld"
	consentFrom     = "from"
	consentUntil    = "until"

	consentWithdrawn = "withdrawn"
)
