/**
 * The client of the demo: `client.mjs HOST PORT` asks for a page every 10 ms, on a connection of its own each time, and
 * prints `BEGAN ENDED PAGE` (milliseconds since 1970) for every answer. A question without answer is given up after 250 ms.
 */
import { get } from "node:http";

const [host, port] = process.argv.slice(2);
const now = () => (performance.timeOrigin + performance.now()).toFixed(1);

function ask() {
  const began = now();
  const request = get({ host, port, agent: false, signal: AbortSignal.timeout(250) }, (response) => {
    let page = "";
    response.setEncoding("utf8").on("data", (text) => {
      page += text;
    });
    response.on("end", () => console.log(`${began} ${now()} ${page.trim()}`));
    response.on("error", () => {});
  });
  request.on("error", () => {});
}

setInterval(ask, 10);
