package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

const (
	stopPatience = 15 * time.Second
	tailLines    = 20
)

// child is one of the three programs, running as a process of its own.
type child struct {
	program string
	logPath string
	process *os.Process
	// done is closed when the process is gone; only then may state be read.
	done  chan struct{}
	state *os.ProcessState
	// stdin is held open, never written to: its end tells the child that we are gone.
	stdin io.WriteCloser
}

// startChild runs this same executable as `program`. The child
// inherits `lock`, so that the data folder stays taken until the last of them is gone, and has a
// process group of its own, so that Ctrl-C reaches only us and we can stop them in order.
func startChild(dir dataDir, lock *os.File, program string, flags []string) (*child, error) {
	executable, err := os.Executable()
	if err != nil {
		return nil, err
	}
	log, err := os.OpenFile(dir.log(program), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	command := exec.Command(executable, append([]string{program}, flags...)...)
	command.Stdout, command.Stderr = log, log
	command.ExtraFiles = []*os.File{lock}
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	stdin, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	c := &child{program: program, logPath: log.Name(), process: command.Process, done: make(chan struct{}), stdin: stdin}
	go func() {
		_ = command.Wait()
		c.state = command.ProcessState
		close(c.done)
	}()
	return c, nil
}

// stop asks the child to end, and makes it end if it takes too long.
func (c *child) stop() {
	_ = c.process.Signal(syscall.SIGTERM)
	select {
	case <-c.done:
		return
	case <-time.After(stopPatience):
	}
	fmt.Fprintf(os.Stderr, "controlplane: %s did not end in %s, killing it\n", c.program, stopPatience)
	_ = c.process.Kill()
	<-c.done
}

// death tells, once the child is gone, how it ended and what it said last.
func (c *child) death() error {
	content, err := os.ReadFile(c.logPath)
	if err != nil {
		content = []byte(err.Error())
	}
	lines := bytes.Split(bytes.TrimSpace(content), []byte("\n"))
	tail := bytes.Join(lines[max(0, len(lines)-tailLines):], []byte("\n"))
	return fmt.Errorf("%s ended (%s); its log %s ends with\n%s", c.program, c.state, c.logPath, tail)
}
