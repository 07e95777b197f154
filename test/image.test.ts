import { readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { IMAGE, instructions, wordsOf } from './support/image.ts';
import { type Finished, runProgram } from './support/run-program.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** From the working copy to the build, as `[source, target]`. */
const copied = instructions('COPY')
  .filter((rest) => !rest.startsWith('--from'))
  .flatMap((rest) => {
    const words = rest.split(' ');
    const [target = ''] = words.splice(-1);
    return words.map((source) => [source, target === './' ? source : target] as const);
  });

let image: string;
let built: Finished;

/** What `docker build` would do up to its second FROM, but for the packages, which are those that are here. */
beforeAll(async () => {
  image = await mkdtemp(join(tmpdir(), 'daypass-image-'));
  for (const [source, target] of copied) await cp(join(ROOT, source), join(image, target), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(image, 'node_modules'));
  built = await runProgram(process.execPath, [join(image, 'scripts/run.mjs'), 'build']);
}, 60_000);

afterAll(() => rm(image, { recursive: true }));

it('the image is built from what the Dockerfile copies, and nothing else', () => {
  expect(copied.map(([source]) => source)).not.toContain('.');
  expect(built).toMatchObject({ code: 0, stderr: '' });
});

it('its entrypoint is what was built, and runs', async () => {
  expect(instructions('COPY').filter((rest) => rest.startsWith('--from=build'))).toEqual([
    '--from=build /src/dist/ dist/',
  ]);
  expect(wordsOf(instructions('ENTRYPOINT')[0])).toEqual(['node', ...IMAGE.flags, 'dist/daypass.mjs']);
  const program = join(image, 'dist/daypass.mjs');
  expect(await runProgram(process.execPath, [...IMAGE.flags, program, '--help'])).toMatchObject({
    code: 0,
    stderr: '',
  });
});

it('does without the HTTP client that Node has of its own, which takes much memory', async () => {
  const tell = `process.on('exit', () => console.error(process.moduleLoadList.filter((name) => /deps.undici/.test(name)).join()))`;
  const args = [
    '--import',
    `data:text/javascript,${encodeURIComponent(tell)}`,
    join(image, 'dist/daypass.mjs'),
    '--help',
  ];
  expect(await runProgram(process.execPath, args)).toMatchObject({ code: 0, stderr: '\n' });
});

it('has the Node in both stages that the scripts fetch, to the patch', () => {
  const fetched = /FETCHED = '(.*)'/.exec(readFileSync(join(ROOT, 'scripts/lib/node.mjs'), 'utf8'))?.[1];
  expect(instructions('FROM')).toEqual([`node:${fetched}-slim AS build`, `node:${fetched}-slim`]);
});

it('runs as a user that is not root, by number, or Kubernetes would not believe it', () => {
  expect(instructions('USER')).toEqual([expect.stringMatching(/^[1-9][0-9]*:[1-9][0-9]*$/)]);
});

it('has what Node compiled, by the user who runs it, and goes by it', async () => {
  const lines = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').split('\n');
  const entrypoint = wordsOf(instructions('ENTRYPOINT')[0]);
  const compiling = lines.findLastIndex((line) => line.startsWith('RUN '));
  expect(wordsOf(lines[compiling])).toEqual([...entrypoint, '--help']);
  expect(compiling).toBeGreaterThan(lines.indexOf('USER 65532:65532'));
  expect(compiling).toBeGreaterThan(lines.indexOf('ENV NODE_COMPILE_CACHE=/app/compiled'));
  const compiled = join(image, 'compiled');
  await mkdir(compiled);
  const env = { ...process.env, ...IMAGE.env, NODE_COMPILE_CACHE: compiled, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' };
  const args = [...IMAGE.flags, join(image, 'dist/daypass.mjs'), '--help'];
  const start = () => runProgram(process.execPath, args, { env });
  const accepted = /code cache for ESM .*daypass\.mjs was accepted/;
  const [first, second] = [await start(), await start()];
  expect(first.stderr + first.stdout).not.toMatch(accepted);
  expect(second.stderr + second.stdout).toMatch(accepted);
});
