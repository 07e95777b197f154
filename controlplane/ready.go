package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

const pollEvery = 50 * time.Millisecond

// etcdReady waits until etcd accepts connections.
func etcdReady(ctx context.Context, _ dataDir) error {
	return poll(ctx, func() error {
		connection, err := net.Dial("unix", etcdClientSocket)
		if err != nil {
			return err
		}
		return connection.Close()
	})
}

// apiserverReady waits for /readyz, of which the roles that RBAC starts with are a part.
func apiserverReady(ctx context.Context, dir dataDir) error {
	client, err := adminClient(dir)
	if err != nil {
		return err
	}
	return poll(ctx, func() error {
		return client.RESTClient().Get().AbsPath("/readyz").Do(ctx).Error()
	})
}

// adminClient is a client without limits on its rate: it polls.
func adminClient(dir dataDir) (*kubernetes.Clientset, error) {
	config, err := clientcmd.BuildConfigFromFlags("", dir.adminKubeconfig())
	if err != nil {
		return nil, err
	}
	config.QPS = -1
	return kubernetes.NewForConfig(config)
}

// poll tries until it succeeds; when there is no time left it returns the last failure.
func poll(ctx context.Context, try func() error) error {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", context.Cause(ctx), err)
		case <-ticker.C:
		}
	}
}
