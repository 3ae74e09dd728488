/**
 * `build-code-cache.mjs [PROGRAM]`: keeps what V8 compiles of the bundled program for this version of Node, beside it. Runs
 * the commands that short configurations are given to, so that the functions which they need are in it. Without a cache,
 * or with that of another version, the program starts more slowly and is the same.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(import.meta.url);
const [, , program = join(dirname(dirname(script)), "dist", "program"), ...command] = process.argv;

const GOOD = `global_defs {
    router_id one
}
vrrp_script chk {
    script "/bin/true"
    interval 2
    weight -20
}
vrrp_instance VI_1 {
    state BACKUP
    interface eth0
    virtual_router_id 51
    priority 100
    advert_int 1
    authentication {
        auth_type PASS
        auth_pass secret
    }
    virtual_ipaddress {
        192.0.2.10/24 dev eth0
        2001:db8::10
    }
    track_script {
        chk
    }
}
virtual_server 192.0.2.10 80 {
    delay_loop 6
    lb_algo wlc
    lb_kind NAT
    protocol TCP
    real_server 198.51.100.1 80 {
        weight 1
        HTTP_GET {
            url {
                path /
                status_code 200
            }
            connect_timeout 3
        }
    }
    real_server 198.51.100.2 80 {
        TCP_CHECK {
            connect_timeout 3
        }
    }
}
`;
const BAD = GOOD.replace("priority 100", "priorty 100").replace("weight 1\n", "weight many\n");

/** Runs one command in this process, and writes the caches that there are not yet. */
function runAndKeep() {
  const main = readdirSync(program).find((name) => /^main-.*\.cjs$/.test(name));
  const { cacheOf, loadProgram } = createRequire(import.meta.url)(join(program, "loader.cjs"));
  process.argv = [process.execPath, "holdfast", ...command];
  const modules = loadProgram(join(program, main));
  process.on("exit", () => {
    for (const [file, module] of modules) {
      const cache = cacheOf(file);
      mkdirSync(dirname(cache), { recursive: true });
      if (!existsSync(cache)) writeFileSync(cache, module.script.createCachedData());
    }
  });
}

/** The commands one after the other, each in a process of its own: nothing of one shall be in the memory of the next. */
function runAll() {
  const folder = mkdtempSync(join(tmpdir(), "holdfast-cache-"));
  try {
    const [good, bad] = [join(folder, "good.conf"), join(folder, "bad.conf")];
    writeFileSync(good, GOOD);
    writeFileSync(bad, BAD);
    // The first decides what is kept of the modules that all share.
    const commands = [
      ["validate", bad],
      ["diff", good, bad],
      ["dump", good],
      ["fmt", good],
    ];
    for (const one of commands) {
      const { status, stderr } = spawnSync(process.execPath, [script, program, ...one], { encoding: "utf8" });
      if (status === 0 || status === 1) continue;
      process.stderr.write(stderr);
      return 1;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return 0;
}

if (command.length > 0) runAndKeep();
// A clone has no bundle before `prepare`, which keeps its cache itself.
else process.exitCode = existsSync(program) ? runAll() : 0;
