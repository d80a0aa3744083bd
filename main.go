// Command jiezhen runs 街镇通, the workbench of a street or town office.
package main

import (
	"os"
	"time"

	"jiezhen/assets"
	"jiezhen/ui/command"
)

// version is set at build time.
var version = "开发版"

func main() {
	os.Exit(command.Run(command.Env{Args: os.Args[1:], In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Assets: assets.FS(),
		Clock: time.Now, Getenv: os.Getenv, Version: version}))
}
