package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"
)

// up runs a control plane until it is told to end: by a signal, or by the end of its standard
// input where that is a pipe. It prints one line, once everything is ready.
func up(args []string) error {
	flags := pflag.NewFlagSet("up", pflag.ContinueOnError)
	port := flags.Int("port", 0, "port of the API server (default: the one used before on this folder, else a free one)")
	dataDir := dataDirFlag(flags)
	if err := flags.Parse(args); err != nil {
		return usageError(err.Error())
	}
	if flags.NArg() > 0 {
		return usageError(fmt.Sprintf("up takes no arguments, got %q", flags.Args()))
	}
	dir, err := dataDir()
	if err != nil {
		return err
	}
	ctx, end := context.WithCancelCause(context.Background())
	onStdinEOF(func() { end(errAsked) })
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		<-signals
		end(errAsked)
	}()

	if err := dir.create(); err != nil {
		return err
	}
	if err := os.Chdir(dir.path("etcd")); err != nil { // etcd's sockets are named relative to it
		return err
	}
	held, err := lock(dir)
	if err != nil {
		return err
	}
	server, err := prepare(dir, *port)
	if err != nil {
		return err
	}
	s := &supervisor{dir: dir, lock: held, end: end}
	err = s.run(ctx, server)
	if s.stop(); errors.Is(err, errAsked) {
		return nil
	}
	return err
}

// errAsked ends a control plane without fault.
var errAsked = errors.New("asked to end")
