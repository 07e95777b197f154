/**
 * Writes `crds/` from the schemas in `src/api`. With `--check` it writes nothing, and exits 1 if
 * what is there differs: the two may never drift apart.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { ACCESS_POLICIES } from '../src/api/access-policy.ts';
import { ACCESS_REQUESTS } from '../src/api/access-request.ts';
import { ACCESS_REVIEWS } from '../src/api/access-review.ts';
import { customResourceDefinition } from '../src/api/crd.ts';

const HEAD = '# Generated from src/api by `npm run generate`. Do not edit.\n';
const check = process.argv.includes('--check');

for (const kind of [ACCESS_POLICIES, ACCESS_REQUESTS, ACCESS_REVIEWS]) {
  const path = new URL(`../crds/${kind.resource.plural}.yaml`, import.meta.url);
  const wanted = HEAD + stringify(customResourceDefinition(kind), { lineWidth: 0, aliasDuplicateObjects: false });
  const found = await readFile(path, 'utf8').catch(() => '');
  if (found === wanted) continue;
  if (check) {
    process.exitCode = 1;
    console.error(`crds/${kind.resource.plural}.yaml differs from src/api: run npm run generate`);
  } else {
    await writeFile(path, wanted);
  }
}
