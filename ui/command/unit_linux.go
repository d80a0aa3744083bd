package command

import (
	"fmt"

	"jiezhen/installer"
)

// printUnit shows the systemd unit that installing would write.
func (c *caller) printUnit() error {
	fmt.Fprint(c.env.Out, installer.Unit(installer.Here(), installer.SystemdVersion()))
	return nil
}
