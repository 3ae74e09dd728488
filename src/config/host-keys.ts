import { hasKeyLength, KEY_BYTES } from "../values/hmac-key.ts";
import type { Config } from "./config.ts";
import type { HostFacts } from "./facts.ts";
import type { ReportFault } from "./faults.ts";
import { originOfKeyword } from "./open.ts";

const PREFIX = "file:";
const OTHERS_THAN_OWNER = 0o077;

/** A file that holds a key of auth_hmac. */
interface KeyFileUse {
  readonly path: string;
  /** What the key is for: `key 1 of VI_1`. */
  readonly what: string;
  /** Whether adverts are signed with it. */
  readonly active: boolean;
  readonly origin: number;
}

/** Every file with a key, by absolute path: where others are looked for is a matter of the running program. */
export function keyFileUses(config: Config): readonly KeyFileUse[] {
  return config.vrrp_instance.flatMap(({ name, auth_hmac: signing }) =>
    (signing?.key ?? []).flatMap(({ id, value }, index) => {
      const path = value.startsWith(PREFIX) ? value.slice(PREFIX.length) : "";
      if (signing === undefined || !path.startsWith("/")) return [];
      const origin = originOfKeyword(signing, "key", index);
      return [{ path, what: `key ${id} of ${name}`, active: id === signing.active_key, origin }];
    }),
  );
}

/** What is wrong with a file that should hold a key; undefined when it holds one, or nothing is known of it. */
function problemOf(path: string, { files, keyBytes }: HostFacts): string | undefined {
  if (files[path] === null) return "does not exist";
  if (files[path] && files[path].type !== "file") return "is not a file";
  const bytes = keyBytes?.[path];
  if (bytes === null) return "holds no key";
  if (bytes === undefined || hasKeyLength(bytes)) return undefined;
  return `holds ${bytes} bytes; a key has ${KEY_BYTES[0]} to ${KEY_BYTES[1]}`;
}

/** `unusable-key-file`, `exposed-key-file`: files with keys of auth_hmac hold one, and nobody else can read or write them. */
export function checkKeyFiles(config: Config, facts: HostFacts, report: ReportFault): void {
  for (const { path, what, active, origin } of keyFileUses(config)) {
    const problem = problemOf(path, facts);
    if (problem !== undefined) {
      report(
        {
          code: "unusable-key-file",
          summary: `${path}, ${what}, ${problem}`,
          detail: active
            ? "It is the active key: keepalived ignores the whole auth_hmac then."
            : "keepalived ignores the key.",
        },
        origin,
      );
    }
    if (((facts.files[path]?.mode ?? 0) & OTHERS_THAN_OWNER) === 0) continue;
    report(
      {
        code: "exposed-key-file",
        severity: "warning",
        summary: `${path}, ${what}, is open to others than its owner`,
        detail: `keepalived uses it, and its configuration test fails (status 6). Run: chmod 600 ${path}`,
      },
      origin,
    );
  }
}
