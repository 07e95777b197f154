package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"
)

// user writes DIR/users/NAME.kubeconfig for a user of that name in those groups, and prints its
// path. It works whether the control plane runs or not, once it has been started.
func user(args []string) error {
	flags := pflag.NewFlagSet("user", pflag.ContinueOnError)
	groups := flags.StringArray("group", nil, "a group the user is in; may be given more than once")
	dataDir := dataDirFlag(flags)
	if err := flags.Parse(args); err != nil {
		return usageError(err.Error())
	}
	dir, err := dataDir()
	if err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return usageError(fmt.Sprintf("user takes one NAME, got %q", flags.Args()))
	}
	name := flags.Arg(0)
	file, err := userFileName(name)
	if err != nil {
		return err
	}
	ca, err := loadAuthority(dir)
	if err != nil {
		return err
	}
	server, err := serverOf(dir.adminKubeconfig())
	if err != nil {
		return err
	}
	path := dir.path("users", file)
	if err := issueKubeconfig(path, server, ca, name, *groups...); err != nil {
		return err
	}
	fmt.Println(path)
	return nil
}

// userFileName keeps letters, digits and "@._-" and writes every other byte as %XX, so that no two
// users share a file. A colon must go: KUBECONFIG takes it for the end of a path.
func userFileName(name string) (string, error) {
	if name == "" {
		return "", fmt.Errorf("the user's NAME is empty")
	}
	if strings.Contains(name, "/") {
		return "", fmt.Errorf("the user's NAME %q holds a slash; it names a file", name)
	}
	var file strings.Builder
	for _, c := range []byte(name) {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("@._-", c) >= 0 {
			file.WriteByte(c)
		} else {
			fmt.Fprintf(&file, "%%%02X", c)
		}
	}
	return file.String() + ".kubeconfig", nil
}
