package framework

import (
	"errors"
	"os"
	"testing"

	"k8s.io/klog/v2"
)

// EtcdMain starts no etcd: a cluster of Islet has its own store.
func EtcdMain(tests func() int) { os.Exit(tests()) }

func GetEtcdURL() string { return "http://127.0.0.1:1" }

func StartEtcd(klog.Logger, testing.TB, bool) {}

func RunCustomEtcd(klog.Logger, string, []string) (string, func(), error) {
	return "", nil, errors.New("a cluster of Islet has no etcd")
}
