package main

import "strconv"

const (
	loopback  = "127.0.0.1"
	serviceIP = "10.0.0.1" // first of the service range: the API server's address inside a cluster

	// etcd listens on sockets in a folder that only its owner can enter, and on nothing else.
	// Relative to the programs' working folder, because a socket's path may not exceed 104 bytes.
	etcdClientSocket = "client.sock"
	etcdClientURL    = "unix://" + etcdClientSocket
	etcdPeerURL      = "unix://peer.sock"
)

// etcdFlags: without fsync a power cut may lose data, which a test control plane can afford; the
// death of the process alone loses nothing.
func etcdFlags(dir dataDir) []string {
	return []string{
		"--name=daypass",
		"--data-dir=" + dir.path("etcd", "data"),
		"--listen-client-urls=" + etcdClientURL,
		"--advertise-client-urls=" + etcdClientURL,
		"--listen-peer-urls=" + etcdPeerURL,
		"--initial-advertise-peer-urls=" + etcdPeerURL,
		"--initial-cluster=daypass=" + etcdPeerURL,
		"--unsafe-no-fsync",
	}
}

// apiserverFlags: the ServiceAccount admission plugin is off because it refuses pods until the
// namespace's default service account exists, a race that no test here is about.
func apiserverFlags(dir dataDir, port int) []string {
	return []string{
		"--etcd-servers=" + etcdClientURL,
		"--bind-address=" + loopback,
		"--advertise-address=" + loopback,
		"--secure-port=" + strconv.Itoa(port),
		"--tls-cert-file=" + dir.path("pki", "apiserver.crt"),
		"--tls-private-key-file=" + dir.path("pki", "apiserver.key"),
		"--client-ca-file=" + dir.path("pki", "ca.crt"),
		"--authorization-mode=RBAC",
		"--service-account-issuer=https://kubernetes.default.svc",
		"--service-account-key-file=" + dir.path("pki", "service-account.key"),
		"--service-account-signing-key-file=" + dir.path("pki", "service-account.key"),
		"--service-cluster-ip-range=10.0.0.0/24",
		"--disable-admission-plugins=ServiceAccount",
		"--endpoint-reconciler-type=none",
		"--audit-policy-file=" + dir.auditPolicy(),
		"--audit-log-path=" + dir.path("logs", "audit.log"),
		"--profiling=false",
	}
}

// controllerManagerFlags: each controller under its own service account, as policies that name
// those accounts require; no port of its own.
func controllerManagerFlags(dir dataDir) []string {
	return []string{
		"--kubeconfig=" + dir.path("pki", "controller-manager.kubeconfig"),
		"--controllers=namespace-controller,garbage-collector-controller,serviceaccount-controller," +
			"clusterrole-aggregation-controller,resourcequota-controller,job-controller,ttl-after-finished-controller",
		"--use-service-account-credentials=true",
		"--leader-elect=false",
		"--secure-port=0",
		"--profiling=false",
	}
}

const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules: [{level: Metadata}]
`
