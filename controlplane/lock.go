package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// lockPatience covers the moment in which the processes of a killed control plane are still ending.
const lockPatience = 3 * time.Second

// lock makes this data folder ours for as long as the returned file, or a process that inherited
// it, is alive: the kernel gives the lock back however they die.
func lock(dir dataDir) (*os.File, error) {
	file, err := os.OpenFile(dir.path("lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for deadline := time.Now().Add(lockPatience); ; time.Sleep(50 * time.Millisecond) {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return file, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock %s: %w", file.Name(), err)
		}
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("another control plane runs on the data folder %s", dir)
		}
	}
}
