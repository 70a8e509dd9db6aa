// Package framework has in place of upstream's files of these names those that start clusters of Islet.
package framework

import (
	"context"
	"path/filepath"
	"testing"

	"islet.test/cluster"

	client "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
	"k8s.io/kubernetes/pkg/controlplane"
)

// TestServerSetup changes a server of upstream's, and none of Islet's.
type TestServerSetup struct {
	ModifyServerRunOptions func(*options.ServerRunOptions)
	ModifyServerConfig     func(*controlplane.Config)
}

type TearDownFunc func()

func StartTestServer(_ context.Context, t testing.TB, _ TestServerSetup) (client.Interface, *rest.Config, TearDownFunc) {
	made, err := cluster.Start()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	config := made.Config(filepath.Join(dir, "apiserver.crt"), false)
	clients, err := client.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	return clients, config, made.Stop
}
