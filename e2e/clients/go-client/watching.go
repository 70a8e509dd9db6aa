package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

func sharedInformers(ctx context.Context, config *rest.Config) error {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	factory := informers.NewSharedInformerFactoryWithOptions(client, 0, informers.WithNamespace(namespace))
	defer factory.Shutdown()
	defer stop()
	changes := make(chan string, 1000)
	lister := factory.Apps().V1().Deployments().Lister()
	_, err = factory.Apps().V1().Deployments().Informer().AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { changes <- "add" },
		UpdateFunc: func(any, any) { changes <- "update" },
		DeleteFunc: func(any) { changes <- "delete" },
	})
	if err != nil {
		return err
	}
	pods := factory.Core().V1().Pods().Lister()
	factory.Core().V1().Nodes().Informer()
	factory.Start(ctx.Done())
	for kind, synced := range factory.WaitForCacheSync(ctx.Done()) {
		if !synced {
			return fmt.Errorf("%v did not sync", kind)
		}
	}
	if _, err := client.AppsV1().Deployments(namespace).Create(ctx, deployment("informed", 3), metav1.CreateOptions{}); err != nil {
		return err
	}
	match := labels.SelectorFromSet(labels.Set{"app": "informed"})
	if err := eventually(ctx, func() bool {
		found, _ := pods.List(match)
		seen, err := lister.Deployments(namespace).Get("informed")
		return err == nil && seen.Status.AvailableReplicas == 3 && len(found) == 3
	}); err != nil {
		return fmt.Errorf("running: %w", err)
	}
	if err := client.AppsV1().Deployments(namespace).Delete(ctx, "informed", metav1.DeleteOptions{}); err != nil {
		return err
	}
	if err := eventually(ctx, func() bool { found, _ := pods.List(match); return len(found) == 0 }); err != nil {
		return fmt.Errorf("gone: %w", err)
	}
	seen := map[string]int{}
	for len(changes) > 0 {
		seen[<-changes]++
	}
	if seen["add"] != 1 || seen["update"] == 0 || seen["delete"] != 1 {
		return fmt.Errorf("changes: %v", seen)
	}
	return nil
}

// leaders lets one of two lead, and the other when the first lets go.
func leaders(ctx context.Context, config *rest.Config) error {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	leading := make(chan string, 2)
	run := func(ctx context.Context, name string) {
		leaderelection.RunOrDie(ctx, leaderelection.LeaderElectionConfig{
			Lock: &resourcelock.LeaseLock{
				LeaseMeta:  metav1.ObjectMeta{Name: "leader", Namespace: namespace},
				Client:     client.CoordinationV1(),
				LockConfig: resourcelock.ResourceLockConfig{Identity: name},
			},
			ReleaseOnCancel: true,
			LeaseDuration:   5 * time.Second,
			RenewDeadline:   3 * time.Second,
			RetryPeriod:     200 * time.Millisecond,
			Callbacks: leaderelection.LeaderCallbacks{
				OnStartedLeading: func(context.Context) { leading <- name },
				OnStoppedLeading: func() {},
			},
		})
	}
	first, stopFirst := context.WithCancel(ctx)
	defer stopFirst()
	second, stopSecond := context.WithCancel(ctx)
	defer stopSecond()
	go run(first, "first")
	if name := <-leading; name != "first" {
		return fmt.Errorf("%s leads", name)
	}
	go run(second, "second")
	select {
	case name := <-leading:
		return fmt.Errorf("%s leads too", name)
	case <-time.After(time.Second):
	}
	stopFirst()
	select {
	case <-leading:
		return nil
	case <-time.After(10 * time.Second):
		return errors.New("nobody leads")
	}
}
