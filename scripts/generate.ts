/**
 * Writes `crds/` from the schemas in `src/api`, and `src/admission/shipped.json` from
 * `deploy/admission`. With `--check` it writes nothing, and exits 1 if what is there differs: they
 * may never drift apart.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { ACCESS_POLICIES } from '../src/api/access-policy.ts';
import { ACCESS_REQUESTS } from '../src/api/access-request.ts';
import { ACCESS_REVIEWS } from '../src/api/access-review.ts';
import { customResourceDefinition } from '../src/api/crd.ts';
import { readKustomization } from './start/install/kustomization.ts';

const HEAD = '# Generated from src/api by `npm run generate`. Do not edit.\n';
const check = process.argv.includes('--check');

for (const kind of [ACCESS_POLICIES, ACCESS_REQUESTS, ACCESS_REVIEWS]) {
  const yaml = stringify(customResourceDefinition(kind), { lineWidth: 0, aliasDuplicateObjects: false });
  await generate(`crds/${kind.resource.plural}.yaml`, HEAD + yaml, 'src/api');
}
const admission = await readKustomization(fileURLToPath(new URL('../deploy/admission', import.meta.url)));
const shipped = admission.map(({ kind, metadata: { name }, spec }) => ({ kind, name, spec }));
await generate('src/admission/shipped.json', `${JSON.stringify(shipped, null, 2)}\n`, 'deploy/admission');

async function generate(path: string, wanted: string, source: string): Promise<void> {
  const file = new URL(`../${path}`, import.meta.url);
  const found = await readFile(file, 'utf8').catch(() => '');
  if (found === wanted) return;
  if (!check) {
    await writeFile(file, wanted);
    return;
  }
  process.exitCode = 1;
  console.error(`${path} differs from ${source}: run npm run generate`);
}
