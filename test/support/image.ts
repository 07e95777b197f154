import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DOCKERFILE = readFileSync(fileURLToPath(new URL('../../Dockerfile', import.meta.url)), 'utf8');

/** The instructions of one kind in the Dockerfile, by what follows the word. */
export function instructions(word: string): string[] {
  return Array.from(DOCKERFILE.matchAll(new RegExp(`^${word} (.*)$`, 'gm')), ([, rest = '']) => rest);
}

/** The words of an instruction that has them as JSON. */
export function wordsOf(instruction = ''): string[] {
  return Array.from(instruction.matchAll(/"([^"]*)"/g), ([, word = '']) => word);
}

const variables = instructions('ENV').flatMap((rest) => rest.split(' ').map((each) => each.split('=', 2)));

/** How the image starts Node: the environment, but for paths of its own, and the flags before the program. */
export const IMAGE = {
  env: Object.fromEntries(
    variables.flatMap(([name = '', value = '']) => (value.startsWith('/') ? [] : [[name, value] as const])),
  ),
  flags: wordsOf(instructions('ENTRYPOINT')[0]).slice(1, -1),
};
