// Programs written with client-go, on a cluster. It prints one line a check, and ends at the first that fails.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

const namespace = "go-client"

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Second)
	defer cancel()
	config, err := clientcmd.BuildConfigFromFlags("", os.Args[1])
	exitOn("kubeconfig", err)
	config.QPS, config.Burst = 1000, 1000
	checks := []struct {
		name string
		run  func(context.Context, *rest.Config) error
	}{
		{"typed objects as JSON", typed("application/json")},
		{"typed objects as protobuf", typed("application/vnd.kubernetes.protobuf,application/json")},
		{"typed objects as protobuf and nothing else", typed("application/vnd.kubernetes.protobuf")},
		{"shared informers in protobuf", inProtobuf(sharedInformers)},
		{"leader election in protobuf", inProtobuf(leaders)},
		{"pages of a list", pages},
		{"shared informers", sharedInformers},
		{"a dynamic client and a REST mapper", dynamicClient},
		{"metadata only", metadataOnly},
		{"tables", tables},
		{"discovery kept on disk", discoveryCache},
		{"leader election with a lease", leaders},
		{"updates that conflict", conflicts},
		{"errors that are told apart", knownErrors},
		{"errors that are told apart in protobuf", inProtobuf(knownErrors)},
	}
	for _, check := range checks {
		started := time.Now()
		exitOn(check.name, check.run(ctx, rest.CopyConfig(config)))
		fmt.Printf("ok %s (%d ms)\n", check.name, time.Since(started).Milliseconds())
	}
}

// The content type of upstream's own components.
func inProtobuf(check func(context.Context, *rest.Config) error) func(context.Context, *rest.Config) error {
	return func(ctx context.Context, config *rest.Config) error {
		config.ContentType = "application/vnd.kubernetes.protobuf"
		config.AcceptContentTypes = config.ContentType
		return check(ctx, config)
	}
}

func exitOn(what string, err error) {
	if err != nil {
		fmt.Printf("failed %s: %v\n", what, err)
		os.Exit(1)
	}
}

func eventually(ctx context.Context, done func() bool) error {
	return wait.PollUntilContextTimeout(ctx, 50*time.Millisecond, 20*time.Second, true, func(context.Context) (bool, error) {
		return done(), nil
	})
}
