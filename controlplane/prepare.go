package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// endpoint is where the API server listens.
type endpoint struct {
	port int
	url  string
}

// prepare writes every file the programs need. The authority and the key that signs service
// account tokens are kept from start to start, so what was issued stays valid; the rest is new.
func prepare(dir dataDir, askedPort int) (endpoint, error) {
	port, err := choosePort(dir, askedPort)
	if err != nil {
		return endpoint{}, err
	}
	ca, err := ensureAuthority(dir)
	if err != nil {
		return endpoint{}, err
	}
	serving, err := ca.server()
	if err != nil {
		return endpoint{}, err
	}
	url := fmt.Sprintf("https://%s:%d", loopback, port)
	return endpoint{port, url}, errors.Join(
		writeFile(dir.path("pki", "apiserver.crt"), serving.cert),
		writeFile(dir.path("pki", "apiserver.key"), serving.key),
		ensureTokenKey(dir.path("pki", "service-account.key")),
		writeFile(dir.auditPolicy(), []byte(auditPolicy)),
		issueKubeconfig(dir.path("pki", "controller-manager.kubeconfig"), url, ca, "system:kube-controller-manager"),
		issueKubeconfig(dir.adminKubeconfig(), url, ca, "admin", "system:masters"),
	)
}

func ensureTokenKey(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_, keyPEM, err := newKey()
	if err != nil {
		return err
	}
	return writeFile(path, keyPEM)
}
