package search

import (
	index "github.com/blevesearch/bleve_index_api"
)

// Field names of the segments.
const (
	fieldID    = "_id" // scorch's own
	fieldTerms = "t"
)

// document is a Doc in the form that scorch takes, already analysed: Bleve's
// own mapping and analysis would build a token list with positions first,
// only for us to throw it away.
type document struct {
	id     string
	fields [2]field
}

func newDocument(id string, terms index.TokenFrequencies) *document {
	return &document{id: id, fields: [2]field{
		{name: fieldTerms, options: index.IndexField, terms: terms},
		{},
	}}
}

// AddIDField adds the field by which scorch replaces and deletes.
func (d *document) AddIDField() {
	once := &index.TokenFreq{}
	once.SetFrequency(1)
	d.fields[1] = field{
		name: fieldID, value: []byte(d.id), options: index.IndexField | index.StoreField,
		terms: index.TokenFrequencies{d.id: once},
	}
}

func (d *document) VisitFields(visit index.FieldVisitor) {
	for i := range d.fields {
		if d.fields[i].name != "" {
			visit(&d.fields[i])
		}
	}
}

func (d *document) ID() string                                 { return d.id }
func (d *document) Size() int                                  { return len(d.id) }
func (d *document) VisitComposite(index.CompositeFieldVisitor) {}
func (d *document) HasComposite() bool                         { return false }
func (d *document) NumPlainTextBytes() uint64                  { return 0 }
func (d *document) StoredFieldsBytes() uint64                  { return uint64(len(d.id)) }
func (d *document) Indexed() bool                              { return true }

// field is one analysed field.
type field struct {
	name    string
	value   []byte
	options index.FieldIndexingOptions
	terms   index.TokenFrequencies
}

func (f *field) Name() string                                     { return f.name }
func (f *field) Value() []byte                                    { return f.value }
func (f *field) ArrayPositions() []uint64                         { return nil }
func (f *field) EncodedFieldType() byte                           { return 't' }
func (f *field) Analyze()                                         {}
func (f *field) Options() index.FieldIndexingOptions              { return f.options }
func (f *field) AnalyzedTokenFrequencies() index.TokenFrequencies { return f.terms }
func (f *field) NumPlainTextBytes() uint64                        { return uint64(len(f.value)) }

// AnalyzedLength becomes the norm of every posting. One, with a frequency of
// one, is the only pair for which the merger keeps a term of a single document
// inside the dictionary instead of giving it a postings list of some 30 bytes.
func (f *field) AnalyzedLength() int { return 1 }
