// Command controlplane is a Kubernetes control plane in one program, for tests and for trying
// Daypass out: etcd, kube-apiserver and kube-controller-manager as they are released, each a
// sub-command, a supervisor that runs the three on loopback, and kubectl.
package main

import (
	"fmt"
	"os"
	"strings"
)

const usage = `usage:
  controlplane [up] --data-dir DIR [--port N]
  controlplane user NAME [--group GROUP]... --data-dir DIR
  controlplane etcd | kube-apiserver | kube-controller-manager [FLAGS]
  controlplane kubectl [ARGUMENTS]
`

func main() {
	command, args := "up", os.Args[1:]
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		command, args = args[0], args[1:]
	}
	if run, ok := programs[command]; ok {
		onStdinEOF(func() { os.Exit(1) })
		run(args)
		return
	}
	var err error
	switch command {
	case "up":
		err = up(args)
	case "user":
		err = user(args)
	case "kubectl":
		kubectl(args)
	default:
		err = usageError(fmt.Sprintf("no command %q", command))
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "controlplane: %v\n", err)
		os.Exit(1)
	}
}

func usageError(message string) error {
	return fmt.Errorf("%s\n%s", message, strings.TrimSuffix(usage, "\n"))
}
