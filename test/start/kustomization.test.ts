import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { readKustomization } from '../../scripts/start/install/kustomization.ts';
import { kubectl } from '../support/kubectl.ts';
import { sharedControlPlane } from '../support/shared.ts';
import { root } from './telling.ts';

test('without kubectl the same objects are installed as kubectl kustomize renders', async () => {
  const { code, stdout, stderr } = await kubectl(['kustomize', join(root, 'deploy/local')], sharedControlPlane());
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const rendered = parseAllDocuments(stdout).map((document) => Named.parse(document.toJS({ reviver })));
  const read = await readKustomization(join(root, 'deploy/local'));
  expect(read.length).toBeGreaterThan(40);
  expect(read.map((object) => Named.parse(object)).toSorted(byName)).toEqual(rendered.toSorted(byName));
});

test('a namespace comes before what is in it', async () => {
  const objects = await readKustomization(join(root, 'deploy/local'));
  const made = new Set<string>();
  for (const { kind, metadata } of objects) {
    if (metadata.namespace !== undefined) expect(made).toContain(metadata.namespace);
    if (kind === 'Namespace') made.add(metadata.name ?? '');
  }
  expect(made).toEqual(new Set(['daypass-system']));
});

test('what only kubectl can render is refused, by name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'daypass-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeFile(join(folder, 'kustomization.yaml'), 'resources: []\nnamePrefix: other-\n');
  await expect(readKustomization(folder)).rejects.toThrow('namePrefix: only kubectl can apply this');
});

const Named = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().default('') }),
});
type Named = z.infer<typeof Named>;

/** kustomize writes an empty line more before one that is indented in a folded text. CEL does not care. */
function reviver(_key: unknown, value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll('\n\n', '\n') : value;
}

function byName(a: Named, b: Named): number {
  const [left, right] = [a, b].map(({ kind, metadata }) => `${kind} ${metadata.namespace} ${metadata.name}`);
  return String(left) < String(right) ? -1 : 1;
}
