package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/pager"
	"k8s.io/client-go/util/retry"
)

func deployment(name string, replicas int32) *appsv1.Deployment {
	match := map[string]string{"app": name}
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: appsv1.DeploymentSpec{
			Replicas: &replicas,
			Selector: &metav1.LabelSelector{MatchLabels: match},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: match},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "web", Image: "nginx"}}},
			},
		},
	}
}

// typed creates, watches, patches, updates, scales and deletes, with everything in one encoding.
func typed(contentType string) func(context.Context, *rest.Config) error {
	return func(ctx context.Context, config *rest.Config) error {
		accept, _, _ := strings.Cut(contentType, ",")
		config.ContentType, config.AcceptContentTypes = accept, contentType
		client, err := kubernetes.NewForConfig(config)
		if err != nil {
			return err
		}
		if _, err := client.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}, metav1.CreateOptions{}); err != nil && !apierrors.IsAlreadyExists(err) {
			return err
		}
		deployments := client.AppsV1().Deployments(namespace)
		created, err := deployments.Create(ctx, deployment("typed", 2), metav1.CreateOptions{})
		if err != nil {
			return err
		}
		if created.UID == "" || created.Spec.Strategy.Type != appsv1.RollingUpdateDeploymentStrategyType {
			return fmt.Errorf("no uid or defaults: %+v", created)
		}
		watcher, err := deployments.Watch(ctx, metav1.ListOptions{FieldSelector: "metadata.name=typed", ResourceVersion: created.ResourceVersion})
		if err != nil {
			return err
		}
		defer watcher.Stop()
		if err := until(ctx, watcher, func(event watch.Event) bool {
			seen, ok := event.Object.(*appsv1.Deployment)
			return ok && seen.Status.ReadyReplicas == 2
		}); err != nil {
			return fmt.Errorf("ready: %w", err)
		}
		for kind, patch := range map[types.PatchType]string{
			types.JSONPatchType:           `[{"op":"add","path":"/metadata/labels","value":{"json":"yes"}}]`,
			types.MergePatchType:          `{"metadata":{"annotations":{"merge":"yes"}}}`,
			types.StrategicMergePatchType: `{"spec":{"template":{"spec":{"containers":[{"name":"web","image":"nginx:2"}]}}}}`,
		} {
			if _, err := deployments.Patch(ctx, "typed", kind, []byte(patch), metav1.PatchOptions{}); err != nil {
				return fmt.Errorf("%s: %w", kind, err)
			}
		}
		patched, err := deployments.Get(ctx, "typed", metav1.GetOptions{})
		if err != nil {
			return err
		}
		if patched.Labels["json"] != "yes" || patched.Annotations["merge"] != "yes" || patched.Spec.Template.Spec.Containers[0].Image != "nginx:2" {
			return fmt.Errorf("patches are not all there: %+v", patched)
		}
		// The controller writes the status meanwhile.
		if err := retry.RetryOnConflict(retry.DefaultRetry, func() error {
			scale, err := deployments.GetScale(ctx, "typed", metav1.GetOptions{})
			if err != nil {
				return err
			}
			scale.Spec.Replicas = 1
			_, err = deployments.UpdateScale(ctx, "typed", scale, metav1.UpdateOptions{})
			return err
		}); err != nil {
			return fmt.Errorf("scale: %w", err)
		}
		foreground := metav1.DeletePropagationForeground
		if err := deployments.Delete(ctx, "typed", metav1.DeleteOptions{PropagationPolicy: &foreground}); err != nil {
			return err
		}
		if err := until(ctx, watcher, func(event watch.Event) bool { return event.Type == watch.Deleted }); err != nil {
			return fmt.Errorf("deleted: %w", err)
		}
		return client.CoreV1().Pods(namespace).DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{})
	}
}

func until(ctx context.Context, watcher watch.Interface, done func(watch.Event) bool) error {
	for {
		select {
		case event, open := <-watcher.ResultChan():
			if !open {
				return errors.New("the watch ended")
			}
			if event.Type == watch.Error {
				return apierrors.FromObject(event.Object)
			}
			if done(event) {
				return nil
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func pages(ctx context.Context, config *rest.Config) error {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	maps := client.CoreV1().ConfigMaps(namespace)
	for i := range 25 {
		name := fmt.Sprintf("page-%02d", i)
		if _, err := maps.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"set": "pages"}}}, metav1.CreateOptions{}); err != nil {
			return err
		}
	}
	asked := 0
	list := pager.New(pager.SimplePageFunc(func(options metav1.ListOptions) (r runtime.Object, err error) {
		asked++
		return maps.List(ctx, options)
	}))
	list.PageSize = 10
	found := 0
	err = list.EachListItem(ctx, metav1.ListOptions{LabelSelector: "set=pages"}, func(runtime.Object) error { found++; return nil })
	if err == nil && (found != 25 || asked != 3) {
		return fmt.Errorf("%d objects in %d pages", found, asked)
	}
	return err
}

// conflicts lets ten add to one number at a time, each retrying on what the others wrote.
func conflicts(ctx context.Context, config *rest.Config) error {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	maps := client.CoreV1().ConfigMaps(namespace)
	if _, err := maps.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "counter"}, Data: map[string]string{}}, metav1.CreateOptions{}); err != nil {
		return err
	}
	backoff := wait.Backoff{Steps: 50, Duration: 10 * time.Millisecond, Factor: 1.1, Jitter: 1}
	done := make(chan error, 10)
	for range 10 {
		go func() {
			done <- retry.RetryOnConflict(backoff, func() error {
				found, err := maps.Get(ctx, "counter", metav1.GetOptions{})
				if err != nil {
					return err
				}
				found.Data = map[string]string{"marks": found.Data["marks"] + "x"}
				_, err = maps.Update(ctx, found, metav1.UpdateOptions{})
				return err
			})
		}()
	}
	for range 10 {
		if err := <-done; err != nil {
			return err
		}
	}
	found, err := maps.Get(ctx, "counter", metav1.GetOptions{})
	if err == nil && found.Data["marks"] != "xxxxxxxxxx" {
		return fmt.Errorf("marks: %q", found.Data["marks"])
	}
	return err
}

func knownErrors(ctx context.Context, config *rest.Config) error {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	maps := client.CoreV1().ConfigMaps(namespace)
	if _, err := maps.Get(ctx, "nothing", metav1.GetOptions{}); !apierrors.IsNotFound(err) {
		return fmt.Errorf("get: %v", err)
	}
	if _, err := maps.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "counter"}}, metav1.CreateOptions{}); !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("create: %v", err)
	}
	if _, err := maps.Create(ctx, &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "No"}}, metav1.CreateOptions{}); !apierrors.IsInvalid(err) {
		return fmt.Errorf("invalid: %v", err)
	}
	if _, err := maps.Patch(ctx, "counter", types.PatchType("application/nonsense+json"), []byte(`{}`), metav1.PatchOptions{}); !apierrors.IsUnsupportedMediaType(err) {
		return fmt.Errorf("an unknown patch: %v", err)
	}
	config.BearerToken = "nonsense"
	stranger, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	if _, err := stranger.CoreV1().ConfigMaps(namespace).List(ctx, metav1.ListOptions{}); !apierrors.IsUnauthorized(err) {
		return fmt.Errorf("a stranger: %v", err)
	}
	return nil
}
