package installer

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

// FORMAT of a released program, version 1. Behind the executable, which does
// not mind, lie
//
//	manifest   JSON: {"product":"jiezhen","version":…,"files":[{"name","system","machine","size","sha256"}]}
//	signature  64 bytes: Ed25519 over the manifest's bytes
//	footer     16 bytes: length of the manifest (uint32, big endian), 1 (uint32), "JZPARCEL"
//
// The manifest is the same behind every file of a release and lies beside them
// as release.json; size and sha256 are those of the executable without what
// lies behind it. The same key, source and toolchain give the same bytes.
// Whatever a file is called, its manifest says what it is.

const (
	parcelMagic   = "JZPARCEL"
	parcelFormat  = 1
	footerSize    = 16
	product       = "jiezhen"
	mostManifest  = 64 << 10
	signatureSize = ed25519.SignatureSize
)

// Manifest says what a release is.
type Manifest struct {
	Product string `json:"product"`
	Version string `json:"version"`
	Files   []Part `json:"files"`
}

// Part is one executable of a release.
type Part struct {
	Name    string `json:"name"`
	System  string `json:"system"`
	Machine string `json:"machine"`
	Size    int64  `json:"size"`
	SHA256  string `json:"sha256"`
}

// What can be wrong with a file that is to be taken for a release.
var (
	ErrUnsigned = errors.New("这个文件不是发布的街镇通程序（没有签名），没有使用。请向发布单位索取升级文件")
	ErrForeign  = errors.New("这个文件的签名不是本程序信任的发布单位的，没有使用。请核对文件来源")
	ErrBroken   = errors.New("这个文件不完整或被改动过，没有使用。请重新拷贝一次")
	ErrMachine  = errors.New("这个文件是给别的系统用的")
	ErrNoKey    = errors.New("这个程序是自行编译的，没有发布单位的公钥，不能用文件升级；请照 README 的 Release 一节，用发布命令编译并签名")
)

// releaseKeys are the publisher's public keys, base64, separated by commas; the
// release command puts them in when it builds. More than one lets a key be
// changed for the next.
var releaseKeys string

// TrustedKeys are the public keys that this program believes.
func TrustedKeys() []string {
	if releaseKeys == "" {
		return nil
	}
	return strings.Split(releaseKeys, ",")
}

// Seal writes what lies behind the executables of a release.
func Seal(m Manifest, key ed25519.PrivateKey) (manifest, signature, behind []byte, err error) {
	m.Product = product
	manifest, err = json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, nil, nil, fmt.Errorf("writing the manifest: %w", err)
	}
	manifest = append(manifest, '\n')
	signature = ed25519.Sign(key, manifest)
	behind = append(bytes.Clone(manifest), signature...)
	behind = binary.BigEndian.AppendUint32(behind, uint32(len(manifest)))
	behind = binary.BigEndian.AppendUint32(behind, parcelFormat)
	return manifest, signature, append(behind, parcelMagic...), nil
}

// Verify reads a released program to its end and says which version it is. It
// must be signed by one of the trusted keys and be for this system.
func Verify(path string, trusted []string) (Manifest, error) {
	var m Manifest
	if len(trusted) == 0 {
		return m, ErrNoKey
	}
	f, err := os.Open(path)
	if err != nil {
		return m, fmt.Errorf("读不到升级文件：%w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return m, fmt.Errorf("读不到升级文件：%w", err)
	}
	m, size, err := readParcel(f, info.Size(), trusted)
	if err != nil {
		return m, err
	}
	part, err := m.here()
	if err != nil {
		return m, err
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(f, 0, size)); err != nil {
		return m, fmt.Errorf("读不到升级文件：%w", err)
	}
	if size != part.Size || fmt.Sprintf("%x", h.Sum(nil)) != part.SHA256 {
		return m, ErrBroken
	}
	return m, nil
}

// readParcel reads what lies behind an executable; size is the executable's.
func readParcel(f io.ReaderAt, all int64, trusted []string) (m Manifest, size int64, err error) {
	footer := make([]byte, footerSize)
	if all < footerSize {
		return m, 0, ErrUnsigned
	}
	if _, err := f.ReadAt(footer, all-footerSize); err != nil {
		return m, 0, fmt.Errorf("读不到升级文件：%w", err)
	}
	length := int64(binary.BigEndian.Uint32(footer))
	if string(footer[8:]) != parcelMagic || binary.BigEndian.Uint32(footer[4:]) != parcelFormat {
		return m, 0, ErrUnsigned
	}
	size = all - footerSize - signatureSize - length
	if length > mostManifest || size < 0 {
		return m, 0, ErrBroken
	}
	behind := make([]byte, length+signatureSize)
	if _, err := f.ReadAt(behind, size); err != nil {
		return m, 0, fmt.Errorf("读不到升级文件：%w", err)
	}
	if !signedBy(trusted, behind[:length], behind[length:]) {
		return m, 0, ErrForeign
	}
	if err := json.Unmarshal(behind[:length], &m); err != nil || m.Product != product || !plainVersion.MatchString(m.Version) {
		return m, 0, ErrBroken
	}
	return m, size, nil
}

func signedBy(trusted []string, text, signature []byte) bool {
	for _, t := range trusted {
		key, err := base64.StdEncoding.DecodeString(t)
		if err == nil && len(key) == ed25519.PublicKeySize && ed25519.Verify(key, text, signature) {
			return true
		}
	}
	return false
}

func (m Manifest) here() (Part, error) {
	for _, p := range m.Files {
		if p.System == runtime.GOOS && p.Machine == runtime.GOARCH {
			return p, nil
		}
	}
	return Part{}, fmt.Errorf("%w，本机要 %s/%s 的", ErrMachine, runtime.GOOS, runtime.GOARCH)
}

// ReadKey reads a private key as openssl writes it (PKCS #8, PEM).
func ReadKey(data []byte) (ed25519.PrivateKey, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("this is no PEM file")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("reading the key: %w", err)
	}
	private, ok := key.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New("this is no Ed25519 key")
	}
	return private, nil
}

// Public is how a public key is given to a program.
func Public(key ed25519.PrivateKey) string {
	return base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
}
