// The interpreter of the scripts of Argo CD, in the version that Argo CD in ../argocd has.
module privatelink-operator.test/gitops/lua

go 1.26.0

require (
	github.com/yuin/gopher-lua v1.1.1
	layeh.com/gopher-json v0.0.0-20190114024228-97fed8db8427
	sigs.k8s.io/yaml v1.6.0
)

require go.yaml.in/yaml/v2 v2.4.2 // indirect
