import { readdirSync } from 'node:fs';
import { realpath, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { ReviewDecision } from '../../src/api/access-review.ts';
import { newStage, person } from '../identity/stage.ts';
import { kubectl, kubectlOk } from '../support/kubectl.ts';
import { sharedControlPlane } from '../support/shared.ts';
import { blocksOf, codesIn, PAGES, readText, ROOT, rowsOf, scriptOf } from './page.ts';
import { newFolder } from './shell.ts';

const Review = z.looseObject({ spec: z.looseObject({ decision: z.string() }) });
const Manifest = z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata: z.looseObject({}) });

/** The manifests of a page that an API server knows; a kustomization is none. */
function manifestsOf(page: string): { name: string; text: string }[] {
  const blocks = blocksOf(page).filter(({ language }) => language === 'yaml');
  return blocks
    .map(({ text }, index) => ({ name: `${page}, manifest ${index + 1}`, text }))
    .filter(({ text }) => !text.startsWith('apiVersion: kustomize.config.k8s.io/'));
}

const EXAMPLES = readdirSync(join(ROOT, 'examples'), { encoding: 'utf8' }).map((file) => {
  return { name: `examples/${file}`, text: readText(`examples/${file}`) };
});

let namespace: string;
/** Who has no other rights than to create one of the kind, by a kubeconfig. */
let authors: ReadonlyMap<string, string>;

beforeAll(async () => {
  const stage = await newStage();
  ({ namespace } = stage);
  const author = async (role: string) => {
    const { name } = await person(stage, role);
    return sharedControlPlane().user(name, ['developers']);
  };
  authors = new Map([
    ['AccessRequest', await author('daypass-requester')],
    ['AccessReview', await author('daypass-reviewer')],
  ]);
});

/** Creates it as its author would, but for the namespace, and stores nothing. */
function create(text: string): Promise<{ code: number | null; stderr: string }> {
  const manifest = Manifest.parse(parse(text));
  const kubeconfig = authors.get(manifest.kind) ?? sharedControlPlane().kubeconfig;
  const input = text.replace('namespace: payments', `namespace: ${namespace}`);
  return kubectl(['create', '--dry-run=server', '--filename=-'], { kubeconfig, input });
}

it.each([...PAGES.flatMap(manifestsOf), ...EXAMPLES])('$name is accepted as it stands', async ({ text }) => {
  expect(await create(text)).toMatchObject({ code: 0, stderr: '' });
});

it('every page on a kind has examples of it', () => {
  expect(manifestsOf('docs/access-policy.md').length).toBeGreaterThan(1);
  expect(manifestsOf('docs/access-request.md').length).toBeGreaterThan(1);
  const reviews = manifestsOf('docs/access-review.md').map(({ text }) => Review.parse(parse(text)).spec.decision);
  expect(reviews).toEqual(ReviewDecision.options);
});

it('every policy writes its effect, which is a column that the server leaves empty otherwise', () => {
  const texts = [...PAGES.flatMap(manifestsOf), ...EXAMPLES].map(({ text }) => text);
  const policies = texts.map((text) => Manifest.parse(parse(text))).filter(({ kind }) => kind === 'AccessPolicy');
  expect(policies.length).toBeGreaterThan(10);
  for (const policy of policies) expect(policy).toHaveProperty('spec.effect');
});

describe.each([
  ['docs/access-policy.md', 'AccessPolicy'],
  ['docs/access-request.md', 'AccessRequest'],
  ['docs/access-review.md', 'AccessReview'],
])('%s', (page, kind) => {
  const mistakes = rowsOf(page, 'Errors').map(([spec, answer]) => [codesIn(spec)[0] ?? '', codesIn(answer)[0] ?? '']);

  it.each(mistakes.filter(([spec = '']) => spec.startsWith('{')))('says what %s is answered', async (spec, answer) => {
    const metadata = { generateName: 'mistaken-', ...(kind !== 'AccessPolicy' && { namespace }) };
    const object = { apiVersion: 'daypass.dev/v1alpha1', kind, metadata, spec: parse(spec) as unknown };
    const { code, stderr } = await create(stringify(object));
    expect(code).toBe(1);
    expect(stderr).toContain(answer);
  });
});

it.each([
  ['docs/access-request.md', 'crds/accessrequests.yaml', 'requester'],
  ['docs/access-review.md', 'crds/accessreviews.yaml', 'reviewer'],
])('the refusals by admission in %s are in the words of policies and CRD', (page, crd, identity) => {
  const files = [
    'hold-identity',
    'hold-objects',
    'hold-accessrequests',
    'hold-deletion',
    'managed-objects',
    'managed-job-deletion',
    'fuse-pods',
  ];
  const sources = [crd, ...files.map((file) => `deploy/admission/${file}.yaml`)].map(readText).join('\n');
  // A message may be put together: "spec." + variables.field + ".username …"
  const words = sources
    .replaceAll(/\s+/g, ' ')
    .replaceAll(String.raw`\"`, '\u{1}')
    .replaceAll('" + variables.field + "', identity)
    .replaceAll('" + "', '')
    .replaceAll('\u{1}', '"');
  const attempts = rowsOf(page, 'Errors').filter(([attempt = '']) => attempt.startsWith('to '));
  expect(attempts).not.toEqual([]);
  for (const [, answer] of attempts) expect(words).toContain(codesIn(answer)[0]);
});

it.each([
  ['README.md', 'Install'],
  ['docs/install.md', 'The image'],
])('the kustomization in %s names the image of operator and sweep', async (page, section) => {
  const { kubeconfig } = sharedControlPlane();
  const text = scriptOf(page, section, 'yaml');
  const images = z.object({ images: z.tuple([z.object({ name: z.literal('daypass'), newName: z.string() })]) });
  const { newName } = images.parse(parse(text)).images[0];
  await using folder = await newFolder();
  const deploy = relative(await realpath(folder.path), `${ROOT}/deploy`);
  await writeFile(join(folder.path, 'kustomization.yaml'), text.replace('../deploy', deploy));
  const rendered = await kubectlOk(['kustomize', folder.path], { kubeconfig });
  expect(rendered.match(/image: .*/g)).toEqual([`image: ${newName}:0.1.0`, `image: ${newName}:0.1.0`]);
});
