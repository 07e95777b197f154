package main

import (
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// writeKubeconfig writes a file with which its holder is `who` at `server`, certificates embedded.
func writeKubeconfig(path, server string, ca *authority, name string, who identity) error {
	config := api.NewConfig()
	config.Clusters["daypass"] = &api.Cluster{Server: server, CertificateAuthorityData: ca.certPEM}
	config.AuthInfos[name] = &api.AuthInfo{ClientCertificateData: who.cert, ClientKeyData: who.key}
	config.Contexts[name] = &api.Context{Cluster: "daypass", AuthInfo: name}
	config.CurrentContext = name
	content, err := clientcmd.Write(*config)
	if err != nil {
		return err
	}
	return writeFile(path, content)
}

// issueKubeconfig is writeKubeconfig for a new certificate of that user.
func issueKubeconfig(path, server string, ca *authority, name string, groups ...string) error {
	who, err := ca.client(name, groups)
	if err != nil {
		return err
	}
	return writeKubeconfig(path, server, ca, name, who)
}

// serverOf reads the address a kubeconfig's current context points at.
func serverOf(path string) (string, error) {
	config, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		return "", err
	}
	return config.Host, nil
}
