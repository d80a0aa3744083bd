package command

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"jiezhen/app"
	"jiezhen/installer"
)

// The running office takes commands over a socket in its data folder, which
// only its own account can reach. One request, many lines, one result: HTTP
// with a JSON body in, JSON lines out.

const socketName = "control.sock"

// request is a command on its way to the running office. Files travel in it:
// the office's account may not be able to read the caller's.
type request struct {
	Op       string
	Args     []string
	Name     string // who asks, where the page would ask
	Password string
	File     []byte
	FileName string
	Fix      bool
}

// line is one line of the answer; the last has Done.
type line struct {
	Text   string `json:"text,omitempty"`
	File   []byte `json:"file,omitempty"`
	Failed string `json:"failed,omitempty"`
	Done   bool   `json:"done,omitempty"`
}

func socketPath(dir string) string { return filepath.Join(dir, socketName) }

// listenControl opens the socket. A socket left by a killed process is
// removed: the store's own lock has shown that nobody is running.
func listenControl(path string) (net.Listener, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	return listenLocal(path, 0o600)
}

// largest is the most that a request may hold: an import with its file.
const largest = 128 << 20

// counter is what a control socket leads to.
type counter struct {
	house    *app.House
	entrance func() string // where the office is opened, with the one-time link while it is not set up
	address  string
	public   bool // for everybody at the PC: only what asks who it is, and the address
	carry    func(ctx context.Context, req request, say func(string)) (bool, error)
}

// serve has one request done.
func (c counter) serve(ctx context.Context, req request, say func(string)) ([]byte, error) {
	switch {
	case req.Op == "address" && c.public:
		say("http://" + c.address + "/")
		return nil, nil
	case req.Op == "address":
		say("http://" + c.address + c.entrance())
		return nil, nil
	case c.public && !req.signedIn():
		return nil, installer.ErrNotAdmin
	}
	if c.carry != nil {
		if done, err := c.carry(ctx, req, say); done || err != nil {
			return nil, err
		}
	}
	return perform(ctx, c.house, req, say)
}

func serveControl(ctx context.Context, l net.Listener, at counter) {
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var req request
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, largest)).Decode(&req); err != nil {
			http.Error(w, "bad request", http.StatusBadRequest)
			return
		}
		out := json.NewEncoder(w)
		emit := func(x line) {
			_ = out.Encode(x) // the caller has gone: the work goes on
			if f, ok := w.(http.Flusher); ok {
				f.Flush()
			}
		}
		final := line{Done: true}
		file, err := at.serve(r.Context(), req, func(text string) { emit(line{Text: text}) })
		if err != nil {
			final.Failed = words(err)
		}
		final.File = file
		emit(final)
	})}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	_ = server.Serve(l) // ends with the context
}

// sockets are where the running office may be asked: in its data folder, and
// for a service where everybody at the PC may ask.
func sockets(dir string) []string {
	if here := installer.Here(); dir == here.Data && here.Installed() {
		return []string{here.Control(), socketPath(dir), here.Socket()} // in the data folder: an office that runs there and is no service
	}
	return []string{socketPath(dir)}
}

// ask sends a request to the running office; ok is false when none runs.
func ask(ctx context.Context, dir string, req request, out io.Writer) (file []byte, ok bool, err error) {
	for _, path := range sockets(dir) {
		if file, ok, err = askAt(ctx, path, req, out); ok || err != nil {
			return file, ok, err
		}
	}
	return nil, false, nil
}

func askAt(ctx context.Context, path string, req request, out io.Writer) (file []byte, ok bool, err error) {
	if _, err := os.Stat(path); err != nil {
		return nil, false, nil
	}
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return dialLocal(ctx, path)
	}}}
	body, w := io.Pipe()
	go func() { w.CloseWithError(json.NewEncoder(w).Encode(req)) }()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://office/", body)
	if err != nil {
		return nil, false, fmt.Errorf("asking the running office: %w", err)
	}
	answer, err := client.Do(r)
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) && op.Op == "dial" {
			return nil, false, nil // left by a killed process
		}
		return nil, true, fmt.Errorf("正在运行的街镇通没有回答：%w", err)
	}
	defer answer.Body.Close()
	return readAnswer(answer.Body, out)
}

func readAnswer(body io.Reader, out io.Writer) ([]byte, bool, error) {
	dec := json.NewDecoder(bufio.NewReader(body))
	for {
		var l line
		if err := dec.Decode(&l); err != nil {
			return nil, true, fmt.Errorf("正在运行的街镇通没有答完：%w", err)
		}
		if l.Text != "" {
			fmt.Fprintln(out, l.Text)
		}
		if l.Done {
			if l.Failed != "" {
				return nil, true, errors.New(l.Failed)
			}
			return l.File, true, nil
		}
	}
}
