// Package testing stands in for k8s.io/kubernetes/cmd/kube-apiserver/app/testing: its servers are clusters of Islet.
package testing

import (
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"islet.test/cluster"

	clientv3 "go.etcd.io/etcd/client/v3"
	"k8s.io/apiserver/pkg/storage/storagebackend"
	"k8s.io/apiserver/pkg/storageversion"
	"k8s.io/client-go/rest"
	"k8s.io/kubernetes/cmd/kube-apiserver/app/options"
	"k8s.io/kubernetes/test/utils/ktesting"
)

type TearDownFunc func()

type TestServerInstanceOptions struct {
	SkipHealthzCheck       bool
	EnableCertAuth         bool
	StorageVersionWrapFunc func(storageversion.Manager) storageversion.Manager
	ProxyCA                *ProxyCA
	BinaryVersion          string
	RequestTimeout         time.Duration
}

type TestServer struct {
	ClientConfig      *rest.Config
	ServerOpts        *options.ServerRunOptions
	TearDownFn        TearDownFunc
	TmpDir            string
	EtcdClient        *clientv3.Client
	EtcdStoragePrefix string
}

type ProxyCA struct {
	ProxySigningCert *x509.Certificate
	ProxySigningKey  *rsa.PrivateKey
}

func NewDefaultTestServerOptions() *TestServerInstanceOptions {
	return &TestServerInstanceOptions{EnableCertAuth: true}
}

// StartTestServer skips the test where a flag asks for another server.
func StartTestServer(t ktesting.TB, _ *TestServerInstanceOptions, flags []string, _ *storagebackend.Config) (result TestServer, err error) {
	if flag := cluster.Unsupported(flags); flag != "" {
		t.Skip("flag " + flag)
	}
	made, err := cluster.Start()
	if err != nil {
		return result, err
	}
	result.TmpDir, err = os.MkdirTemp("", "islet-integration")
	if err != nil {
		return result, err
	}
	result.ClientConfig = made.Config(filepath.Join(result.TmpDir, "apiserver.crt"), false)
	result.ServerOpts = options.NewServerRunOptions()
	result.ServerOpts.SecureServing.ServerCert.CertDirectory = result.TmpDir
	result.TearDownFn = func() {
		made.Stop()
		os.RemoveAll(result.TmpDir)
	}
	return result, nil
}

func StartTestServerOrDie(t testing.TB, instance *TestServerInstanceOptions, flags []string, storage *storagebackend.Config) *TestServer {
	result, err := StartTestServer(t, instance, flags, storage)
	if err != nil {
		t.Fatalf("failed to launch server: %v", err)
	}
	return &result
}

func GetEtcdClients(storagebackend.TransportConfig) (*clientv3.Client, clientv3.KV, error) {
	return nil, nil, errors.New("a cluster of Islet has no etcd")
}
