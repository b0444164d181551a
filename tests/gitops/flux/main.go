// Command flux-health says what Flux makes of objects: an object a line on standard input, JSON; for each a line with the status of kstatus, and that of the
// expressions in the Kustomization that the first argument names, by Flux's own evaluators.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	kustomizev1 "github.com/fluxcd/kustomize-controller/api/v1"
	"github.com/fluxcd/pkg/runtime/cel"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

const longestLine = 1 << 20

type health struct {
	Kstatus     string `json:"kstatus"`
	Expressions string `json:"flux"`
}

func main() {
	evaluator, err := evaluator(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		found, err := evaluate(evaluator, lines.Bytes())
		if err != nil {
			log.Fatal(err)
		}
		line, err := json.Marshal(found)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(string(line))
	}
}

func evaluator(file string) (*cel.StatusEvaluator, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var kustomization kustomizev1.Kustomization
	if err := yaml.UnmarshalStrict(text, &kustomization); err != nil {
		return nil, err
	}
	checks := kustomization.Spec.HealthCheckExprs
	if len(checks) != 1 {
		return nil, fmt.Errorf("%s has expressions for %d kinds, and not for one", file, len(checks))
	}
	return cel.NewStatusEvaluator(&checks[0].HealthCheckExpressions)
}

func evaluate(evaluator *cel.StatusEvaluator, line []byte) (health, error) {
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(line); err != nil {
		return health{}, err
	}
	generic, err := status.Compute(object)
	if err != nil {
		return health{}, err
	}
	// An error is what Flux waits on: it asks again.
	expressions := "Error"
	if result, err := evaluator.Evaluate(context.Background(), object); err == nil {
		expressions = result.Status.String()
	}
	return health{Kstatus: generic.Status.String(), Expressions: expressions}, nil
}
