import type { Fault } from "../schema/kind.ts";

/** A release of keepalived as numbers, most significant first. */
type Release = readonly [number, number, number];

/** The releases that a configuration may be written for. */
const FIRST: Release = [2, 0, 0];
const LAST: Release = [2, 4, 3];

function releaseOf(text: string): Release | undefined {
  const [, major, minor, patch] = /^(\d+)\.(\d+)\.(\d+)$/.exec(text) ?? [];
  return patch === undefined ? undefined : [Number(major), Number(minor), Number(patch)];
}

function compareReleases(left: Release, right: Release): number {
  return left[0] - right[0] || left[1] - right[1] || left[2] - right[2];
}

/** Whether `--target` takes a text: a release from 2.0.0 to 2.4.3. */
export function isTarget(text: string): boolean {
  const release = releaseOf(text);
  return release !== undefined && compareReleases(release, FIRST) >= 0 && compareReleases(release, LAST) <= 0;
}

/** What is wrong with a keyword that a release does not know yet; `since` as in the rows of the schema. */
export function tooNew(keyword: string, since: string, target: string): Fault | undefined {
  const [first, wanted] = [releaseOf(since), releaseOf(target)];
  if (!first || !wanted || compareReleases(first, wanted) <= 0) return undefined;
  return {
    code: "too-new",
    summary: `${keyword} needs keepalived ${since}`,
    detail: `The target is ${target}, which reports an unknown keyword and ignores it.`,
  };
}
