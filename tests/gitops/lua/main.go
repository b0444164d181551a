// Command lua runs a script as Argo CD does: with its interpreter, a Lua 5.1, and the libraries that it gives to scripts of argocd-cm. The object is in the variable
// obj. Standard input holds an object a line, JSON; for each it prints the table that the script returns.
//
// The first argument is the file of a script, or a file of actions; then the second is "discovery", or the name of an action.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"os"

	lua "github.com/yuin/gopher-lua"
	luajson "layeh.com/gopher-json"
	"sigs.k8s.io/yaml"
)

const (
	// What os.date answers to the one format that the scripts ask for.
	now         = "2026-11-30T12:00:00Z"
	format      = "!%Y-%m-%dT%H:%M:%SZ"
	longestLine = 1 << 20
)

func main() {
	script, err := script(os.Args[1:])
	if err != nil {
		log.Fatal(err)
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, longestLine)
	for lines.Scan() {
		line, err := run(script, lines.Bytes())
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(string(line))
	}
}

// The value of resource.customizations.actions in argocd-cm.
type actions struct {
	Discovery   string `json:"discovery.lua"`
	Definitions []struct {
		Name   string `json:"name"`
		Script string `json:"action.lua"`
	} `json:"definitions"`
}

func script(arguments []string) (string, error) {
	text, err := os.ReadFile(arguments[0])
	if err != nil || len(arguments) == 1 {
		return string(text), err
	}
	var all actions
	if err := yaml.UnmarshalStrict(text, &all); err != nil {
		return "", err
	}
	if arguments[1] == "discovery" {
		return all.Discovery, nil
	}
	for _, action := range all.Definitions {
		if action.Name == arguments[1] {
			return action.Script, nil
		}
	}
	return "", fmt.Errorf("%s defines no action %s", arguments[0], arguments[1])
}

func run(script string, line []byte) ([]byte, error) {
	var object any
	if err := json.Unmarshal(line, &object); err != nil {
		return nil, err
	}
	state := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer state.Close()
	for name, open := range map[string]lua.LGFunction{
		lua.LoadLibName: lua.OpenPackage, lua.BaseLibName: lua.OpenBase, lua.TabLibName: lua.OpenTable,
	} {
		state.Push(state.NewFunction(open))
		state.Push(lua.LString(name))
		if err := state.PCall(1, 0, nil); err != nil {
			return nil, err
		}
	}
	// Argo CD has two functions of os, and it must be required.
	state.PreloadModule(lua.OsLibName, func(state *lua.LState) int {
		state.Push(state.SetFuncs(state.NewTable(), map[string]lua.LGFunction{"date": date}))
		return 1
	})
	state.SetGlobal("obj", luajson.DecodeValue(state, object))
	if err := state.DoString(script); err != nil {
		return nil, err
	}
	return luajson.Encode(state.Get(-1))
}

func date(state *lua.LState) int {
	if state.CheckString(1) != format {
		state.ArgError(1, "a format that the test does not know")
	}
	state.Push(lua.LString(now))
	return 1
}
