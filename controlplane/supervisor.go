package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"
)

const startPatience = 3 * time.Minute

// supervisor runs the three programs. The death of any of them ends the whole.
type supervisor struct {
	dir      dataDir
	lock     *os.File
	end      context.CancelCauseFunc
	children []*child
}

// run starts the programs in order, each when the one before it answers, says so once all work
// together, and returns the reason for which the whole is to end. It stops nothing.
func (s *supervisor) run(ctx context.Context, server endpoint) error {
	starting, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	steps := []struct {
		program string
		flags   []string
		ready   func(context.Context, dataDir) error
	}{
		{etcdProgram, etcdFlags(s.dir), etcdReady},
		{apiserverProgram, apiserverFlags(s.dir, server.port), apiserverReady},
		{controllerManagerProgram, controllerManagerFlags(s.dir), controllersReady},
	}
	for _, step := range steps {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := s.start(step.program, step.flags); err != nil {
			return fmt.Errorf("start %s: %w", step.program, err)
		}
		if err := step.ready(starting, s.dir); err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return fmt.Errorf("%s is not ready after %s (log %s): %w", step.program, startPatience, s.dir.log(step.program), err)
		}
	}
	fmt.Printf("ready %s kubeconfig %s\n", server.url, s.dir.adminKubeconfig())
	<-ctx.Done()
	return context.Cause(ctx)
}

func (s *supervisor) start(program string, flags []string) error {
	c, err := startChild(s.dir, s.lock, program, flags)
	if err != nil {
		return err
	}
	s.children = append(s.children, c)
	go func() {
		<-c.done
		s.end(c.death())
	}()
	return nil
}

// stop ends the programs, the last started first: none loses its server before it is gone itself.
func (s *supervisor) stop() {
	for _, c := range slices.Backward(s.children) {
		c.stop()
	}
}
