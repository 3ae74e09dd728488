/**
 * Web servers whose responses come in pieces, each port its own: reads `[[port, pieces]]` from the file it is given. Text
 * stands for bytes, one character each. Once a request has come the pieces follow each other by a tenth of a second, or
 * more when the client has not read the last one yet, and the end of the connection the last one. The other arguments are
 * the tables of sockets that say so.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { onceRead } from "./unread.mjs";

/** So that a client reads each piece by itself, milliseconds. */
const BETWEEN = 100;

const [file, ...tables] = process.argv.slice(2);
const list = JSON.parse(readFileSync(file, "utf8"));
let waiting = list.length;
for (const [port, pieces] of list) {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => {});
    socket.once("data", () => {
      const rest = [...pieces];
      const next = () => {
        const piece = rest.shift();
        if (piece === undefined) socket.end();
        else
          socket.write(Buffer.from(piece, "latin1"), () =>
            setTimeout(onceRead, BETWEEN, socket, tables, next),
          );
      };
      next();
    });
  });
  server.listen(port, "0.0.0.0", () => {
    waiting -= 1;
    if (waiting === 0) console.log("ready");
  });
}
