package command

import (
	"context"
	"errors"

	"jiezhen/installer"
)

// installation is the installer for this PC.
func (c *caller) installation() (*installer.Installer, installer.Places, error) {
	here := installer.Here()
	exe, err := program()
	if err != nil {
		return nil, here, err
	}
	manager, err := installer.FindManager()
	if err != nil {
		return nil, here, err
	}
	return installer.New(installer.Config{Places: here, Manager: manager, Version: c.env.Version, Exe: exe, Trusted: installer.TrustedKeys(), Clock: c.env.Clock, Out: c.env.Out, Log: c.log()}), here, nil
}

// manage carries out what concerns the service.
func (c *caller) manage(ctx context.Context, name string) error {
	if len(c.args) > 0 {
		return errUsage{"命令 " + name + " 后面不带别的内容"}
	}
	switch {
	case name == "service":
		return c.service(ctx)
	case name == "open":
		return c.show(ctx)
	case name == "install" && c.opt.printUnit:
		return c.printUnit()
	}
	i, here, err := c.installation()
	if err != nil {
		return err
	}
	switch name {
	case "install":
		return c.install(ctx, i, here)
	case "uninstall":
		return c.uninstall(ctx, i, here)
	case "start":
		err = i.Start(ctx)
	case "stop":
		err = i.Stop(ctx)
	case "restart":
		err = i.Restart(ctx)
	case "status":
		return c.status(ctx, i)
	}
	if err == nil {
		c.say("%s", map[string]string{"start": "街镇通已启动。", "stop": "街镇通已停止。", "restart": "街镇通已重新启动。"}[name])
	}
	return err
}

func (c *caller) install(ctx context.Context, i *installer.Installer, here installer.Places) error {
	if !installer.Admin() && installer.CanElevate() {
		return installer.Elevate("install")
	}
	err := i.Install(ctx)
	if errors.Is(err, installer.ErrNewer) {
		exe, findErr := program()
		if findErr != nil {
			return findErr
		}
		c.say("%v，开始升级。", err)
		return errors.Join(c.upgrade(ctx, i, here, exe), installer.Hold(c.env.Out, c.env.In))
	}
	if err != nil {
		return errors.Join(err, installer.Hold(c.env.Out, c.env.In))
	}
	c.say("装好了。数据在 %s，随电脑启动。", here.Data)
	c.opt.data = here.Data
	return errors.Join(c.show(ctx), installer.Hold(c.env.Out, c.env.In))
}

func (c *caller) uninstall(ctx context.Context, i *installer.Installer, here installer.Places) error {
	if !installer.Admin() && installer.CanElevate() {
		return installer.Elevate("uninstall")
	}
	if err := i.Uninstall(ctx); err != nil {
		return err
	}
	c.say("已卸下。数据和密钥没有删除，仍在 %s；再次安装后照常使用。", here.Home)
	if exists(here.Secret) {
		c.say("服务的密钥在 %s，删掉它就只能用恢复密钥打开数据。", here.Secret)
	}
	return nil
}

func (c *caller) status(ctx context.Context, i *installer.Installer) error {
	lines, err := i.Status(ctx)
	for _, l := range lines {
		c.say("%s", l)
	}
	return err
}
