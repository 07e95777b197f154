package main

import (
	"os"

	etcd "go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

const (
	etcdProgram              = "etcd"
	apiserverProgram         = "kube-apiserver"
	controllerManagerProgram = "kube-controller-manager"
)

// programs are the real ones, by the sub-command that runs each.
var programs = map[string]func(args []string){
	etcdProgram: func(args []string) {
		etcd.Main(append([]string{etcdProgram}, args...))
	},
	apiserverProgram: func(args []string) {
		command := apiserver.NewAPIServerCommand()
		command.SetArgs(args)
		os.Exit(cli.Run(command))
	},
	controllerManagerProgram: func(args []string) {
		command := controllermanager.NewControllerManagerCommand()
		command.SetArgs(args)
		os.Exit(cli.Run(command))
	},
}
