package main

import (
	"io"
	"os"
)

// onStdinEOF calls end once standard input, if it is a pipe or a socket, has ended. Whoever holds
// the other end is the parent, and the kernel closes it on any death of a parent, kill -9
// included: no process outlives the one that wanted it. Terminals and /dev/null are left alone.
func onStdinEOF(end func()) {
	info, err := os.Stdin.Stat()
	if err != nil || info.Mode()&(os.ModeNamedPipe|os.ModeSocket) == 0 {
		return
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		end()
	}()
}
