package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/discovery/cached/disk"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/restmapper"
)

func dynamicClient(ctx context.Context, config *rest.Config) error {
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return err
	}
	discoverer, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return err
	}
	groups, err := restmapper.GetAPIGroupResources(discoverer)
	if err != nil {
		return err
	}
	mapping, err := restmapper.NewDiscoveryRESTMapper(groups).RESTMapping(schema.GroupKind{Kind: "ConfigMap"}, "v1")
	if err != nil {
		return err
	}
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "dynamic"}, "data": map[string]any{"a": "b"},
	}}
	maps := client.Resource(mapping.Resource).Namespace(namespace)
	if _, err := maps.Create(ctx, object, metav1.CreateOptions{FieldValidation: "Strict"}); err != nil {
		return err
	}
	list, err := maps.List(ctx, metav1.ListOptions{FieldSelector: "metadata.name=dynamic"})
	if err != nil || len(list.Items) != 1 || list.Items[0].GetKind() != "ConfigMap" {
		return fmt.Errorf("list: %v %v", list, err)
	}
	return maps.Delete(ctx, "dynamic", metav1.DeleteOptions{})
}

func metadataOnly(ctx context.Context, config *rest.Config) error {
	client, err := metadata.NewForConfig(config)
	if err != nil {
		return err
	}
	list, err := client.Resource(corev1.SchemeGroupVersion.WithResource("configmaps")).Namespace(namespace).List(ctx, metav1.ListOptions{LabelSelector: "set=pages"})
	if err == nil && (len(list.Items) != 25 || list.Items[0].Name == "") {
		return fmt.Errorf("%d items", len(list.Items))
	}
	return err
}

func tables(ctx context.Context, config *rest.Config) error {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	var table metav1.Table
	body, err := client.CoreV1().RESTClient().Get().Resource("nodes").SetHeader("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io").DoRaw(ctx)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, &table); err != nil {
		return err
	}
	if len(table.Rows) != 3 || table.ColumnDefinitions[0].Name != "Name" || table.ColumnDefinitions[1].Name != "Status" {
		return fmt.Errorf("table: %s", body)
	}
	return nil
}

func discoveryCache(_ context.Context, config *rest.Config) error {
	folder, err := os.MkdirTemp("", "islet-go-client-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	client, err := disk.NewCachedDiscoveryClientForConfig(config, filepath.Join(folder, "discovery"), filepath.Join(folder, "http"), time.Hour)
	if err != nil {
		return err
	}
	for range 2 {
		_, lists, err := client.ServerGroupsAndResources()
		if err != nil {
			return err
		}
		if len(lists) < 15 {
			return fmt.Errorf("%d groups and versions", len(lists))
		}
	}
	if !client.Fresh() {
		return errors.New("what this process fetched is not fresh")
	}
	version, err := client.ServerVersion()
	if err == nil && version.Major+"."+version.Minor != "1.36" {
		return fmt.Errorf("version %v", version)
	}
	return err
}
