package value

import (
	"fmt"
	"regexp"
	"strings"
)

// Document codes of the list person.document that have a form of their own.
const (
	DocumentIDCard    = "111"
	DocumentHousehold = "113"
	DocumentBirth     = "119"
	DocumentPermit    = "198"
	DocumentForeigner = "553"
)

var (
	birthForm     = regexp.MustCompile(`^[A-Z]\d{9}$`)
	foreignerForm = regexp.MustCompile(`^[A-Z]{3}\d{12}$`)
	passForm      = regexp.MustCompile(`^[A-Z0-9]{6,15}$`)
	anyForm       = regexp.MustCompile(`^[A-Z0-9]{6,18}$`)
)

// CarriesBirth reports whether the numbers of a kind of document say when
// their holder was born. A kind not given is taken for an identity card.
func CarriesBirth(kind string) bool {
	switch kind {
	case "", DocumentIDCard, DocumentHousehold, DocumentPermit, DocumentForeigner:
		return true
	}
	return false
}

// parseAnyDocument brings a number into its one form while its kind is not
// known; ParseDocument judges it when it is.
func parseAnyDocument(typed string, today Date) (any, []Warning, error) {
	s := strings.ToUpper(compact(typed))
	if !anyForm.MatchString(s) {
		return nil, nil, fmt.Errorf("证件号码应为6至18位字母或数字，现为“%s”，请照证件逐位填写", s)
	}
	if c, err := ParseIDCard(s, today); err == nil {
		return c.Number, c.Warnings, nil
	}
	return s, nil, nil
}

// ParseDocument reads the number of a document of a kind of the list
// person.document. Kinds without a form of their own are taken loosely.
func ParseDocument(kind, typed string, today Date) (string, []Warning, error) {
	s := strings.ToUpper(compact(typed))
	switch kind {
	case DocumentIDCard, DocumentHousehold:
		return parseHolding(Citizen, s, today)
	case DocumentPermit:
		return parseHolding(Permit, s, today)
	case DocumentForeigner:
		if foreignerForm.MatchString(s) {
			return s, []Warning{{"这是旧版15位外国人永久居留证号，请确认是否已换发2023版"}}, nil
		}
		return parseHolding(Foreigner, s, today)
	case DocumentBirth:
		if !birthForm.MatchString(s) {
			return "", nil, fmt.Errorf("出生医学证明编号应为1位字母加9位数字，现为“%s”", s)
		}
		return s, nil, nil
	}
	if !passForm.MatchString(s) {
		return "", nil, fmt.Errorf("证件号码应为6至15位字母或数字，现为“%s”", s)
	}
	return s, nil, nil
}

func parseHolding(want Holding, s string, today Date) (string, []Warning, error) {
	c, err := ParseIDCard(s, today)
	if err != nil {
		return "", nil, err
	}
	if c.Holding != want {
		return "", nil, fmt.Errorf("这是%s的号码，与所选证件类型（%s）不符，请核对", c.Holding, want)
	}
	return c.Number, c.Warnings, nil
}
