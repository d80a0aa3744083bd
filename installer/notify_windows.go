package installer

import "context"

// Notify does nothing here: the service control manager is told by Run.
func Notify(string) error { return nil }

// Watch does nothing here: the service control manager has no watchdog.
func Watch(context.Context, func(context.Context) bool) {}
