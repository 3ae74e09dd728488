/** A web server of the demo: `web-server.mjs ADDRESS PORT NAME` answers every request with its name. */
import { createServer } from "node:http";

const [address, port, name] = process.argv.slice(2);
createServer((_request, response) => {
  response.writeHead(200, { connection: "close", "content-type": "text/plain" });
  response.end(`${name}\n`);
}).listen(Number(port), address, () => console.log("listening"));
