package main

import (
	"fmt"
	"os/exec"
	"syscall"
	"time"
)

// browserPatience is how long xdg-open may take to say that there is no browser. One
// that it had to start itself may run as long as the person likes.
const browserPatience = 3 * time.Second

// openBrowser opens an address in the person's browser, which outlives this program.
// The address is in the browser's arguments, as that of each link that is clicked.
func openBrowser(address string) error {
	// #nosec G204 -- an address that this program made, as one argument
	cmd := exec.Command("xdg-open", address)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // a terminal's end is not its end
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("open a browser: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("open a browser: %w", err)
		}
	case <-time.After(browserPatience):
	}
	return nil
}
