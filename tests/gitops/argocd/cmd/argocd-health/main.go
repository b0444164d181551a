// Command argocd-health says what Argo CD makes of objects: an object a line on standard input, JSON; for each a line with status and message, by Argo CD's own
// code and the script that the first argument names.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"os"

	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
	"github.com/argoproj/argo-cd/v3/util/lua"
	"github.com/argoproj/gitops-engine/pkg/health"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

const (
	kind        = "privatelink.alibabacloud.com/VpcEndpointService"
	longestLine = 1 << 20
)

func main() {
	script, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	// As from argocd-cm: without the libraries that only scripts of Argo CD itself have.
	overrides := lua.ResourceHealthOverrides(map[string]v1alpha1.ResourceOverride{kind: {HealthLua: string(script)}})
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		object := &unstructured.Unstructured{}
		if err := object.UnmarshalJSON(lines.Bytes()); err != nil {
			log.Fatal(err)
		}
		found, err := health.GetResourceHealth(object, overrides)
		if err != nil {
			log.Fatal(err)
		}
		line, err := json.Marshal([]string{string(found.Status), found.Message})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(string(line))
	}
}
