// Package cluster gives each test server that upstream's integration tests start a new cluster of a service of Islet.
package cluster

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"sync"
	"sync/atomic"

	"k8s.io/client-go/rest"
)

// Cluster is one of the service that ISLET_SERVER, ISLET_TOKEN (of an account) and ISLET_CA name.
type Cluster struct {
	name, host, token string
}

var count atomic.Int64

func authority() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(os.Getenv("ISLET_CA")))
	return pool
}

var client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: authority()}}}

func call(method, url, token, body string) ([]byte, error) {
	request, err := http.NewRequest(method, url, bytes.NewReader([]byte(body)))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode >= 400 {
		err = fmt.Errorf("%s %s: %d %s", method, url, answer.StatusCode, text)
	}
	return text, err
}

func manage(method, path, body string) ([]byte, error) {
	return call(method, os.Getenv("ISLET_SERVER")+"/islet/v1/clusters"+path, os.Getenv("ISLET_TOKEN"), body)
}

// Start makes a cluster without controllers, as the server of upstream's tests has none.
func Start() (*Cluster, error) {
	name := fmt.Sprintf("it-%d-%d", os.Getpid(), count.Add(1))
	body := fmt.Sprintf(`{"name":%q,"simulatedNodes":0,"without":["controllers","scheduler"]}`, name)
	text, err := manage("POST", "", body)
	if err != nil {
		return nil, err
	}
	var made struct{ Id, Token string }
	if err := json.Unmarshal(text, &made); err != nil {
		return nil, err
	}
	return &Cluster{name, os.Getenv("ISLET_SERVER") + "/clusters/" + made.Id, made.Token}, nil
}

// Stop deletes the cluster.
func (c *Cluster) Stop() {
	_, _ = manage("DELETE", "/"+c.name, "")
}

// Config is the configuration of the cluster's owner. file: where the authority's certificate is written, which some
// tests read. namespaces: the requests come from tests of a server that has no namespaces.
func (c *Cluster) Config(file string, namespaces bool) *rest.Config {
	authority := os.Getenv("ISLET_CA")
	_ = os.WriteFile(file, []byte(authority), 0o644)
	config := &rest.Config{Host: c.host, BearerToken: c.token, QPS: 1000, Burst: 10000}
	config.TLSClientConfig = rest.TLSClientConfig{CAFile: file, CAData: []byte(authority)}
	config.WrapTransport = func(inner http.RoundTripper) http.RoundTripper {
		return &provider{inner: inner, cluster: c, namespaces: namespaces}
	}
	return config
}

// A provider creates before a write what the server of upstream's tests, started without some admission plugins, does
// not ask for: the account of a pod, or the namespace of an object.
type provider struct {
	inner      http.RoundTripper
	cluster    *Cluster
	namespaces bool
	seen       sync.Map
}

var inNamespace = regexp.MustCompile(`/namespaces/([^/]+)/([^/]+)`)

func (p *provider) WrappedRoundTripper() http.RoundTripper { return p.inner }

func (p *provider) RoundTrip(request *http.Request) (*http.Response, error) {
	found := inNamespace.FindStringSubmatch(request.URL.Path)
	isWrite := request.Method == "POST" || request.Method == "PUT" || request.Method == "PATCH"
	if found == nil || !isWrite {
		return p.inner.RoundTrip(request)
	}
	namespace := found[1]
	if p.namespaces {
		if _, known := p.seen.LoadOrStore(namespace, true); !known {
			p.create("", fmt.Sprintf(`{"metadata":{"name":%q}}`, namespace))
		}
	} else if found[2] == "pods" {
		p.create("/"+namespace+"/serviceaccounts", `{"metadata":{"name":"default"}}`)
	}
	return p.inner.RoundTrip(request)
}

// An object that is there already stays.
func (p *provider) create(path, body string) {
	_, _ = call("POST", p.cluster.host+"/api/v1/namespaces"+path, p.cluster.token, body)
}

var denied = regexp.MustCompile(`^--?(encryption|audit|authorization-config|authorization-webhook|authentication-config|oidc|egress|tracing|feature-gates|emulated-version|token-auth-file|client-ca|requestheader|proxy-client|etcd|storage|admission-control-config|tls|goaway|kubelet|peer|service-account-(issuer|max|extend|signing|key|lookup)|strict-transport)`)

// Unsupported is the first flag that asks for a server unlike a cluster of Islet; "" where there is none.
func Unsupported(flags []string) string {
	for _, flag := range flags {
		if denied.MatchString(flag) {
			return flag
		}
	}
	return ""
}
