package main

import (
	"errors"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/tc-hib/winres"
	"github.com/tc-hib/winres/version"
)

// chinese is the language of the resources (zh-CN).
const chinese = 0x0804

// resources writes what Windows reads of a program (icon, version, manifest)
// beside the main package, where the compiler takes it up, and gives its name.
func (j job) resources() (path string, err error) {
	var set winres.ResourceSet
	var sizes []image.Image
	for _, size := range []int{256, 64, 48, 32, 24, 16} {
		img, err := icon(size)
		if err != nil {
			return "", err
		}
		sizes = append(sizes, img)
	}
	art, err := winres.NewIconFromImages(sizes)
	if err != nil {
		return "", fmt.Errorf("making the icon: %w", err)
	}
	if err := set.SetIcon(winres.Name("APPICON"), art); err != nil {
		return "", fmt.Errorf("making the icon: %w", err)
	}
	set.SetManifest(winres.AppManifest{Description: "街镇通", Compatibility: winres.Win10AndAbove, ExecutionLevel: winres.AsInvoker, LongPathAware: true})
	set.SetVersionInfo(j.versionInfo())
	module, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("finding the module: %w", err)
	}
	path = filepath.Join(filepath.Dir(strings.TrimSpace(string(module))), "rsrc_windows_amd64.syso")
	f, err := os.Create(path)
	if err != nil {
		return "", fmt.Errorf("writing the resources: %w", err)
	}
	if err := errors.Join(set.WriteObject(f, winres.ArchAMD64), f.Close()); err != nil {
		return "", fmt.Errorf("writing the resources: %w", err)
	}
	return path, nil
}

func (j job) versionInfo() version.Info {
	var v version.Info
	v.SetFileVersion(j.version)
	v.SetProductVersion(j.version)
	for name, text := range map[string]string{version.ProductName: "街镇通", version.FileDescription: "街镇通（街道、乡镇办事处工作台）",
		version.FileVersion: j.version, version.ProductVersion: j.version, version.InternalName: "jiezhen", version.OriginalFilename: "jiezhen.exe", version.CompanyName: "街镇通"} {
		_ = v.Set(chinese, name, text) // names of this package's own are never refused
	}
	return v
}
