/** The process behind `HttpServer`: told over Node's message channel how to behave, reports by lines. */
import { createServer } from "node:http";

const [address, port] = process.argv.slice(2);
let behaviour = { mode: "refuse" };

const server = createServer((request, response) => {
  console.log(`request ${request.method} ${request.url}`);
  if (behaviour.mode !== "answer") return;
  response.writeHead(behaviour.status, { "content-type": "text/plain", connection: "close" });
  response.end(behaviour.body);
});

process.on("message", (next) => {
  behaviour = next;
  const done = () => console.log(`behaviour ${next.change} in force`);
  if (next.mode === "refuse") {
    server.closeAllConnections();
    if (server.listening) server.close(done);
    else done();
  } else if (server.listening) done();
  else server.listen(Number(port), address, done);
});
process.on("disconnect", () => process.exit(0));
