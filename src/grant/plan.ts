import type { MergePatch } from '../runtime/client.ts';
import type { ApiError } from '../runtime/errors.ts';
import type { KubernetesObject, ObjectName, Resource } from '../runtime/object.ts';
import type { Lane } from '../runtime/lanes.ts';

/**
 * Writes in the order in which they must happen. A plan may be cut short between any two of them
 * (a crash, a lost connection): the next reconcile starts from what is there, and plans the rest.
 */
export interface Plan {
  readonly writes: readonly Write[];
  /** The lane in which to look again when all is done. */
  readonly then: Lane;
  /** What to do instead when the API server refuses a write for good; `written` is what it answered so far. */
  readonly refused?: (error: ApiError, written: readonly KubernetesObject[]) => Plan;
}

/** One call that changes something, or that makes sure of something before what follows it. */
export type Write =
  | {
      readonly verb: 'create';
      readonly resource: Resource;
      /** May build on what the plan has written so far: an owner's uid above all. */
      readonly object: (written: readonly KubernetesObject[]) => KubernetesObject;
    }
  | {
      readonly verb: 'patch' | 'patchStatus';
      readonly resource: Resource;
      readonly name: ObjectName;
      readonly patch: MergePatch;
    }
  | {
      readonly verb: 'delete';
      readonly resource: Resource;
      readonly name: ObjectName;
      /** What bears the name by now may be another object. */
      readonly uid: string;
      /** `urgent` where not given, whatever else the plan is: only what takes no access back may name another. */
      readonly lane?: Lane;
    }
  | Confirmation;

/**
 * A watch may lag. Before something final rests on what the stores say, the API server itself is
 * asked; where it disagrees the plan ends there, and the next reconcile sees more.
 */
export type Confirmation =
  /** No object of this name; or none with this uid, or none that the stores would hold, where that is asked. */
  | {
      readonly verb: 'confirmAbsent';
      readonly resource: Resource;
      readonly name: ObjectName;
      readonly uid?: string;
      /** One that somebody took the label off is as good as gone: no watch shows it any more. */
      readonly managed?: true;
    }
  /** One object, still at this resourceVersion. */
  | {
      readonly verb: 'confirmVersion';
      readonly resource: Resource;
      readonly name: ObjectName;
      readonly resourceVersion: string;
    }
  /** All objects of a resource: uid to resourceVersion. */
  | { readonly verb: 'confirmAll'; readonly resource: Resource; readonly versions: ReadonlyMap<string, string> };
