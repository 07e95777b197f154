import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sharedControlPlane } from '../support/shared.ts';
import { blocksOf } from './page.ts';
import { newFolder, runScript } from './shell.ts';

it('the kubeconfig that the docs make for an operator elsewhere has nothing of whoever makes it', async () => {
  const { kubeconfig } = sharedControlPlane();
  await using folder = await newFolder();
  const [block] = blocksOf('docs/install.md').filter(({ text }) => text.includes('kubectl create token'));
  const commands = Array.from(block?.text.matchAll(/^\$ (?!npm )(.*)$/gm) ?? [], ([, command = '']) => command);
  const whoami = "kubectl auth whoami --kubeconfig=operator.kubeconfig --output=jsonpath='{.status.userInfo.username}'";
  const output = await runScript([...commands, whoami].join('\n'), kubeconfig, folder.path);
  expect(output).toMatch(/system:serviceaccount:daypass-system:daypass-operator$/);
  const written = await readFile(join(folder.path, 'operator.kubeconfig'), 'utf8');
  expect(written.match(/^ +(token|client-\S+|exec):/gm)).toEqual([expect.stringMatching(/token:/)]);
});
