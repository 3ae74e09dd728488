type Properties = Readonly<Record<string, unknown>>;

/** A shallow copy of an object, with all its properties from the start. */
export type Clone = (object: Properties) => Record<string, unknown>;

/**
 * The same function many times over. V8 copies an object in 30 ns where a spread has met up to four layouts, and in
 * 700 ns where it has met more, as one spread for the blocks of all schemas would: each schema gets its own.
 */
const CLONES: readonly Clone[] = [
  (object) => ({ ...object }),
  (object) => ({ ...object }),
  (object) => ({ ...object }),
  (object) => ({ ...object }),
  (object) => ({ ...object }),
  (object) => ({ ...object }),
  (object) => ({ ...object }),
  (object) => ({ ...object }),
  (object) => ({ ...object }),
  (object) => ({ ...object }),
  (object) => ({ ...object }),
  (object) => ({ ...object }),
  (object) => ({ ...object }),
  (object) => ({ ...object }),
  (object) => ({ ...object }),
  (object) => ({ ...object }),
];

let given = 0;

/** A copier for objects of one layout. */
export function cloneOfOneLayout(): Clone {
  const clone = CLONES[given++ % CLONES.length];
  return clone ?? ((object) => ({ ...object }));
}
