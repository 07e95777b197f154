package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/url"
	"strconv"
)

// Free ports are taken from below the ranges that Linux and macOS give to outgoing connections: a
// client that keeps dialling a server which is down can otherwise be given the server's own port,
// connect to itself, and keep the server from coming back.
const (
	firstFreePort = 20000
	freePorts     = 10000
)

// choosePort returns the one asked for, else the one this data folder had before, else a free one.
func choosePort(dir dataDir, asked int) (int, error) {
	if asked != 0 {
		return asked, checkPort(asked)
	}
	kept, err := keptPort(dir)
	if err == nil {
		return kept, checkPort(kept)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	for range 100 {
		port := firstFreePort + rand.IntN(freePorts)
		if err = checkPort(port); err == nil {
			return port, nil
		}
	}
	return 0, err
}

func keptPort(dir dataDir) (int, error) {
	server, err := serverOf(dir.adminKubeconfig())
	if err != nil {
		return 0, err
	}
	address, err := url.Parse(server)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(address.Port())
}

func checkPort(port int) error {
	if port < 1 || port > 65535 {
		return fmt.Errorf("--port is 1 to 65535, got %d", port)
	}
	listener, err := net.Listen("tcp", net.JoinHostPort(loopback, strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("port %d cannot be used (--port gives another): %w", port, err)
	}
	return listener.Close()
}
