/** The chapters that are the same in namespaces and in memory. */
import { showCommand } from "./holdfast.mjs";
import { chapter, good, show, tell } from "./story.mjs";

/** RFC 9568 §6.1: master down interval = 3 × advert interval + skew time, for priority 100 at 0.1 s. */
const MASTER_DOWN_MS = 3 * 100 + ((256 - 100) / 256) * 100;

/** Milliseconds since 1970, to compare with those of other processes. */
export const now = () => performance.timeOrigin + performance.now();

export function compile(file) {
  chapter("One file for both routers, compiled");
  showCommand(["validate", file, "-i", "left"]);
  showCommand(["dump", file, "-i", "left"], 18);
}

export function tellGap(milliseconds, more = "") {
  good(
    `${milliseconds.toFixed(0)} ms after the death${more}; VRRP's master down interval is ${MASTER_DOWN_MS.toFixed(0)} ms`,
  );
}

/** Stops the second web server and starts it again, watching the log of the daemon that has the pool. */
export async function health(pool, { stop, start, address, where }) {
  chapter(`A web server stops answering${where}`);
  const since = pool.lines.length;
  await stop();
  tell("web-2: stopped");
  show(await pool.line(new RegExp(`Removing service \\[${address}\\]`), { since }));
  good("web-2 has left the pool");
  await start();
  tell("web-2: started again");
  show(await pool.line(new RegExp(`Adding service \\[${address}\\]`), { since }));
  good("web-2 is back");
}
