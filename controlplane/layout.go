package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"
)

// dataDir is the folder of one control plane; everything it keeps is in there.
type dataDir string

// dataDirFlag adds --data-dir to a command; the function it returns reads the flag after parsing.
func dataDirFlag(flags *pflag.FlagSet) func() (dataDir, error) {
	path := flags.String("data-dir", "", "folder that holds everything the control plane keeps")
	return func() (dataDir, error) {
		if *path == "" {
			return "", usageError("--data-dir is required")
		}
		absolute, err := filepath.Abs(*path)
		return dataDir(absolute), err
	}
}

func (d dataDir) path(elements ...string) string {
	return filepath.Join(append([]string{string(d)}, elements...)...)
}

func (d dataDir) adminKubeconfig() string { return d.path("admin.kubeconfig") }
func (d dataDir) auditPolicy() string     { return d.path("audit-policy.yaml") }
func (d dataDir) log(program string) string {
	return d.path("logs", program+".log")
}

// create makes the folders. All but the top are closed to other users: who can open etcd's socket
// or read a key owns the cluster.
func (d dataDir) create() error {
	var errs []error
	for _, folder := range []string{"", "etcd", "logs", "pki", "users"} {
		errs = append(errs, os.MkdirAll(d.path(folder), 0o700))
		if folder != "" {
			errs = append(errs, os.Chmod(d.path(folder), 0o700))
		}
	}
	return errors.Join(errs...)
}

// writeFile replaces a file in one step: a reader, or a crash, sees the old content or the new.
func writeFile(path string, content []byte) error {
	temporary, err := os.CreateTemp(filepath.Dir(path), ".new-") // mode 0600
	if err != nil {
		return err
	}
	_, err = temporary.Write(content)
	if err = errors.Join(err, temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
	}
	return err
}
