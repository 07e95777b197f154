package main

import (
	"context"
	"errors"
	"fmt"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// controllersReady waits until the controllers are seen to work. That their process is alive, or
// their service accounts exist from an earlier start, says nothing: they load for some seconds.
func controllersReady(ctx context.Context, dir dataDir) error {
	client, err := adminClient(dir)
	if err != nil {
		return err
	}
	if err := poll(ctx, func() error { return firstStartDone(ctx, client) }); err != nil {
		return err
	}
	return burnFuse(ctx, client)
}

// firstStartDone is about what controllers make once, on the first start.
func firstStartDone(ctx context.Context, client *kubernetes.Clientset) error {
	_, err := client.CoreV1().ServiceAccounts(meta.NamespaceDefault).Get(ctx, "default", meta.GetOptions{})
	if err != nil {
		return err
	}
	admin, err := client.RbacV1().ClusterRoles().Get(ctx, "admin", meta.GetOptions{})
	if err == nil && len(admin.Rules) == 0 {
		return errors.New("ClusterRole admin is not aggregated yet")
	}
	return err
}

// burnFuse needs the Job controller to complete a Job that has nothing to run, the TTL controller
// to delete it, and the garbage collector to follow with what it owned.
func burnFuse(ctx context.Context, client *kubernetes.Clientset) error {
	jobs, configMaps := client.BatchV1().Jobs(meta.NamespaceSystem), client.CoreV1().ConfigMaps(meta.NamespaceSystem)
	var none int32
	job, err := jobs.Create(ctx, &batch.Job{
		ObjectMeta: meta.ObjectMeta{GenerateName: "controlplane-ready-"},
		Spec: batch.JobSpec{
			Completions:             &none,
			Parallelism:             &none,
			TTLSecondsAfterFinished: &none,
			Template: core.PodTemplateSpec{Spec: core.PodSpec{
				RestartPolicy: core.RestartPolicyNever,
				Containers:    []core.Container{{Name: "none", Image: "none"}},
			}},
		},
	}, meta.CreateOptions{})
	if err != nil {
		return err
	}
	_, err = configMaps.Create(ctx, &core.ConfigMap{ObjectMeta: meta.ObjectMeta{
		Name:            job.Name,
		OwnerReferences: []meta.OwnerReference{{APIVersion: "batch/v1", Kind: "Job", Name: job.Name, UID: job.UID}},
	}}, meta.CreateOptions{})
	if err != nil {
		return err
	}
	return poll(ctx, func() error {
		_, jobErr := jobs.Get(ctx, job.Name, meta.GetOptions{})
		_, mapErr := configMaps.Get(ctx, job.Name, meta.GetOptions{})
		if apierrors.IsNotFound(jobErr) && apierrors.IsNotFound(mapErr) {
			return nil
		}
		return fmt.Errorf("Job or ConfigMap kube-system/%s still exists: %w", job.Name, errors.Join(jobErr, mapErr))
	})
}
