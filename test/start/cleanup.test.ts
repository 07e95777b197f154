import { expect, test } from 'vitest';
import { Cleanup } from '../../scripts/start/leave/cleanup.ts';

test('what was made last is undone first, and one failure holds nothing up', async () => {
  const cleanup = new Cleanup();
  const undone: string[] = [];
  const undo = (what: string) => async () => void undone.push(what);
  cleanup.add('remove the folder', undo('folder'));
  cleanup.add('stop the operator', () => Promise.reject(new Error('it is gone')));
  cleanup.add('revoke grants', undo('grants'));
  expect(await cleanup.run()).toEqual(['could not stop the operator: it is gone']);
  expect(undone).toEqual(['grants', 'folder']);
});
