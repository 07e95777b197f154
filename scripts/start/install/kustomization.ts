import { readFile, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import type { KubernetesObject } from '../../../src/runtime/object.ts';
import { isJsonObject } from '../../../src/runtime/merge-patch.ts';
import { StoryError } from '../tools/failure.ts';

const FILE = 'kustomization.yaml';

/** What may stand in a kustomization that is read here: a list of files and folders, and its own type. */
const FIELDS = new Set(['apiVersion', 'kind', 'resources']);

/**
 * The objects of a kustomization, in its order: what `kubectl kustomize` renders, for kustomizations
 * that only list resources. Others are refused rather than rendered wrongly.
 *
 * @throws StoryError
 */
export async function readKustomization(folder: string): Promise<KubernetesObject[]> {
  const path = join(folder, FILE);
  const content: unknown = parse(await readFile(path, 'utf8'));
  if (!isJsonObject(content) || !isListOfText(content['resources'])) {
    throw new StoryError(`${shown(path)}: resources: a list of files and folders is needed`);
  }
  const other = Object.keys(content).find((field) => !FIELDS.has(field));
  if (other !== undefined) {
    throw new StoryError(`${shown(path)}: ${other}: only kubectl can apply this; here, resources alone is understood`);
  }
  const objects: KubernetesObject[] = [];
  for (const each of content['resources']) {
    const resource = resolve(folder, each);
    const isFolder = (await stat(resource)).isDirectory();
    objects.push(...(isFolder ? await readKustomization(resource) : await readObjects(resource)));
  }
  return objects;
}

/** The objects in a YAML file. @throws StoryError */
export async function readObjects(path: string): Promise<KubernetesObject[]> {
  const documents = parseAllDocuments(await readFile(path, 'utf8'));
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error) throw new StoryError(`${shown(path)}: ${error.message}`);
    const object: unknown = document.toJS();
    if (object === null) return [];
    if (!isObject(object)) throw new StoryError(`${shown(path)}: apiVersion, kind and metadata are needed`);
    return [object];
  });
}

function isObject(value: unknown): value is KubernetesObject & { apiVersion: string; kind: string } {
  return (
    isJsonObject(value) &&
    typeof value['apiVersion'] === 'string' &&
    typeof value['kind'] === 'string' &&
    isJsonObject(value['metadata'])
  );
}

function isListOfText(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function shown(path: string): string {
  return relative(process.cwd(), path);
}
