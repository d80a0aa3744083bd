package command

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"jiezhen/app"
	"jiezhen/app/access"
)

// receiver opens the network way in for offices, if it was asked for, and
// gives its address.
func (c *caller) receiver(ctx context.Context, house *app.House) (string, error) {
	if c.opt.receive == "" {
		return "", nil
	}
	if !c.config(false).District {
		return "", errUsage{"--receive 只用于区里的接收端：jiezhen district --receive 地址:端口"}
	}
	// the office may be set up or reopened later: the certificate and the desk
	// are asked for at every turn
	cfg := &tls.Config{MinVersion: tls.VersionTLS13, GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		office := house.Office()
		if office == nil || office.District == nil {
			return nil, errors.New("the district is not open")
		}
		cert, _, err := office.District.TLS(hello.Context())
		return &cert, err
	}}
	l, err := tls.Listen("tcp", c.opt.receive, cfg)
	if err != nil {
		return "", fmt.Errorf("地址 %s 用不了：%w", c.opt.receive, err)
	}
	server := &http.Server{ReadHeaderTimeout: 20 * time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelWarn),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			office := house.Office()
			if office == nil || office.District == nil {
				http.Error(w, "closed", http.StatusServiceUnavailable)
				return
			}
			office.District.Handler().ServeHTTP(w, r)
		})}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	go func() { _ = server.Serve(l) }() // ends with the context
	c.say("从网络收取：https://%s", l.Addr())
	return "https://" + l.Addr().String(), nil
}

// districtReceive takes in the bundles of a folder.
func (c *caller) districtReceive(ctx context.Context, dir string) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return fmt.Errorf("finding the folder: %w", err)
	}
	if _, err := os.Stat(abs); err != nil {
		return fmt.Errorf("找不到 %s：%w", abs, err)
	}
	req := request{Op: "district receive", Args: []string{abs}}
	_, asked, err := ask(ctx, c.opt.data, req, c.env.Out)
	if !asked && err == nil {
		c.district = true
		_, err = c.alone(ctx, req)
	}
	return err
}

func receiveFolder(ctx context.Context, office *app.Office, dir string, say func(string)) error {
	if office.District == nil {
		return errors.New("这里不是区里的接收端")
	}
	list, err := office.District.ReceiveFolder(ctx, access.Office(), dir, nil)
	bad := 0
	for _, t := range list {
		switch {
		case t.Aside != nil:
			bad++
			say(fmt.Sprintf("没有收　%s：%s。%s", t.Name, t.Aside.Why, t.Aside.Do))
		case t.Again:
			say(fmt.Sprintf("收过了　%s", t.Name))
		default:
			say(fmt.Sprintf("已收　　%s（%s 第 %d 号）", t.Name, t.Receipt.Name, t.Receipt.Sequence))
		}
	}
	if err == nil && bad > 0 {
		err = fmt.Errorf("%d 个没有收进来，已放隔离区", bad)
	}
	return err
}
