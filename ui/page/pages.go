package page

import "io"

// pageNames lists the templates; each belongs to one method below.
func pageNames() []string {
	return []string{
		"login",
		"setup",
		"locked",
		"account",
		"home",
		"list",
		"search",
		"form",
		"action",
		"record",
		"findperson",
		"person",
		"pair",
		"protected",
		"import",
		"progress",
		"batchentry",
		"batchprint",
		"desk",
		"systems",
		"help",
		"keysheet",
		"sheet",
		"conflict",
		"error",
		"expired",
	}
}

// Login draws sign-in.
func (r *Renderer) Login(w io.Writer, v LoginView) error { return r.draw(w, "login", v) }

// Setup draws one step of the first run.
func (r *Renderer) Setup(w io.Writer, v SetupView) error { return r.draw(w, "setup", v) }

// Locked draws the shut store.
func (r *Renderer) Locked(w io.Writer, v LockedView) error { return r.draw(w, "locked", v) }

// Account draws the reader's own page.
func (r *Renderer) Account(w io.Writer, v AccountView) error { return r.draw(w, "account", v) }

// Home draws the work list.
func (r *Renderer) Home(w io.Writer, v HomeView) error { return r.draw(w, "home", v) }

// List draws a register's list.
func (r *Renderer) List(w io.Writer, v ListView) error { return r.draw(w, "list", v) }

// Search draws search results.
func (r *Renderer) Search(w io.Writer, v SearchView) error { return r.draw(w, "search", v) }

// Form draws a record form.
func (r *Renderer) Form(w io.Writer, v FormView) error { return r.draw(w, "form", v) }

// Action draws an action's question or refusal.
func (r *Renderer) Action(w io.Writer, v ActionView) error { return r.draw(w, "action", v) }

// Record draws a record.
func (r *Renderer) Record(w io.Writer, v RecordView) error {
	apart(append([]*Form{v.NoteForm, v.AttachForm}, formsOf(v.Blocks)...)...)
	return r.draw(w, "record", v)
}

// FindPerson draws search before create.
func (r *Renderer) FindPerson(w io.Writer, v FindPersonView) error { return r.draw(w, "findperson", v) }

// Person draws a person's file.
func (r *Renderer) Person(w io.Writer, v PersonView) error { return r.draw(w, "person", v) }

// Pair draws two persons side by side.
func (r *Renderer) Pair(w io.Writer, v PairView) error { return r.draw(w, "pair", v) }

// Protected draws the placeholder of what is protected.
func (r *Renderer) Protected(w io.Writer, v ProtectedView) error { return r.draw(w, "protected", v) }

// Import draws the import desk.
func (r *Renderer) Import(w io.Writer, v ImportView) error { return r.draw(w, "import", v) }

// Progress draws a long job.
func (r *Renderer) Progress(w io.Writer, v ProgressView) error { return r.draw(w, "progress", v) }

// BatchEntry draws batch entry.
func (r *Renderer) BatchEntry(w io.Writer, v BatchEntryView) error { return r.draw(w, "batchentry", v) }

// BatchPrint draws batch printing.
func (r *Renderer) BatchPrint(w io.Writer, v BatchPrintView) error { return r.draw(w, "batchprint", v) }

// Desk draws a desk made of blocks.
func (r *Renderer) Desk(w io.Writer, v DeskView) error {
	apart(formsOf(v.Blocks)...)
	for _, b := range v.Blocks { // nobody reads the same heading twice
		if b.Table != nil && b.Table.Caption == b.Title && !b.Folded {
			b.Table.Quiet = true
		}
	}
	return r.draw(w, "desk", v)
}

// Systems draws the overview of systems.
func (r *Renderer) Systems(w io.Writer, v SystemsView) error { return r.draw(w, "systems", v) }

// Help draws a page of the manual.
func (r *Renderer) Help(w io.Writer, v HelpView) error { return r.draw(w, "help", v) }

// KeySheet draws the recovery key sheet.
func (r *Renderer) KeySheet(w io.Writer, v KeySheetView) error { return r.draw(w, "keysheet", v) }

// Sheet draws a printable sheet.
func (r *Renderer) Sheet(w io.Writer, v SheetView) error { return r.draw(w, "sheet", v) }

// Conflict draws two versions of one record.
func (r *Renderer) Conflict(w io.Writer, v ConflictView) error { return r.draw(w, "conflict", v) }

// Error draws a refusal.
func (r *Renderer) Error(w io.Writer, v ErrorView) error { return r.draw(w, "error", v) }

// Expired draws sign in again with the form kept.
func (r *Renderer) Expired(w io.Writer, v ExpiredView) error { return r.draw(w, "expired", v) }
