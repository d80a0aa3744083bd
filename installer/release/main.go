// Command release makes what is carried to an office: the program for each
// system, with a signed manifest behind it and beside it, and checksums.
//
//	go run ./installer/release --new-key publisher.key
//	go run ./installer/release --version 1.2.0 --key publisher.key --out dist
//
// It promises the same bytes from the same source, toolchain, version and key.
// The private key (PKCS #8, as openssl writes it) belongs to whoever publishes
// the program, offline; the programs carry the public half, and believe no
// upgrade that it has not signed. --also adds the public half of the key that
// will come next.
package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"flag"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"jiezhen/installer"
)

var targets = []string{"windows/amd64", "linux/amd64", "linux/arm64", "linux/loong64"}

type job struct {
	version, keyFile, also, out string
	key                         ed25519.PrivateKey
	targets                     []string
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	var j job
	var newKey, iconFile, only string
	set := flag.NewFlagSet("release", flag.ContinueOnError)
	set.StringVar(&j.version, "version", "", "version, as 1.2.0")
	set.StringVar(&j.keyFile, "key", "", "the publisher's private key")
	set.StringVar(&j.also, "also", "", "public key that is believed too, base64")
	set.StringVar(&j.out, "out", "dist", "folder for the results")
	set.StringVar(&only, "targets", strings.Join(targets, ","), "systems")
	set.StringVar(&newKey, "new-key", "", "make a private key and end")
	set.StringVar(&iconFile, "icon", "", "draw the icon and end")
	if err := set.Parse(args); err != nil {
		return err
	}
	switch {
	case newKey != "":
		return makeKey(newKey)
	case iconFile != "":
		return drawIcon(iconFile)
	case !regexp.MustCompile(`^\d+\.\d+\.\d+$`).MatchString(j.version) || j.keyFile == "":
		return errors.New("say --version as 1.2.0, and --key")
	}
	j.targets = strings.Split(only, ",")
	data, err := os.ReadFile(j.keyFile)
	if err != nil {
		return fmt.Errorf("reading the key: %w", err)
	}
	if j.key, err = installer.ReadKey(data); err != nil {
		return err
	}
	return j.release()
}

// makeKey makes a private key that only its owner can read.
func makeKey(path string) error {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("drawing a key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return fmt.Errorf("writing the key: %w", err)
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("writing the key: %w", err)
	}
	if err := errors.Join(pem.Encode(f, &pem.Block{Type: "PRIVATE KEY", Bytes: der}), f.Close()); err != nil {
		return fmt.Errorf("writing the key: %w", err)
	}
	spki, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return fmt.Errorf("writing the public key: %w", err)
	}
	return os.WriteFile(path+".pub", pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: spki}), 0o644)
}

// release builds, signs and lists.
func (j job) release() error {
	if err := os.MkdirAll(j.out, 0o755); err != nil {
		return fmt.Errorf("making the folder: %w", err)
	}
	m := installer.Manifest{Version: j.version}
	for _, t := range j.targets {
		p, err := j.build(t)
		if err != nil {
			return err
		}
		fmt.Println("built", p.Name)
		m.Files = append(m.Files, p)
	}
	manifest, signature, behind, err := installer.Seal(m, j.key)
	if err != nil {
		return err
	}
	names := []string{"release.json", "release.json.sig"}
	if err := errors.Join(os.WriteFile(j.path(names[0]), manifest, 0o644), os.WriteFile(j.path(names[1]), signature, 0o644)); err != nil {
		return fmt.Errorf("writing the manifest: %w", err)
	}
	for _, p := range m.Files {
		if err := appendTo(j.path(p.Name), behind); err != nil {
			return err
		}
		names = append(names, p.Name)
	}
	return j.checksums(names)
}

func (j job) path(name string) string { return filepath.Join(j.out, name) }

// build makes the program for one system.
func (j job) build(target string) (installer.Part, error) {
	system, machine, _ := strings.Cut(target, "/")
	p := installer.Part{Name: "jiezhen-" + j.version + "-" + system + "-" + machine, System: system, Machine: machine}
	if system == "windows" {
		p.Name += ".exe"
		resources, err := j.resources()
		if err != nil {
			return p, err
		}
		defer func() { _ = os.Remove(resources) }() // named in .gitignore
	}
	keys := installer.Public(j.key)
	if j.also != "" {
		keys += "," + j.also
	}
	flags := "-s -w -buildid= -X main.version=" + j.version + " -X jiezhen/installer.releaseKeys=" + keys
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", j.path(p.Name), "jiezhen")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+system, "GOARCH="+machine, "GOFLAGS=", "GOTOOLCHAIN=local", "GOAMD64=v1", "GOARM64=v8.0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return p, fmt.Errorf("building for %s: %w\n%s", target, err, out)
	}
	data, err := os.ReadFile(j.path(p.Name))
	if err != nil {
		return p, fmt.Errorf("reading what was built: %w", err)
	}
	p.Size, p.SHA256 = int64(len(data)), fmt.Sprintf("%x", sha256.Sum256(data))
	return p, nil
}

func appendTo(path string, behind []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return fmt.Errorf("signing %s: %w", path, err)
	}
	_, err = f.Write(behind)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("signing %s: %w", path, err)
	}
	return nil
}

// checksums lists the files as sha256sum does.
func (j job) checksums(names []string) error {
	var out strings.Builder
	for _, name := range names {
		data, err := os.ReadFile(j.path(name))
		if err != nil {
			return fmt.Errorf("summing %s: %w", name, err)
		}
		fmt.Fprintf(&out, "%x  %s\n", sha256.Sum256(data), name)
	}
	return os.WriteFile(j.path("SHA256SUMS"), []byte(out.String()), 0o644)
}

func drawIcon(path string) error {
	img, err := icon(256)
	if err != nil {
		return err
	}
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("writing the icon: %w", err)
	}
	return errors.Join(png.Encode(f, img), f.Close())
}
