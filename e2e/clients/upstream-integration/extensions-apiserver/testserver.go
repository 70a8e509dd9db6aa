// Package testing stands in for k8s.io/apiextensions-apiserver/pkg/cmd/server/testing: its servers are clusters of Islet.
package testing

import (
	"os"
	"path/filepath"

	"islet.test/cluster"

	extensionsapiserver "k8s.io/apiextensions-apiserver/pkg/apiserver"
	"k8s.io/apiextensions-apiserver/pkg/cmd/server/options"
	"k8s.io/apiserver/pkg/storage/storagebackend"
	"k8s.io/client-go/rest"
)

type TearDownFunc func()

type TestServerInstanceOptions struct{}

type TestServer struct {
	ClientConfig    *rest.Config
	ServerOpts      *options.CustomResourceDefinitionsServerOptions
	TearDownFn      TearDownFunc
	TmpDir          string
	CompletedConfig extensionsapiserver.CompletedConfig
}

type Logger interface {
	Errorf(format string, args ...interface{})
	Fatalf(format string, args ...interface{})
	Logf(format string, args ...interface{})
}

func NewDefaultTestServerOptions() *TestServerInstanceOptions { return &TestServerInstanceOptions{} }

func StartTestServer(_ Logger, _ *TestServerInstanceOptions, _ []string, _ *storagebackend.Config) (result TestServer, err error) {
	made, err := cluster.Start()
	if err != nil {
		return result, err
	}
	result.TmpDir, err = os.MkdirTemp("", "islet-integration")
	if err != nil {
		return result, err
	}
	result.ClientConfig = made.Config(filepath.Join(result.TmpDir, "apiserver.crt"), true)
	result.ServerOpts = options.NewCustomResourceDefinitionsServerOptions(os.Stdout, os.Stderr)
	result.TearDownFn = func() {
		made.Stop()
		os.RemoveAll(result.TmpDir)
	}
	return result, nil
}

func StartTestServerOrDie(t Logger, instance *TestServerInstanceOptions, flags []string, storage *storagebackend.Config) *TestServer {
	result, err := StartTestServer(t, instance, flags, storage)
	if err != nil {
		t.Fatalf("failed to launch server: %v", err)
	}
	return &result
}
