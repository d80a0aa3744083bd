package command

// printUnit has nothing to show: there is no systemd here.
func (c *caller) printUnit() error { return errUsage{"--print-unit 只用于 Linux"} }
