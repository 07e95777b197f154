import { beforeAll, describe, expect, it } from 'vitest';
import { refusedBy, refusedByRbac } from './answers.ts';
import { fuse, pods } from './grant.ts';
import { type Stage, newStage, pathsIn } from './stage.ts';

const FENCE = 'daypass-fence-jobs';
const OBJECTS = 'daypass-fence-objects';

let stage: Stage;

beforeAll(async () => {
  stage = await newStage();
});

function job() {
  return fuse({ uid: crypto.randomUUID(), name: 'ask' });
}

describe("with the operator's token, a Job", () => {
  it.each([
    { title: 'that completes by running a pod', change: { completions: 1 }, why: 'a fuse never runs a pod' },
    { title: 'that runs a pod', change: { parallelism: 1 }, why: 'a fuse never runs a pod' },
    { title: 'that leaves its pods to a default', change: { completions: null }, why: 'a fuse never runs a pod' },
    { title: 'that stays', change: { ttlSecondsAfterFinished: null }, why: 'a fuse burns by itself' },
    { title: 'that stays for days', change: { ttlSecondsAfterFinished: 200_000 }, why: 'a fuse burns by itself' },
    { title: 'that is suspended', change: { suspend: true }, why: 'a fuse is complete at once' },
    {
      title: 'that is left to a controller which is not there',
      change: { managedBy: 'example.com/nobody' },
      why: 'a fuse is complete at once',
    },
    { title: 'that adopts pods', change: adopting(), why: 'a fuse selects pods that cannot be' },
  ])('$title is refused', async ({ change, why }) => {
    const { spec, metadata } = job();
    const answer = await stage.operator.create(pathsIn(stage.namespace).jobs, {
      metadata,
      spec: { ...spec, ...change },
    });
    expect(answer).toEqual(refusedBy(FENCE, why));
  });

  it('that a finalizer would keep is refused', async () => {
    const { spec, metadata } = job();
    const kept = { spec, metadata: { ...metadata, finalizers: ['example.com/forever'] } };
    const answer = await stage.operator.create(pathsIn(stage.namespace).jobs, kept);
    expect(answer).toEqual(refusedBy(OBJECTS, 'what the operator makes goes when it is deleted'));
  });

  it('without its label is refused', async () => {
    const { spec, metadata } = job();
    const unlabelled = { spec, metadata: { ...metadata, labels: {} } };
    const answer = await stage.operator.create(pathsIn(stage.namespace).jobs, unlabelled);
    expect(answer).toEqual(refusedBy(OBJECTS, 'the operator and the sweep make and delete only what is labelled'));
  });

  it.each([
    { where: 'kube-system', why: 'the operator grants nothing in namespaces named kube-*' },
    { where: 'daypass-system', why: 'the operator makes nothing in its own namespace but Jobs named daypass-canary-*' },
  ])('in $where is refused', async ({ where, why }) => {
    expect(await stage.operator.create(pathsIn(where).jobs, job())).toEqual(refusedBy(OBJECTS, why));
  });

  it('named daypass-canary-* in its own namespace passes, and goes again', async () => {
    const { spec, metadata } = job();
    const { jobs } = pathsIn('daypass-system');
    const name = `daypass-canary-${stage.namespace}`;
    const canary = { spec: { ...spec, ...pods(name, 1) }, metadata: { name, labels: metadata.labels } };
    expect(await stage.operator.create(jobs, canary)).toMatchObject({ code: 201 });
    const gone = await stage.operator.delete(`${jobs}/${name}`, { propagationPolicy: 'Background' });
    expect(gone).toMatchObject({ code: 200 });
  });

  it('named daypass-canary-* that runs is refused', async () => {
    const { spec, metadata } = job();
    const canary = { metadata: { name: `daypass-canary-${stage.namespace}`, labels: metadata.labels } };
    const answer = await stage.operator.create(pathsIn('daypass-system').jobs, {
      ...canary,
      spec: { ...spec, completions: 1, parallelism: 1 },
    });
    expect(answer).toEqual(refusedBy(FENCE, 'a fuse never runs a pod'));
  });

  it('cannot be changed, by RBAC', async () => {
    const { jobs } = pathsIn(stage.namespace);
    const { metadata } = (await stage.operator.create(jobs, job())).body;
    const answer = await stage.operator.patch(`${jobs}/${metadata?.name}`, { spec: { parallelism: 1 } });
    expect(answer).toEqual(refusedByRbac('patch', 'jobs'));
  });

  it('that is not its own cannot be deleted', async () => {
    const { jobs } = pathsIn(stage.namespace);
    const foreign = { ...job(), metadata: { name: 'foreign' } };
    expect(await stage.admin.create(jobs, foreign)).toMatchObject({ code: 201 });
    const answer = await stage.operator.delete(`${jobs}/foreign`, { propagationPolicy: 'Background' });
    expect(answer).toEqual(refusedBy(OBJECTS, 'the operator and the sweep make and delete only what is labelled'));
  });
});

/** A Job that takes over pods by a selector of its own; with parallelism 0 it would end them. */
function adopting() {
  const labels = { app: 'checkout' };
  const { template } = job().spec;
  return { manualSelector: true, selector: { matchLabels: labels }, template: { ...template, metadata: { labels } } };
}
